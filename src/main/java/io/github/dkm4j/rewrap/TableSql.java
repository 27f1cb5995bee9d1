package io.github.dkm4j.rewrap;

import io.github.dkm4j.key.KeyRef;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Types;
import java.util.Base64;
import java.util.Locale;

/** The statements over one table, in its database's words. A message begins with 0xC1, suite(1), epoch(4), key id(8). */
final class TableSql {
    private static final int HEADER = 14;

    /** Text of 14 bytes: 18 characters are theirs alone, the 19th has bits of the byte that follows. */
    private static final int HEADER_TEXT = 18;

    private final MessageTable table;
    private final String product;
    private final boolean text;

    private TableSql(MessageTable table, String product, boolean text) {
        this.table = table;
        this.product = product;
        this.text = text;
    }

    /** Asks the database what it is, and of what type the messages are. */
    static TableSql of(Connection connection, MessageTable table) throws SQLException {
        String product = connection.getMetaData().getDatabaseProductName().toLowerCase(Locale.ROOT);
        try (Statement statement = connection.createStatement();
                ResultSet none = statement.executeQuery(
                        "SELECT " + table.message() + " FROM " + table.name() + " WHERE 1 = 0")) {
            int type = none.getMetaData().getColumnType(1);
            boolean text = switch (type) {
                case Types.CHAR,
                        Types.VARCHAR,
                        Types.LONGVARCHAR,
                        Types.CLOB,
                        Types.NCHAR,
                        Types.NVARCHAR,
                        Types.LONGNVARCHAR,
                        Types.NCLOB -> true;
                default -> false;
            };
            return new TableSql(table, product.equals("mysql") ? "mariadb" : product, text);
        }
    }

    /** Whether messages are in their text form. */
    boolean isText() {
        return text;
    }

    /** Whether rows can be claimed so that other workers pass over them. */
    boolean canSkipLocked() {
        return product.equals("postgresql") || product.equals("mariadb") || product.equals("h2");
    }

    /** Selects the next old rows after a key, or the first ones. */
    String select(boolean claiming, boolean first, int limit) {
        String rows = "SELECT " + table.selected() + " FROM " + table.name() + " WHERE " + old()
                + (first ? "" : " AND " + table.key() + " > ?") + " ORDER BY " + table.key();
        if (!canSkipLocked()) {
            return rows + " FETCH FIRST " + limit + " ROWS ONLY";
        }
        String lock = product.equals("postgresql") ? " FOR NO KEY UPDATE SKIP LOCKED" : " FOR UPDATE SKIP LOCKED";
        return rows + " LIMIT " + limit + (claiming ? lock : "");
    }

    /** Counts old rows. */
    String count() {
        return "SELECT COUNT(*) FROM " + table.name() + " WHERE " + old();
    }

    /** Replaces a message if it still is what it was. */
    String update() {
        return "UPDATE " + table.name() + " SET " + table.message() + " = ? WHERE " + table.key() + " = ? AND "
                + exact(table.message()) + " = ?";
    }

    /** Counts messages by what they begin with; one key has several such begins, by suite and by what follows. */
    String countByHeader() {
        String begin = exact("SUBSTRING(" + table.message() + " FROM 1 FOR " + (text ? HEADER_TEXT + 1 : HEADER) + ")");
        return "SELECT " + begin + ", COUNT(*) FROM " + table.name() + " WHERE " + table.message()
                + " IS NOT NULL GROUP BY " + begin;
    }

    /** Sets the parameters of {@link #select} and {@link #count} that say which rows are not old. */
    void bindOld(PreparedStatement statement, KeyRef active) throws SQLException {
        for (byte suite = 1; suite <= 2; suite++) {
            byte[] header = ByteBuffer.allocate(HEADER)
                    .put((byte) 0xC1)
                    .put(suite)
                    .putInt((int) active.epoch().value())
                    .putLong(active.keyId().bits())
                    .array();
            if (text) {
                statement.setString(suite, encode(header).substring(0, HEADER_TEXT));
            } else {
                statement.setBytes(suite, header);
            }
        }
    }

    /** The bytes that a group of {@link #countByHeader} begins with, 14 if they are a message's. */
    byte[] header(ResultSet result) throws SQLException {
        byte[] bytes = text ? ascii(result) : result.getBytes(1);
        if (!text) {
            return bytes;
        }
        try {
            return Base64.getUrlDecoder().decode(bytes);
        } catch (IllegalArgumentException e) {
            return new byte[0];
        }
    }

    private byte[] ascii(ResultSet result) throws SQLException {
        return product.equals("mariadb")
                ? result.getBytes(1)
                : result.getString(1).getBytes(StandardCharsets.UTF_8);
    }

    /** A message's text form. */
    static String encode(byte[] message) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(message);
    }

    private String old() {
        return table.message() + " IS NOT NULL AND "
                + exact("SUBSTRING(" + table.message() + " FROM 1 FOR " + (text ? HEADER_TEXT : HEADER) + ")")
                + " NOT IN (?, ?)";
    }

    /** Compares byte for byte, also where the column's collation would not. */
    private String exact(String expression) {
        return text && product.equals("mariadb") ? "CAST(" + expression + " AS BINARY)" : expression;
    }
}
