package io.github.dkm4j.rewrap;

import io.github.dkm4j.Decrypted;
import io.github.dkm4j.Decryptor;
import io.github.dkm4j.KeyRingView;
import io.github.dkm4j.key.AccessDenied;
import io.github.dkm4j.key.EncryptionContext;
import io.github.dkm4j.key.StoreUnavailable;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import javax.sql.DataSource;

/**
 * Moves messages to the active key, so that old keys can be retired. The caller of the ring's view needs to encrypt and to
 * decrypt. Immutable and safe for use by many threads.
 *
 * <p>Over a table any number of workers may go at once, threads, processes and machines: each call is one worker, on the
 * caller's thread and with one connection. The database keeps them apart ({@code FOR UPDATE SKIP LOCKED}) on PostgreSQL,
 * MariaDB, MySQL and H2; elsewhere, and wherever somebody else writes, a row is replaced only if it still is what was read.
 * Nothing is kept about progress: a row's own header says under which key it is, so that a worker that was killed is
 * made up for by the others or by the next call.
 */
public final class Rewrapper {
    /** How many rows a worker takes at once if not told otherwise. */
    public static final int DEFAULT_BATCH = 2_000;

    /** MariaDB's and H2's numbers for what an account may not do. */
    private static final Set<Integer> REFUSED = Set.of(1044, 1142, 1143, 90096);

    private final KeyRingView ring;
    private final int batch;
    private final Optional<RewrapListener> listener;
    private final Optional<RevokedRows> revoked;

    private Rewrapper(KeyRingView ring, int batch, Optional<RewrapListener> listener, Optional<RevokedRows> revoked) {
        this.ring = ring;
        this.batch = batch;
        this.listener = listener;
        this.revoked = revoked;
    }

    /** Moves messages of this ring, as the view's caller. */
    public static Rewrapper of(KeyRingView ring) {
        return new Rewrapper(ring, DEFAULT_BATCH, Optional.empty(), Optional.empty());
    }

    /**
     * The same with another number of rows that are read, locked and committed together.
     *
     * @param rows 1 to 10,000
     */
    public Rewrapper batch(int rows) {
        if (rows < 1 || rows > 10_000) {
            throw new IllegalArgumentException("a batch has 1 to 10,000 rows, not " + rows);
        }
        return new Rewrapper(ring, rows, listener, revoked);
    }

    /** The same with a listener; for it, each worker counts the old rows before it begins. */
    public Rewrapper listener(RewrapListener hearing) {
        return new Rewrapper(ring, batch, Optional.of(hearing), revoked);
    }

    /**
     * The same, but rows under revoked keys are moved too, which makes what a thief of the key may have written look as good
     * as anything else. The view's caller must be one who may administer. Each row is put on record before.
     */
    public Rewrapper includeRevoked(RevokedRows list) {
        return new Rewrapper(ring, batch, listener, Optional.of(list));
    }

    /**
     * Moves one message; its plaintext does not leave this method.
     *
     * @param message neither kept nor changed
     * @return a message of the active key, or the very array that was given if its key is the active one or a newer one than
     *     this node knows as active
     * @throws io.github.dkm4j.key.DkmException as {@link Decryptor#open} and {@link io.github.dkm4j.Encryptor#encrypt}
     */
    public byte[] rewrap(byte[] message, EncryptionContext context) {
        Decrypted opened = ring.decryptor().open(message, context);
        try {
            return opened.needsRewrap() && resealer(false).isOld(opened.key())
                    ? ring.encryptor().encrypt(opened.plaintext(), context)
                    : message;
        } finally {
            Arrays.fill(opened.plaintext(), (byte) 0);
        }
    }

    /**
     * Moves a table's messages, until no row is left that can be moved.
     *
     * @throws StoreUnavailable if the database fails; what was committed stays moved, and the next call goes on
     * @throws AccessDenied if the database does not let its account read or change the table
     * @throws IllegalArgumentException if there is no such table or column, or it cannot hold messages
     * @throws io.github.dkm4j.key.DkmException if the ring can encrypt nothing, or the view's caller may not
     */
    public RewrapReport rewrap(DataSource source, MessageTable table) {
        return work(source, table, false);
    }

    /** Opens each message that would be moved and writes nothing. */
    public RewrapReport dryRun(DataSource source, MessageTable table) {
        return work(source, table, true);
    }

    private RewrapReport work(DataSource source, MessageTable table, boolean dryRun) {
        try {
            return Worker.run(this, source, table, dryRun);
        } catch (SQLException e) {
            throw failure(
                    "the run on " + table.name() + " was ended, what was moved stays moved, and the next run goes on",
                    e);
        }
    }

    int batch() {
        return batch;
    }

    Optional<RewrapListener> listener() {
        return listener;
    }

    Optional<RevokedRows> revoked() {
        return revoked;
    }

    /** What makes new messages, by the ring's keys as they stand now. */
    Resealer resealer(boolean dryRun) {
        return new Resealer(ring, revoked.isPresent(), dryRun);
    }

    /** What a database says, without its details, which may tell of rows. */
    static RuntimeException failure(String what, SQLException e) {
        String message = what + ": the database says: "
                + String.valueOf(e.getMessage()).lines().findFirst().orElse("nothing");
        String state = String.valueOf(e.getSQLState());
        if (state.equals("42501") || REFUSED.contains(e.getErrorCode())) {
            return new AccessDenied(message, e);
        }
        if (state.startsWith("42")) {
            return new IllegalArgumentException(message, e);
        }
        return new StoreUnavailable(message, e);
    }
}
