package io.github.dkm4j.rewrap;

import io.github.dkm4j.key.EncryptionContext;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Base64;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A row as it was read. */
final class Row {
    private final Object key;
    private final Object stored;
    private final byte[] message;
    private final @Nullable EncryptionContext context;

    private Row(Object key, Object stored, byte[] message, @Nullable EncryptionContext context) {
        this.key = key;
        this.stored = stored;
        this.message = message;
        this.context = context;
    }

    /** Reads a row whose first column is the given one. */
    static Row read(ResultSet result, int first, MessageTable table, boolean text) throws SQLException {
        Object stored = text ? result.getString(first + 1) : result.getBytes(first + 1);
        Object key = key(result, first, table);
        Map<String, String> pairs = new HashMap<>(table.contextConstants());
        int column = first + 2;
        for (String name : table.contextColumns().keySet()) {
            String value = result.getString(column++);
            if (value != null) {
                pairs.put(name, value);
            }
        }
        boolean whole = pairs.size()
                == table.contextConstants().size() + table.contextColumns().size();
        return new Row(key, stored, bytes(stored), whole ? context(pairs) : null);
    }

    /** The value of its key column. */
    Object key() {
        return key;
    }

    /** The same as text, bytes in hexadecimal. */
    String keyText() {
        return key instanceof byte[] bytes ? HexFormat.of().formatHex(bytes) : key.toString();
    }

    /** The value of its message column, text or bytes. */
    Object stored() {
        return stored;
    }

    /** The same as bytes, not copied; empty if the text is no base64url. */
    byte[] message() {
        return message;
    }

    /** A message as this row's column keeps it. */
    Object storable(byte[] replacement) {
        return stored instanceof String
                ? Base64.getUrlEncoder().withoutPadding().encodeToString(replacement)
                : replacement;
    }

    /** Null if a column that it is made of is null or makes none. */
    @Nullable EncryptionContext context() {
        return context;
    }

    /** The value of a key column, which is never null. */
    static Object key(ResultSet result, int column, MessageTable table) throws SQLException {
        Object key = result.getObject(column);
        if (key == null) {
            throw new IllegalArgumentException(
                    "a row of " + table.name() + " has no key: its key column must be one" + " that is never null");
        }
        return key;
    }

    private static byte[] bytes(Object stored) {
        if (stored instanceof byte[] bytes) {
            return bytes;
        }
        try {
            return Base64.getUrlDecoder().decode(TableSql.canonical((String) stored));
        } catch (IllegalArgumentException e) {
            return new byte[0];
        }
    }

    private static @Nullable EncryptionContext context(Map<String, String> pairs) {
        try {
            return EncryptionContext.of(pairs);
        } catch (IllegalArgumentException e) {
            return null; // too long, or no text
        }
    }
}
