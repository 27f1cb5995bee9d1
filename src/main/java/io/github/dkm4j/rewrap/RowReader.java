package io.github.dkm4j.rewrap;

import io.github.dkm4j.key.KeyRef;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reads a table's old rows in the order of their keys. */
final class RowReader {
    private final Connection connection;
    private final MessageTable table;
    private final TableSql sql;
    private final int size;

    RowReader(Connection connection, MessageTable table, TableSql sql, int size) {
        this.connection = connection;
        this.table = table;
        this.sql = sql;
        this.size = size;
    }

    /** The next old rows after a key, or the first; locked, and passing over those that others have locked, if they are claimed. */
    List<Row> rows(boolean claiming, KeyRef active, @Nullable Object last) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(sql.select(claiming, last == null, size))) {
            sql.bindOld(select, 1, active);
            if (last != null) {
                select.setObject(3, last);
            }
            return read(select);
        }
    }

    /**
     * Some rows that follow one another.
     *
     * @param first the key of the first, which is an old one
     * @param end the key of the last; null for the end of the table
     */
    record Page(Object first, @Nullable Object end) {}

    /** Some row's key, to begin with; none of a small table. */
    Optional<Object> someKey() throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(sql.someKey())) {
            return key(select);
        }
    }

    /**
     * The next page, and its rows if it was claimed.
     *
     * @param page its end is the last one of the rows, if there are some; never after the key up to which pages are wanted
     * @param rows none if the page was not to be had
     */
    record Claim(Page page, List<Row> rows) {}

    /** Claims the page that begins with the first old row after a key, and up to another one; empty if there is no such row. */
    Optional<Claim> next(KeyRef active, @Nullable Object last, @Nullable Object until) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(sql.nextPage(last != null, until != null, size))) {
            sql.bindOld(select, 1, active);
            int parameter = 3;
            if (last != null) {
                select.setObject(parameter++, last);
            }
            if (until != null) {
                select.setObject(parameter++, until);
                select.setObject(parameter++, until);
            }
            sql.bindOld(select, parameter, active);
            if (until != null) {
                select.setObject(parameter + 2, until);
            }
            try (ResultSet result = select.executeQuery()) {
                return claim(result, until);
            }
        }
    }

    private Optional<Claim> claim(ResultSet result, @Nullable Object until) throws SQLException {
        Object first = null;
        Object end = until;
        List<Row> rows = new ArrayList<>(size);
        while (result.next()) {
            first = Row.key(result, 1, table);
            Object last = result.getObject(2);
            end = last == null ? until : last;
            if (result.getObject(3) != null) {
                Row row = Row.read(result, 3, table, sql.isText());
                rows.add(row);
                end = row.key();
            }
        }
        return first == null ? Optional.empty() : Optional.of(new Claim(new Page(first, end), rows));
    }

    private Optional<Object> key(PreparedStatement select) throws SQLException {
        try (ResultSet result = select.executeQuery()) {
            return result.next() ? Optional.of(Row.key(result, 1, table)) : Optional.empty();
        }
    }

    /** Whether there is an old row of that key. */
    boolean isOld(Object key, KeyRef active) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(sql.isOld())) {
            sql.bindOld(select, 1, active);
            select.setObject(3, key);
            try (ResultSet result = select.executeQuery()) {
                return result.next();
            }
        }
    }

    /**
     * Claims a page's old rows by locking the first one; none if it is not to be had. Whoever changes one of the others is
     * waited for only briefly in this transaction.
     */
    List<Row> claimed(Page page, KeyRef active) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(sql.claimedPage(page.end() == null))) {
            select.setObject(1, page.first());
            sql.bindOld(select, 2, active);
            select.setObject(4, page.first());
            if (page.end() != null) {
                select.setObject(5, page.end());
            }
            return read(select);
        }
    }

    /** A page's old rows after a key, or all of them, locking none. */
    List<Row> rows(Page page, @Nullable Object last, KeyRef active) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(sql.rowsOfPage(last != null, page.end() == null))) {
            sql.bindOld(select, 1, active);
            select.setObject(3, last == null ? page.first() : last);
            if (page.end() != null) {
                select.setObject(4, page.end());
            }
            return read(select);
        }
    }

    private List<Row> read(PreparedStatement select) throws SQLException {
        List<Row> rows = new ArrayList<>(size);
        try (ResultSet result = select.executeQuery()) {
            while (result.next()) {
                rows.add(Row.read(result, 1, table, sql.isText()));
            }
        }
        return rows;
    }
}
