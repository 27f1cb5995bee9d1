package io.github.dkm4j.rewrap;

import io.github.dkm4j.key.KeyRef;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * One worker over one table. It goes through the table in passes, in the order of the keys, and looks at old rows only.
 * While there are many, it claims a batch at a time, and others pass over what it has claimed. What is left then, for
 * instance by a worker that was killed, it takes row by row: it waits for whoever has the row, and holds nothing meanwhile.
 */
final class Worker {
    private static final int MOST_PASSES = 50;
    private static final int MOST_RETRIES = 10;

    private final Rewrapper rewrapper;
    private final MessageTable table;
    private final Connection connection;
    private final TableSql sql;
    private final RowWriter writer;
    private final boolean dryRun;
    private final Tally tally = new Tally();
    private long total;

    private Worker(Rewrapper rewrapper, MessageTable table, Connection connection, boolean dryRun) throws SQLException {
        this.rewrapper = rewrapper;
        this.table = table;
        this.connection = connection;
        this.sql = TableSql.of(connection, table);
        this.writer = new RowWriter(connection, sql);
        this.dryRun = dryRun;
    }

    static RewrapReport run(Rewrapper rewrapper, DataSource source, MessageTable table, boolean dryRun)
            throws SQLException {
        try (Connection connection = source.getConnection()) {
            boolean automatic = connection.getAutoCommit();
            int isolation = connection.getTransactionIsolation();
            connection.setTransactionIsolation(Connection.TRANSACTION_READ_COMMITTED);
            connection.setAutoCommit(false);
            boolean whole = false;
            try {
                RewrapReport report = new Worker(rewrapper, table, connection, dryRun).run();
                whole = true;
                return report;
            } finally {
                giveBack(connection, automatic, isolation, whole);
            }
        }
    }

    private static void giveBack(Connection connection, boolean automatic, int isolation, boolean whole)
            throws SQLException {
        try {
            connection.rollback();
            connection.setAutoCommit(automatic);
            connection.setTransactionIsolation(isolation);
        } catch (SQLException e) {
            if (whole) {
                throw e;
            } // else the failure that led here is the one to tell of
        }
    }

    private RewrapReport run() throws SQLException {
        if (rewrapper.listener().isPresent()) {
            total = countOld();
        }
        if (dryRun) {
            pass(false);
            return tally.report(table.name(), true, true);
        }
        boolean claiming = sql.canSkipLocked();
        for (int pass = 1; pass <= MOST_PASSES; pass++) {
            long before = tally.changes();
            pass(claiming);
            boolean changed = tally.changes() > before;
            if (!changed && !claiming) {
                return tally.report(table.name(), false, true);
            }
            long old = countOld();
            if (old == 0) {
                tally.beginPass(); // whatever was left is no longer there
                return tally.report(table.name(), false, true);
            }
            claiming = claiming && changed && old > rewrapper.batch();
        }
        return tally.report(table.name(), false, false);
    }

    private void pass(boolean claiming) throws SQLException {
        tally.beginPass();
        Resealer resealer = rewrapper.resealer(dryRun);
        Object last = null;
        int retries = 0;
        boolean more = true;
        while (more) {
            try {
                List<Row> rows = select(claiming, resealer.active(), last);
                more = rows.size() == rewrapper.batch();
                for (List<Row> together : claiming || dryRun ? List.of(rows) : singly(rows)) {
                    if (!together.isEmpty()) {
                        move(together, resealer);
                        last = together.get(together.size() - 1).key();
                    }
                }
                retries = 0;
                rewrapper.listener().ifPresent(hears -> hears.progress(tally.seen(), tally.movedInAll(), total));
            } catch (SQLException e) {
                connection.rollback();
                more = true;
                if (!isPassing(e) || ++retries > MOST_RETRIES) {
                    throw e;
                }
            }
        }
    }

    /** One by one, and no row is held, nor what was read of it, while another one is waited for. */
    private List<List<Row>> singly(List<Row> rows) throws SQLException {
        connection.commit();
        return rows.stream().map(List::of).toList();
    }

    /** A deadlock or a conflict of transactions: the database asks to try again. */
    private static boolean isPassing(SQLException e) {
        return e.getSQLState() != null && e.getSQLState().startsWith("40");
    }

    private long countOld() throws SQLException {
        try (PreparedStatement count = connection.prepareStatement(sql.count())) {
            sql.bindOld(count, rewrapper.resealer(dryRun).active());
            try (ResultSet result = count.executeQuery()) {
                result.next();
                return result.getLong(1);
            }
        }
    }

    private List<Row> select(boolean claiming, KeyRef active, @Nullable Object last) throws SQLException {
        try (PreparedStatement select =
                connection.prepareStatement(sql.select(claiming, last == null, rewrapper.batch()))) {
            sql.bindOld(select, active);
            if (last != null) {
                select.setObject(3, last);
            }
            List<Row> rows = new ArrayList<>(rewrapper.batch());
            try (ResultSet result = select.executeQuery()) {
                while (result.next()) {
                    rows.add(Row.read(result, table, sql.isText()));
                }
            }
            return rows;
        }
    }

    /** Moves rows in one transaction, and counts them once it is committed. */
    private void move(List<Row> rows, Resealer resealer) throws SQLException {
        Tally batch = new Tally();
        List<Move> moves = new ArrayList<>(rows.size());
        for (Row row : rows) {
            batch.saw();
            resealer.move(row, batch).ifPresent(moves::add);
        }
        if (dryRun) {
            moves.forEach(move -> count(move, batch));
        } else if (!moves.isEmpty()) {
            List<RewrapReport.Row> laundered =
                    moves.stream().flatMap(move -> move.revoked().stream()).toList();
            if (!laundered.isEmpty()) {
                rewrapper.revoked().orElseThrow().keep(laundered);
            }
            write(moves, batch);
        }
        connection.commit();
        tally.add(batch);
    }

    private void write(List<Move> moves, Tally batch) throws SQLException {
        BitSet replaced = writer.write(moves);
        for (int i = 0; i < moves.size(); i++) {
            if (replaced.get(i)) {
                count(moves.get(i), batch);
            } else {
                batch.changedMeanwhile();
            }
        }
    }

    private static void count(Move move, Tally batch) {
        move.revoked().ifPresentOrElse(batch::movedDespiteRevocation, batch::moved);
    }
}
