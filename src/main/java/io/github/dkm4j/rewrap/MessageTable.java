package io.github.dkm4j.rewrap;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * An SQL table with a column of messages: which column tells its rows apart, and what each message's encryption context is
 * made of. Immutable.
 *
 * <p>Names are SQL identifiers: simple ones of letters, digits, {@code _} and {@code $}, or others in double quotes or
 * backquotes; a table's may have a schema before a dot. They go into SQL as they are.
 */
public final class MessageTable {
    private static final String IDENTIFIER =
            "(?:[A-Za-z_][A-Za-z0-9_$]{0,127}|\"[^\"\\x00]{1,128}\"|`[^`\\x00]{1,128}`)";
    private static final Pattern COLUMN = Pattern.compile(IDENTIFIER);
    private static final Pattern TABLE = Pattern.compile(IDENTIFIER + "(?:\\." + IDENTIFIER + "){0,2}");

    private final String name;
    private final String key;
    private final String message;
    private final Map<String, String> columns;
    private final Map<String, String> constants;

    private MessageTable(
            String name, String key, String message, Map<String, String> columns, Map<String, String> constants) {
        this.name = name;
        this.key = key;
        this.message = message;
        this.columns = columns;
        this.constants = constants;
    }

    /**
     * A table whose messages have an empty encryption context.
     *
     * @param key a column that is unique and never null, best its primary key: its index is walked in order
     * @param message a column of messages, of a binary type or, in their text form, of a character type; null is no message
     * @throws IllegalArgumentException if a name is no identifier
     */
    public static MessageTable of(String table, String key, String message) {
        if (!TABLE.matcher(table).matches()) {
            throw new IllegalArgumentException("not the name of a table: " + table);
        }
        return new MessageTable(table, column(key), column(message), Map.of(), Map.of());
    }

    /**
     * The same, with a pair of each message's context taken from a column's text, as JDBC's {@code getString} gives it.
     *
     * @throws IllegalArgumentException if the column is no identifier, or the context has this name already
     */
    public MessageTable context(String name, String column) {
        requireNew(name);
        return new MessageTable(this.name, key, message, with(columns, name, column(column)), constants);
    }

    /**
     * The same, with a pair that is the same in each message's context.
     *
     * @throws IllegalArgumentException if the context has this name already
     */
    public MessageTable contextValue(String name, String value) {
        requireNew(name);
        return new MessageTable(this.name, key, message, columns, with(constants, name, value));
    }

    /** The table's name. */
    public String name() {
        return name;
    }

    String key() {
        return key;
    }

    /** The column of messages. */
    public String messageColumn() {
        return message;
    }

    /** Names and columns of the context, in the order in which they are selected. */
    Map<String, String> contextColumns() {
        return columns;
    }

    Map<String, String> contextConstants() {
        return constants;
    }

    /** What a worker selects: the key, the message, then the context's columns. */
    String selected() {
        List<String> all = new ArrayList<>(List.of(key, message));
        all.addAll(columns.values());
        return String.join(", ", all);
    }

    private void requireNew(String name) {
        if (columns.containsKey(name) || constants.containsKey(name)) {
            throw new IllegalArgumentException("the context of " + this.name + " has two values for " + name);
        }
    }

    private static String column(String column) {
        if (!COLUMN.matcher(column).matches()) {
            throw new IllegalArgumentException("not the name of a column: " + column);
        }
        return column;
    }

    private static Map<String, String> with(Map<String, String> map, String name, String value) {
        Map<String, String> more = new LinkedHashMap<>(map);
        more.put(name, value);
        return Collections.unmodifiableMap(more);
    }

    /** Table and columns. */
    @Override
    public String toString() {
        return name + "(" + selected() + ")";
    }
}
