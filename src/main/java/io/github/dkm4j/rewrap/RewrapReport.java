package io.github.dkm4j.rewrap;

import io.github.dkm4j.key.KeyRef;
import java.util.List;
import java.util.Optional;

/**
 * What one worker did to a table, or what a dry run found. Rows that several workers left are in each one's report.
 *
 * @param table the table
 * @param dryRun whether nothing was written; {@code moved} then counts what would be
 * @param moved rows moved to the active key
 * @param movedDespiteRevocation those among them whose key was revoked: their authenticity is lost
 * @param changedMeanwhile how often somebody else, or another worker, changed a row after it was read; theirs stands
 * @param revokedLeft rows left where they are because their key was revoked
 * @param unreadable rows left because they cannot be opened
 * @param notMessages rows whose value is no message
 * @param finished whether there was nothing left to move in the end; false if others kept writing under old keys
 * @param rows the rows that somebody should look at, at most {@link #MOST_ROWS}
 */
public record RewrapReport(
        String table,
        boolean dryRun,
        long moved,
        long movedDespiteRevocation,
        long changedMeanwhile,
        long revokedLeft,
        long unreadable,
        long notMessages,
        boolean finished,
        List<Row> rows) {
    /** How many rows are listed. */
    public static final int MOST_ROWS = 10_000;

    /** Why a row is listed. */
    public enum Reason {
        /** Moved although its key was revoked; whoever stole the key may have written it. */
        MOVED_DESPITE_REVOCATION,
        /** Left: its key was revoked. */
        REVOKED,
        /** Left: it was altered, its context is another one, or its key is not there. */
        UNREADABLE,
        /** Left: it is no message. */
        NOT_A_MESSAGE
    }

    /**
     * A row.
     *
     * @param key the value of its key column, as text
     * @param under the key that its message names; empty if it is no message
     * @param reason why it is listed
     * @param detail the same in words
     */
    public record Row(String key, Optional<KeyRef> under, Reason reason, String detail) {}

    /** Copies the list. */
    public RewrapReport {
        rows = List.copyOf(rows);
    }

    /** Whether every message of the table is under the active key or was seen to get there. */
    public boolean isComplete() {
        return finished && revokedLeft == 0 && unreadable == 0;
    }

    /** A few sentences. */
    public String inWords() {
        StringBuilder words = new StringBuilder(table)
                .append(": ")
                .append(moved)
                .append(dryRun ? " rows would be moved" : " rows moved");
        append(words, changedMeanwhile, "times somebody else, or another worker, was first");
        append(words, unreadable, "cannot be opened");
        append(words, notMessages, "no messages");
        append(words, revokedLeft, "under revoked keys, left where they are");
        if (movedDespiteRevocation > 0) {
            words.append("; ")
                    .append(movedDespiteRevocation)
                    .append(
                            " of those moved were under revoked keys: their authenticity is lost, whoever had such a key may"
                                    + " have written them");
        }
        if (!finished && !dryRun) {
            words.append("; not finished, old keys are still being written with");
        }
        return words.toString();
    }

    private static void append(StringBuilder words, long count, String what) {
        if (count > 0) {
            words.append("; ").append(count).append(' ').append(what);
        }
    }
}
