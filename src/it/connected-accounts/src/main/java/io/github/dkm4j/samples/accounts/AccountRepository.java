package io.github.dkm4j.samples.accounts;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The table of connected accounts. It never sees a secret in the clear. */
public final class AccountRepository implements AutoCloseable {
    private static final String COLUMNS = "id, provider, user_name, kind, credential";

    private final Connection connection;

    private AccountRepository(Connection connection) {
        this.connection = connection;
    }

    /** Opens the database in this directory, and makes it if there is none. */
    public static AccountRepository at(Path directory) throws SQLException {
        Path file = directory.toAbsolutePath().resolve("accounts");
        Connection connection = DriverManager.getConnection("jdbc:h2:file:" + file, "accounts", "");
        try (Statement statement = connection.createStatement()) {
            statement.execute("CREATE TABLE IF NOT EXISTS connected_account ("
                    + "id VARCHAR(64) PRIMARY KEY, provider VARCHAR(32) NOT NULL, user_name VARCHAR(254) NOT NULL,"
                    + " kind VARCHAR(16) NOT NULL, credential BINARY VARYING NOT NULL)");
            return new AccountRepository(connection);
        } catch (SQLException e) {
            connection.close();
            throw e;
        }
    }

    /** Adds all of these rows or, if one is refused, none. */
    public void addAll(List<StoredAccount> rows) throws SQLException {
        connection.setAutoCommit(false);
        try (PreparedStatement insert =
                connection.prepareStatement("INSERT INTO connected_account (" + COLUMNS + ") VALUES (?, ?, ?, ?, ?)")) {
            for (StoredAccount row : rows) {
                insert.setString(1, row.id());
                insert.setString(2, row.provider());
                insert.setString(3, row.user());
                insert.setString(4, row.kind().name());
                insert.setBytes(5, row.credential());
                insert.addBatch();
            }
            insert.executeBatch();
            connection.commit();
        } catch (SQLException e) {
            connection.rollback();
            throw e;
        } finally {
            connection.setAutoCommit(true);
        }
    }

    public Optional<StoredAccount> find(String id) throws SQLException {
        try (PreparedStatement select =
                connection.prepareStatement("SELECT " + COLUMNS + " FROM connected_account WHERE id = ?")) {
            select.setString(1, id);
            return rows(select).stream().findFirst();
        }
    }

    /** All rows, ordered by id. */
    public List<StoredAccount> all() throws SQLException {
        try (PreparedStatement select =
                connection.prepareStatement("SELECT " + COLUMNS + " FROM connected_account ORDER BY id")) {
            return rows(select);
        }
    }

    public void replaceCredential(String id, byte[] credential) throws SQLException {
        try (PreparedStatement update =
                connection.prepareStatement("UPDATE connected_account SET credential = ? WHERE id = ?")) {
            update.setBytes(1, credential);
            update.setString(2, id);
            if (update.executeUpdate() != 1) {
                throw new SQLException("no account " + id);
            }
        }
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }

    private static List<StoredAccount> rows(PreparedStatement select) throws SQLException {
        List<StoredAccount> rows = new ArrayList<>();
        try (ResultSet result = select.executeQuery()) {
            while (result.next()) {
                rows.add(new StoredAccount(
                        result.getString(1),
                        result.getString(2),
                        result.getString(3),
                        Account.Kind.valueOf(result.getString(4)),
                        result.getBytes(5)));
            }
        }
        return rows;
    }
}
