package io.github.dkm4j.store.jdbc;

import io.github.dkm4j.key.StoreUnavailable;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/** What databases say in words of their own. Times are read as microseconds since 1970. */
enum Dialect {
    POSTGRESQL(
            "postgresql",
            "(extract(epoch FROM clock_timestamp()) * 1000000)::bigint",
            "(extract(epoch FROM stored_at) * 1000000)::bigint",
            "42P01|3F000",
            "42501") {
        @Override
        void prepareWrite(Connection connection) throws SQLException {
            // Commits wait for the disk, say so if they do not, and nobody's forgotten transaction is waited for for
            // ever.
            run(
                    connection,
                    "SELECT set_config('synchronous_commit', 'on', true)"
                            + " WHERE current_setting('synchronous_commit') IN ('off', 'local')");
            run(
                    connection,
                    "SELECT set_config('client_min_messages', 'warning', true), set_config('lock_timeout', '10s', true)");
        }

        @Override
        String andCommit() {
            return "; COMMIT";
        }

        @Override
        List<String> doubts(Connection connection) throws SQLException {
            List<String> doubts = new ArrayList<>();
            try (Statement statement = connection.createStatement();
                    ResultSet result = statement.executeQuery("SELECT current_setting('fsync'),"
                            + " current_setting('full_page_writes'), current_setting('synchronous_commit'),"
                            + " pg_is_in_recovery()")) {
                result.next();
                if (result.getString(1).equals("off")) {
                    doubts.add("the database does not wait for its disk (fsync = off): what it says it has stored may"
                            + " be lost, or all of it, when its machine fails");
                }
                if (result.getString(2).equals("off")) {
                    doubts.add("the database may be damaged when its machine fails (full_page_writes = off)");
                }
                if (Set.of("off", "local").contains(result.getString(3))) {
                    doubts.add("the database's commits do not wait (synchronous_commit = " + result.getString(3)
                            + "): the ring's own records wait all the same, messages in its other tables may be lost");
                }
                if (result.getBoolean(4)) {
                    doubts.add("the database is a standby: nothing can be written, and what is read may be old");
                }
            }
            doubts.addAll(PostgresAccess.unlogged(connection));
            return doubts;
        }

        @Override
        Access access(Connection connection) throws SQLException {
            return PostgresAccess.of(connection);
        }
    },

    MARIADB(
            "mariadb",
            "TIMESTAMPDIFF(MICROSECOND, '1970-01-01 00:00:00', UTC_TIMESTAMP(6))",
            "TIMESTAMPDIFF(MICROSECOND, '1970-01-01 00:00:00', stored_at)",
            "42S02|1049",
            "1044|1142|1143|1227|1370") {
        @Override
        List<String> doubts(Connection connection) throws SQLException {
            List<String> doubts = new ArrayList<>();
            try (Statement statement = connection.createStatement();
                    ResultSet result = statement.executeQuery("SELECT @@GLOBAL.innodb_flush_log_at_trx_commit,"
                            + " @@GLOBAL.log_bin, @@GLOBAL.sync_binlog, @@GLOBAL.read_only")) {
                result.next();
                if (result.getInt(1) != 1) {
                    doubts.add("the database does not wait for its disk (innodb_flush_log_at_trx_commit = "
                            + result.getInt(1) + "): what it says it has stored may be lost");
                }
                if (result.getInt(2) == 1 && result.getInt(3) != 1) {
                    doubts.add("the database's binary log does not wait for its disk (sync_binlog = " + result.getInt(3)
                            + "): replicas may have what it has lost, or the other way round");
                }
                if (result.getInt(4) == 1) {
                    doubts.add("the database is read-only: nothing can be written, and what is read may be old");
                }
            }
            return doubts;
        }

        @Override
        Access access(Connection connection) {
            return new Access(
                    false,
                    List.of("what is granted on MariaDB and MySQL is not checked: compare SHOW GRANTS with what"
                            + " docs/sql-store.md allows services and administrators"));
        }
    },

    H2(
            "h2",
            "DATEDIFF(MICROSECOND, TIMESTAMP WITH TIME ZONE '1970-01-01 00:00:00+00', CURRENT_TIMESTAMP(6))",
            "DATEDIFF(MICROSECOND, TIMESTAMP WITH TIME ZONE '1970-01-01 00:00:00+00', stored_at)",
            "42S02|42S03|42S04|90079",
            "90040|90096") {
        @Override
        void forceToDisk(Connection connection) throws SQLException {
            run(connection, "CHECKPOINT SYNC");
        }

        @Override
        List<String> doubts(Connection connection) throws SQLException {
            return connection.getMetaData().getURL().startsWith("jdbc:h2:mem:")
                    ? List.of("the database is in memory only: the ring is gone with its process")
                    : List.of();
        }
    };

    private final String script;
    private final String now;
    private final String storedAt;
    private final Pattern missing;
    private final Pattern refused;

    Dialect(String script, String now, String storedAt, String missing, String refused) {
        this.script = script;
        this.now = now;
        this.storedAt = storedAt;
        this.missing = Pattern.compile(missing);
        this.refused = Pattern.compile(refused);
    }

    /** The one that the database speaks. */
    static Dialect of(Connection connection) throws SQLException {
        String product = connection.getMetaData().getDatabaseProductName();
        return switch (product.toLowerCase(Locale.ROOT)) {
            case "postgresql" -> POSTGRESQL;
            case "mariadb", "mysql" -> MARIADB;
            case "h2" -> H2;
            default ->
                throw new StoreUnavailable(
                        "a key ring store cannot be kept in " + product + ": use PostgreSQL, MariaDB, MySQL or H2");
        };
    }

    /** Whether a constraint was violated. */
    static boolean isConflict(SQLException e) {
        return e.getSQLState() != null && e.getSQLState().startsWith("23");
    }

    /** Whether some database would say with this that the account may not do it. */
    static boolean isRefusalAnywhere(SQLException e) {
        for (Dialect dialect : values()) {
            if (dialect.isRefusal(e)) {
                return true;
            }
        }
        return false;
    }

    /** Whether the account may not do it. */
    boolean isRefusal(SQLException e) {
        return isOneOf(e, refused);
    }

    /** Whether the store's tables are not there. */
    boolean isMissingTable(SQLException e) {
        return isOneOf(e, missing);
    }

    /** The script that makes the tables. */
    String script() {
        return script;
    }

    /** The expression for the time now. */
    String now() {
        return now;
    }

    /** The expression for the time at which a record was stored. */
    String storedAt() {
        return storedAt;
    }

    /** Prepares a transaction that writes. */
    void prepareWrite(Connection connection) throws SQLException {}

    /**
     * What makes an insertion commit by itself, where statements can be sent together: between the database's taking the
     * time and its showing the record, nothing then waits for this side.
     */
    String andCommit() {
        return "";
    }

    /** Waits for the disk after a commit, where commits do not. */
    void forceToDisk(Connection connection) throws SQLException {}

    /** What keeps commits from being safe, in words. */
    abstract List<String> doubts(Connection connection) throws SQLException;

    /** Who may do what otherwise than the shipped scripts say; asked at the beginning of a transaction. */
    Access access(Connection connection) throws SQLException {
        return new Access(false, List.of());
    }

    private static boolean isOneOf(SQLException e, Pattern codes) {
        return codes.matcher(String.valueOf(e.getSQLState())).matches()
                || codes.matcher(String.valueOf(e.getErrorCode())).matches();
    }

    private static void run(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
