package io.github.dkm4j.rewrap;

import io.github.dkm4j.key.KeyRef;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/** Moves rows, each call in a transaction of its own, to the key that is active when this is made. */
final class Mover {
    private static final int MOST_RETRIES = 10;

    private final Rewrapper rewrapper;
    private final Connection connection;
    private final RowWriter writer;
    private final Tally tally;
    private final boolean dryRun;
    private final Resealer resealer;

    Mover(Rewrapper rewrapper, Connection connection, RowWriter writer, Tally tally, boolean dryRun) {
        this.rewrapper = rewrapper;
        this.connection = connection;
        this.writer = writer;
        this.tally = tally;
        this.dryRun = dryRun;
        this.resealer = rewrapper.resealer(dryRun);
    }

    /** The key that rows are moved to. */
    KeyRef active() {
        return resealer.active();
    }

    /**
     * Moves rows and commits, then counts them; returns whether nobody else was first with any of them. If somebody was, they
     * are to be looked at again, and those that are left are counted then.
     */
    boolean move(List<Row> rows) throws SQLException {
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
        boolean first = batch.changes() == batch.movedInAll();
        if (!first) {
            batch.lookAgain();
        }
        tally.add(batch);
        return first;
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

    /** A step in a transaction of its own. */
    interface Step<T> {
        T run() throws SQLException;
    }

    /** Does a step, again for as long as the database asks to repeat it: after a deadlock, or a conflict of transactions. */
    <T> T repeated(Step<T> step) throws SQLException {
        for (int attempt = 0; ; attempt++) {
            try {
                return step.run();
            } catch (SQLException e) {
                connection.rollback();
                if (!isPassing(e) || attempt == MOST_RETRIES) {
                    throw e;
                }
            }
        }
    }

    /** Whether the database asks to try again. */
    static boolean isPassing(SQLException e) {
        return e.getSQLState() != null && e.getSQLState().startsWith("40");
    }
}
