package io.github.dkm4j.rewrap;

import io.github.dkm4j.key.KeyRef;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import javax.sql.DataSource;

/**
 * One worker over one table. It goes through the table in passes, in the order of the keys, and looks at old rows only.
 * While there are many, it claims a batch at a time, and others pass over what it has claimed: on PostgreSQL a page by its
 * first row, elsewhere row by row. What is left then, for
 * instance by a worker that was killed, it takes row by row: it waits for whoever has the row, and holds nothing meanwhile.
 */
final class Worker {
    private static final int MOST_PASSES = 50;

    private final Rewrapper rewrapper;
    private final MessageTable table;
    private final Connection connection;
    private final TableSql sql;
    private final RowReader reader;
    private final RowWriter writer;
    private final boolean dryRun;
    private final Tally tally = new Tally();
    private long total;

    private Worker(Rewrapper rewrapper, MessageTable table, Connection connection, boolean dryRun) throws SQLException {
        this.rewrapper = rewrapper;
        this.table = table;
        this.connection = connection;
        this.sql = TableSql.of(connection, table);
        this.reader = new RowReader(connection, table, sql, rewrapper.batch());
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
            pass(mover(), false);
            return report(true);
        }
        return sql.canClaimPages() ? byPage() : byRow();
    }

    /**
     * Goes through the table until a pass has looked at every row, and there are just as many old ones as it left. If there
     * are fewer, some of those have vanished, and may stand for others that came since; if the active key is another one by
     * then, others are old.
     */
    private RewrapReport byPage() throws SQLException {
        for (int pass = 1; pass <= MOST_PASSES; pass++) {
            tally.lookAgain();
            Mover mover = mover();
            boolean whole = new Pages(connection, reader, mover, this::progress).move();
            KeyRef active = rewrapper.resealer(dryRun).active();
            if (whole && active.equals(mover.active()) && countOld(active) == tally.left()) {
                return report(true);
            }
        }
        return report(false);
    }

    private RewrapReport byRow() throws SQLException {
        boolean claiming = sql.canSkipLocked();
        for (int pass = 1; pass <= MOST_PASSES; pass++) {
            long before = tally.changes();
            pass(mover(), claiming);
            boolean changed = tally.changes() > before;
            if (!changed && !claiming) {
                return report(true);
            }
            long old = countOld();
            if (old == 0) {
                tally.lookAgain(); // whatever was left is no longer there
                return report(true);
            }
            claiming = claiming && changed && old > rewrapper.batch();
        }
        return report(false);
    }

    private RewrapReport report(boolean finished) {
        return tally.report(table.name(), dryRun, finished);
    }

    private Mover mover() {
        return new Mover(rewrapper, connection, writer, tally, dryRun);
    }

    private void progress() {
        rewrapper.listener().ifPresent(hears -> hears.progress(tally.seen(), tally.movedInAll(), total));
    }

    private void pass(Mover mover, boolean claiming) throws SQLException {
        tally.lookAgain();
        Object last = null;
        boolean more = true;
        while (more) {
            Object after = last;
            if (claiming || dryRun) {
                List<Row> rows = mover.repeated(() -> {
                    List<Row> read = reader.rows(claiming, mover.active(), after);
                    mover.move(read);
                    return read;
                });
                more = rows.size() == rewrapper.batch();
                last = rows.isEmpty() ? last : rows.get(rows.size() - 1).key();
            } else {
                List<Row> rows = reader.rows(false, mover.active(), after);
                connection.commit(); // nothing is held while a row is waited for
                more = rows.size() == rewrapper.batch();
                for (Row row : rows) {
                    last = row.key();
                    if (!mover.repeated(() -> mover.move(List.of(row)))) {
                        more = true; // whoever was first may have changed those that follow too: they are read again
                        break;
                    }
                }
            }
            progress();
        }
    }

    private long countOld() throws SQLException {
        return countOld(rewrapper.resealer(dryRun).active());
    }

    private long countOld(KeyRef active) throws SQLException {
        try (PreparedStatement count = connection.prepareStatement(sql.count())) {
            sql.bindOld(count, 1, active);
            try (ResultSet result = count.executeQuery()) {
                result.next();
                return result.getLong(1);
            }
        }
    }
}
