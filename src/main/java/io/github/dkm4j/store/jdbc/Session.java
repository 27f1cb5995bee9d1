package io.github.dkm4j.store.jdbc;

import io.github.dkm4j.key.StoreUnavailable;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLWarning;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** What is done with a connection: lent by the data source, in transactions, given back as it was. */
final class Session {
    private Session() {}

    /** Something done with a connection, within a transaction. */
    interface Work<T> {
        T in(Connection connection) throws SQLException;
    }

    /**
     * Works without automatic commit, in a transaction that is just beginning, also where the data source's own test query
     * has begun one; what was not committed is rolled back.
     */
    static <T> T with(DataSource source, Work<T> work) throws SQLException {
        try (Connection connection = source.getConnection()) {
            boolean automatic = connection.getAutoCommit();
            connection.setAutoCommit(false);
            SQLException failure = null;
            try {
                if (!automatic) {
                    connection.rollback();
                }
                return work.in(connection);
            } catch (SQLException e) {
                failure = e;
                throw e;
            } finally {
                giveBack(connection, automatic, failure);
            }
        }
    }

    /** Works and commits; when this returns true, the database has committed. */
    static boolean committed(Connection connection, Work<Boolean> work) throws SQLException {
        Dialect.of(connection).prepareWrite(connection);
        connection.clearWarnings();
        if (!work.in(connection)) {
            connection.rollback();
            return false;
        }
        connection.commit();
        refuse(connection, connection.getWarnings());
        return true;
    }

    /** A commit that PostgreSQL warns of: for instance, somebody ended the wait for the synchronous standby. */
    static void refuse(Connection connection, @Nullable SQLWarning warning) throws SQLException {
        if (warning != null && Dialect.of(connection) == Dialect.POSTGRESQL) {
            throw new StoreUnavailable("the database has committed and warns: " + warning.getMessage()
                    + ": what was written may be lost in a failover; see to the standby, then try again");
        }
    }

    private static void giveBack(Connection connection, boolean automatic, @Nullable SQLException failure)
            throws SQLException {
        try {
            connection.rollback();
            connection.setAutoCommit(automatic);
        } catch (SQLException e) {
            if (failure == null) {
                throw e;
            }
            failure.addSuppressed(e);
        }
    }
}
