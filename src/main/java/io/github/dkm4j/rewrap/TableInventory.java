package io.github.dkm4j.rewrap;

import io.github.dkm4j.Decryptor;
import io.github.dkm4j.key.KeyInventory;
import io.github.dkm4j.key.KeyRef;
import io.github.dkm4j.key.MalformedMessage;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.sql.DataSource;

/**
 * Counts the messages of tables by key, from their headers and without opening any. A ring that is given it with {@link
 * io.github.dkm4j.KeyRingBuilder#inventory} destroys no key that one of these tables still needs. Safe for use by many threads.
 */
public final class TableInventory implements KeyInventory {
    private static final int HEADER = 14;

    private final DataSource source;
    private final List<MessageTable> tables;

    private TableInventory(DataSource source, List<MessageTable> tables) {
        this.source = source;
        this.tables = tables;
    }

    /**
     * An inventory of tables of one database.
     *
     * @throws IllegalArgumentException if there is no table
     */
    public static TableInventory of(DataSource source, List<MessageTable> tables) {
        if (tables.isEmpty()) {
            throw new IllegalArgumentException("an inventory of no tables would find no key in use");
        }
        return new TableInventory(source, List.copyOf(tables));
    }

    /**
     * How many rows of a table there are of one kind.
     *
     * @param table the table
     * @param key the key that their messages name; empty for values that are no messages
     * @param rows at least 1
     */
    public record Count(MessageTable table, Optional<KeyRef> key, long rows) {}

    /**
     * All rows by table, in the order given, and by epoch and key id; a table's values that are no messages come last.
     *
     * @throws io.github.dkm4j.key.StoreUnavailable if the database cannot be read
     * @throws io.github.dkm4j.key.AccessDenied if its account may not read a table, or not all of its rows
     * @throws IllegalArgumentException if there is no such table or column, or it cannot hold messages
     */
    public List<Count> counts() {
        return tables.stream().flatMap(table -> counts(table).stream()).toList();
    }

    /**
     * {@inheritDoc}
     *
     * @throws io.github.dkm4j.key.StoreUnavailable if the database cannot be read
     * @throws io.github.dkm4j.key.AccessDenied if its account may not read a table, or not all of its rows
     * @throws IllegalArgumentException if there is no such table or column, or it cannot hold messages
     */
    @Override
    public long messagesUnder(KeyRef key) {
        return counts().stream()
                .filter(count -> count.key().equals(Optional.of(key)))
                .mapToLong(Count::rows)
                .sum();
    }

    private List<Count> counts(MessageTable table) {
        Map<Optional<KeyRef>, Long> rows = new HashMap<>();
        try (Connection connection = source.getConnection()) {
            boolean automatic = connection.getAutoCommit();
            connection.setAutoCommit(false);
            try {
                count(connection, table, rows);
            } finally {
                connection.rollback();
                connection.setAutoCommit(automatic);
            }
        } catch (SQLException e) {
            throw Rewrapper.failure("the messages of " + table.name() + " cannot be counted", e);
        }
        return rows.entrySet().stream()
                .map(entry -> new Count(table, entry.getKey(), entry.getValue()))
                .sorted(Comparator.comparing(TableInventory::order))
                .toList();
    }

    private static void count(Connection connection, MessageTable table, Map<Optional<KeyRef>, Long> rows)
            throws SQLException {
        TableSql sql = TableSql.of(connection, table);
        sql.demandAllRows(connection);
        try (PreparedStatement count = connection.prepareStatement(sql.countByHeader());
                ResultSet result = count.executeQuery()) {
            while (result.next()) {
                rows.merge(key(sql.header(result)), result.getLong(2), Long::sum);
            }
        }
    }

    private static String order(Count count) {
        return count.key()
                .map(key -> "%010d %s".formatted(key.epoch().value(), key.keyId()))
                .orElse("~");
    }

    private static Optional<KeyRef> key(byte[] header) {
        if (header.length < HEADER || !Decryptor.isMessage(header)) {
            return Optional.empty();
        }
        try {
            return Optional.of(Decryptor.keyOf(header));
        } catch (MalformedMessage e) {
            return Optional.empty();
        }
    }
}
