package io.github.dkm4j.sql;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.postgresql.ds.PGSimpleDataSource;

/** A real PostgreSQL, one for all tests of a process, started when the first asks and stopped with the process. */
public final class Postgres {
    /** The cluster's superuser; it needs no password. */
    public static final String SUPERUSER = "postgres";

    private static final AtomicInteger DATABASES = new AtomicInteger();

    private Postgres() {}

    /** An empty database of its own; the name. */
    public static String newDatabase() {
        String name = "test" + DATABASES.incrementAndGet();
        execute(source("postgres", SUPERUSER), "CREATE DATABASE " + name);
        return name;
    }

    /** Connects to a database as a login role, a new connection each time. */
    public static DataSource source(String database, String user) {
        return sourceAt(url(database), user);
    }

    /** The same for any server: none is started. */
    public static DataSource sourceAt(String url, String user) {
        PGSimpleDataSource source = new PGSimpleDataSource();
        source.setURL(url);
        source.setUser(user);
        return source;
    }

    /** The JDBC URL of a database, without a user. */
    public static String url(String database) {
        return "jdbc:postgresql://127.0.0.1:" + Server.RUNNING.getPort() + "/" + database;
    }

    /** Runs SQL text, one or several statements. */
    public static void execute(DataSource source, String sql) {
        try (Connection connection = source.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new IllegalStateException(sql, e);
        }
    }

    /** Ends all connections to a database as the server's administrator would; how many there were. */
    public static int disconnectAll(String database) {
        String sql = "SELECT COUNT(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = ?";
        try (Connection connection = source("postgres", SUPERUSER).getConnection();
                PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setString(1, database);
            try (ResultSet result = statement.executeQuery()) {
                result.next();
                return result.getInt(1);
            }
        } catch (SQLException e) {
            throw new IllegalStateException(sql, e);
        }
    }

    /** A server whose commits are on the disk, which the test library's are not by default. */
    public static EmbeddedPostgres.Builder durable() {
        return EmbeddedPostgres.builder()
                .setServerConfig("listen_addresses", "127.0.0.1")
                .setServerConfig("fsync", "on")
                .setServerConfig("synchronous_commit", "on")
                .setServerConfig("full_page_writes", "on");
    }

    /** Holds the server, so that nothing is started before it is asked for. */
    private static final class Server {
        static final EmbeddedPostgres RUNNING = start();

        private static EmbeddedPostgres start() {
            try {
                return durable().start();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
