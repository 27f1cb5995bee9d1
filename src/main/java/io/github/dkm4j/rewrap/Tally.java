package io.github.dkm4j.rewrap;

import io.github.dkm4j.key.KeyRef;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What a worker counts: what it moved, over all passes; what it left, in the last one. */
final class Tally {
    private final List<RewrapReport.Row> laundered = new ArrayList<>();
    private final List<RewrapReport.Row> left = new ArrayList<>();
    private long moved;
    private long movedDespiteRevocation;
    private long changedMeanwhile;
    private long seen;
    private long revokedLeft;
    private long unreadable;
    private long notMessages;
    private long inPlace;

    /** Forgets what was left, because it is looked at again. */
    void lookAgain() {
        left.clear();
        seen = 0;
        revokedLeft = 0;
        unreadable = 0;
        notMessages = 0;
        inPlace = 0;
    }

    /** Adds what was counted apart. */
    void add(Tally other) {
        moved += other.moved;
        movedDespiteRevocation += other.movedDespiteRevocation;
        changedMeanwhile += other.changedMeanwhile;
        seen += other.seen;
        revokedLeft += other.revokedLeft;
        unreadable += other.unreadable;
        notMessages += other.notMessages;
        inPlace += other.inPlace;
        other.laundered.forEach(row -> list(laundered, row));
        other.left.forEach(row -> list(left, row));
    }

    void saw() {
        seen++;
    }

    void moved() {
        moved++;
    }

    void movedDespiteRevocation(RewrapReport.Row row) {
        moved++;
        movedDespiteRevocation++;
        list(laundered, row);
    }

    void changedMeanwhile() {
        changedMeanwhile++;
    }

    void left(Row row, Optional<KeyRef> under, RewrapReport.Reason reason, String detail) {
        switch (reason) {
            case REVOKED -> revokedLeft++;
            case NOT_A_MESSAGE -> notMessages++;
            default -> unreadable++;
        }
        list(left, new RewrapReport.Row(row.keyText(), under, reason, detail));
    }

    long seen() {
        return seen;
    }

    long movedInAll() {
        return moved;
    }

    /** How many rows were left in the last pass. */
    long left() {
        return revokedLeft + unreadable + notMessages + inPlace;
    }

    /** A row that the database took for an old one, and is where it should be. */
    void inPlace() {
        inPlace++;
    }

    /** Whatever shows that a pass has not been the last. */
    long changes() {
        return moved + changedMeanwhile;
    }

    RewrapReport report(String table, boolean dryRun, boolean finished) {
        List<RewrapReport.Row> rows = new ArrayList<>(laundered);
        left.forEach(row -> list(rows, row));
        return new RewrapReport(
                table,
                dryRun,
                moved,
                movedDespiteRevocation,
                changedMeanwhile,
                revokedLeft,
                unreadable,
                notMessages,
                finished,
                rows);
    }

    private static void list(List<RewrapReport.Row> rows, RewrapReport.Row row) {
        if (rows.size() < RewrapReport.MOST_ROWS) {
            rows.add(row);
        }
    }
}
