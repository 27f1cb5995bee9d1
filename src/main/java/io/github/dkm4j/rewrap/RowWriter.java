package io.github.dkm4j.rewrap;

import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;

/** Replaces messages of rows that are still what was read; on PostgreSQL with one statement for all, if the key allows it. */
final class RowWriter {
    private final Connection connection;
    private final TableSql sql;

    RowWriter(Connection connection, TableSql sql) {
        this.connection = connection;
        this.sql = sql;
    }

    /** Which of the moves, by their places in the list, have replaced a message. */
    BitSet write(List<Move> moves) throws SQLException {
        Optional<String> keyType = sql.keyType();
        return keyType.isPresent() ? atOnce(moves, keyType.get()) : oneByOne(moves);
    }

    private BitSet atOnce(List<Move> moves, String keyType) throws SQLException {
        BitSet replaced = new BitSet(moves.size());
        try (PreparedStatement update = connection.prepareStatement(sql.updateAtOnce())) {
            Object[] keys = moves.stream().map(move -> move.row().key()).toArray();
            update.setArray(1, connection.createArrayOf(keyType, keys));
            update.setArray(
                    2, messages(moves.stream().map(move -> move.row().stored()).toList()));
            update.setArray(3, messages(moves.stream().map(Move::message).toList()));
            update.execute();
            try (ResultSet positions = update.getResultSet()) {
                while (positions.next()) {
                    replaced.set((int) positions.getLong(1) - 1);
                }
            }
        }
        return replaced;
    }

    private Array messages(List<Object> messages) throws SQLException {
        Object[] elements = messages.toArray(sql.isText() ? new String[0] : new byte[0][]);
        return connection.createArrayOf(sql.messageType(), elements);
    }

    private BitSet oneByOne(List<Move> moves) throws SQLException {
        BitSet replaced = new BitSet(moves.size());
        try (PreparedStatement update = connection.prepareStatement(sql.update())) {
            for (Move move : moves) {
                set(update, 1, move.message());
                update.setObject(2, move.row().key());
                set(update, 3, move.row().stored());
                update.addBatch();
            }
            int[] counts = update.executeBatch();
            for (int i = 0; i < counts.length; i++) {
                replaced.set(i, counts[i] > 0); // a driver that does not say leaves it to the next pass to see
            }
        }
        return replaced;
    }

    private static void set(PreparedStatement update, int parameter, Object message) throws SQLException {
        if (message instanceof String text) {
            update.setString(parameter, text);
        } else {
            update.setBytes(parameter, (byte[]) message);
        }
    }
}
