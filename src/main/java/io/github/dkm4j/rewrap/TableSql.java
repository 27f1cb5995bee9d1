package io.github.dkm4j.rewrap;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.github.dkm4j.key.KeyRef;
import java.nio.ByteBuffer;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Types;
import java.util.Base64;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/** The statements over one table, in its database's words. A message begins with 0xC1, suite(1), epoch(4), key id(8). */
final class TableSql {
    private static final int HEADER = 14;

    /** Text of 14 bytes: 18 characters are theirs alone, the 19th has bits of the byte that follows. */
    private static final int HEADER_TEXT = 18;

    /** Far less than the second after which PostgreSQL looks for deadlocks and ends somebody's transaction. */
    private static final String PATIENCE = "100ms";

    private static final Pattern BLANK = Pattern.compile("\\s+");

    private final MessageTable table;
    private final String product;
    private final boolean text;
    private final boolean padded;
    private final Optional<String> keyType;

    private TableSql(MessageTable table, String product, boolean text, boolean padded, Optional<String> keyType) {
        this.table = table;
        this.product = product;
        this.text = text;
        this.padded = padded;
        this.keyType = keyType;
    }

    /** Asks the database what it is, and of what type keys and messages are. */
    static TableSql of(Connection connection, MessageTable table) throws SQLException {
        String product = connection.getMetaData().getDatabaseProductName().toLowerCase(Locale.ROOT);
        try (Statement statement = connection.createStatement();
                ResultSet none = statement.executeQuery("SELECT " + table.key() + ", " + table.messageColumn()
                        + " FROM " + table.name() + " WHERE 1 = 0")) {
            boolean text = isText(none.getMetaData().getColumnType(2), table);
            String typeName = none.getMetaData().getColumnTypeName(2);
            Optional<String> keyType = product.equals("postgresql")
                    ? elementType(none.getMetaData().getColumnTypeName(1))
                    : Optional.empty();
            return new TableSql(
                    table, product.equals("mysql") ? "mariadb" : product, text, typeName.equals("bpchar"), keyType);
        }
    }

    private static boolean isText(int type, MessageTable table) {
        return switch (type) {
            case Types.BINARY, Types.VARBINARY, Types.LONGVARBINARY, Types.BLOB -> false;
            case Types.CHAR,
                    Types.VARCHAR,
                    Types.LONGVARCHAR,
                    Types.CLOB,
                    Types.NCHAR,
                    Types.NVARCHAR,
                    Types.LONGNVARCHAR,
                    Types.NCLOB -> true;
            default ->
                throw new IllegalArgumentException("column " + table.messageColumn() + " of " + table.name()
                        + " is of a type that is neither binary nor characters: no messages are found in it");
        };
    }

    /** Text as the library makes it, of text that others have padded, broken or put into the other alphabet. */
    static String canonical(String text) {
        return BLANK.matcher(text).replaceAll("").replace('+', '-').replace('/', '_');
    }

    /** The PostgreSQL type of keys that can be handed over in an array as they were read. */
    private static Optional<String> elementType(String column) {
        return switch (column) {
            case "int2", "smallserial" -> Optional.of("int2");
            case "int4", "serial" -> Optional.of("int4");
            case "int8", "bigserial" -> Optional.of("int8");
            case "text", "varchar", "uuid" -> Optional.of(column);
            default -> Optional.empty();
        };
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

    /** Whether a page can be claimed by its first row, and nobody be waited for long. */
    boolean canClaimPages() {
        return product.equals("postgresql");
    }

    /** Selects some row's key, any with about the same chance; none of a small table. */
    String someKey() {
        return "SELECT " + table.key() + " FROM " + table.name() + " TABLESAMPLE SYSTEM (1) ORDER BY random() LIMIT 1";
    }

    /**
     * Selects, from the first old row on after a key and up to another one, old rows if that first one can be locked, each
     * after two more columns: that first row's key and null. If it cannot, it selects one row of that key, the key at the
     * end of the page if there are so many rows, and nulls. The transaction then waits for nobody for long.
     */
    String nextPage(boolean after, boolean until, int size) {
        String from = " FROM " + table.name() + " WHERE ";
        String order = " ORDER BY " + table.key();
        String end = until ? " AND " + table.key() + " <= ?" : "";
        return "WITH dkm4j_first AS MATERIALIZED (SELECT " + table.key() + " AS dkm4j_key" + from + old()
                + (after ? " AND " + table.key() + " > ?" : "") + end + order
                + " LIMIT 1), dkm4j_claim AS MATERIALIZED (SELECT set_config('lock_timeout', '" + PATIENCE + "', true)"
                + from + table.key() + " = (SELECT dkm4j_key FROM dkm4j_first) FOR NO KEY UPDATE SKIP LOCKED)"
                + " SELECT dkm4j_key, CASE WHEN EXISTS (SELECT FROM dkm4j_claim) THEN NULL ELSE (SELECT " + table.key()
                + from + table.key() + " >= dkm4j_key" + end + order + " OFFSET " + (size - 1)
                + " LIMIT 1) END, dkm4j_page.*"
                + " FROM dkm4j_first LEFT JOIN LATERAL (SELECT " + table.selected() + from
                + "EXISTS (SELECT FROM dkm4j_claim) AND " + old() + " AND " + table.key() + " >= dkm4j_key" + end
                + order + " LIMIT " + size + ") AS dkm4j_page ON true";
    }

    /** Selects a page's old rows if its first one can be locked, and lets the transaction wait for nobody for long. */
    String claimedPage(boolean last) {
        return "WITH dkm4j_claim AS MATERIALIZED (SELECT set_config('lock_timeout', '" + PATIENCE + "', true) FROM "
                + table.name() + " WHERE " + table.key() + " = ? FOR NO KEY UPDATE SKIP LOCKED) SELECT "
                + table.selected()
                + " FROM " + table.name() + " WHERE EXISTS (SELECT FROM dkm4j_claim) AND " + old() + " AND "
                + table.key()
                + " >= ?" + (last ? "" : " AND " + table.key() + " <= ?") + " ORDER BY " + table.key();
    }

    /** Selects a page's old rows from its first one on, or after one of them. */
    String rowsOfPage(boolean after, boolean last) {
        return "SELECT " + table.selected() + " FROM " + table.name() + " WHERE " + old() + " AND " + table.key()
                + (after ? " > ?" : " >= ?") + (last ? "" : " AND " + table.key() + " <= ?") + " ORDER BY "
                + table.key();
    }

    /** Selects something if a key's row is old. */
    String isOld() {
        return "SELECT 1 FROM " + table.name() + " WHERE " + old() + " AND " + table.key() + " = ?";
    }

    /** Counts old rows. */
    String count() {
        return "SELECT COUNT(*) FROM " + table.name() + " WHERE " + old();
    }

    /** Replaces a message if it still is what it was. */
    String update() {
        return "UPDATE " + table.name() + " SET " + table.messageColumn() + " = ? WHERE " + table.key() + " = ? AND "
                + exact(table.messageColumn()) + (padded ? " = ?::bpchar" : " = ?");
    }

    /** The type of keys in {@link #updateAtOnce}; empty where there is no such statement. */
    Optional<String> keyType() {
        return keyType;
    }

    /** The type of messages in {@link #updateAtOnce}. */
    String messageType() {
        if (!text) {
            return "bytea";
        }
        return padded ? "bpchar" : "text";
    }

    /** As {@link #update}, for arrays of keys, old and new messages; commits, and returns the positions, from 1, of those replaced. */
    String updateAtOnce() {
        return "UPDATE " + table.name() + " AS dkm4j_row SET " + table.messageColumn() + " = dkm4j_move.replacement"
                + " FROM unnest(?, ?, ?) WITH ORDINALITY AS dkm4j_move(key, old, replacement, position)"
                + " WHERE dkm4j_row." + table.key() + " = dkm4j_move.key"
                + " AND dkm4j_row." + table.messageColumn() + " = dkm4j_move.old RETURNING dkm4j_move.position; COMMIT";
    }

    /** Lets what follows in the transaction fail where row security would hide rows from the account. */
    void demandAllRows(Connection connection) throws SQLException {
        if (product.equals("postgresql")) {
            try (Statement statement = connection.createStatement()) {
                statement.execute("SET LOCAL row_security = off");
            }
        }
    }

    /** Counts messages by what they begin with; one key has several such begins, by suite and by what follows. */
    String countByHeader() {
        String begin = text
                ? exact("SUBSTRING(LTRIM(" + table.messageColumn() + ") FROM 1 FOR " + (HEADER_TEXT + 1) + ")")
                : "SUBSTRING(" + table.messageColumn() + " FROM 1 FOR " + HEADER + ")";
        return "SELECT " + begin + ", COUNT(*) FROM " + table.name() + " WHERE " + table.messageColumn()
                + " IS NOT NULL GROUP BY " + begin;
    }

    /** Sets the parameters of {@link #select} and {@link #count} that say which rows are not old. */
    void bindOld(PreparedStatement statement, int first, KeyRef active) throws SQLException {
        for (byte suite = 1; suite <= 2; suite++) {
            byte[] header = ByteBuffer.allocate(HEADER)
                    .put((byte) 0xC1)
                    .put(suite)
                    .putInt((int) active.epoch().value())
                    .putLong(active.keyId().bits())
                    .array();
            if (text) {
                statement.setString(
                        first + suite - 1,
                        Base64.getUrlEncoder().encodeToString(header).substring(0, HEADER_TEXT));
            } else {
                statement.setBytes(first + suite - 1, header);
            }
        }
    }

    /** The bytes that a group of {@link #countByHeader} begins with, 14 if they are a message's. */
    byte[] header(ResultSet result) throws SQLException {
        if (!text) {
            return result.getBytes(1);
        }
        // MariaDB's is of bytes, for the sake of comparison.
        String begin = product.equals("mariadb") ? new String(result.getBytes(1), US_ASCII) : result.getString(1);
        try {
            return Base64.getUrlDecoder().decode(canonical(begin));
        } catch (IllegalArgumentException e) {
            return new byte[0];
        }
    }

    private String old() {
        return table.messageColumn() + " IS NOT NULL AND "
                + exact("SUBSTRING(" + table.messageColumn() + " FROM 1 FOR " + (text ? HEADER_TEXT : HEADER) + ")")
                + " NOT IN (?, ?)";
    }

    /** Compares byte for byte, also where the column's collation would not. */
    private String exact(String expression) {
        return text && product.equals("mariadb")
                ? "CAST(CONVERT(" + expression + " USING ascii) AS BINARY)"
                : expression;
    }
}
