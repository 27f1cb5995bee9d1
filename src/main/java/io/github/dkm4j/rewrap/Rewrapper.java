package io.github.dkm4j.rewrap;

import io.github.dkm4j.Decrypted;
import io.github.dkm4j.Decryptor;
import io.github.dkm4j.KeyDescription;
import io.github.dkm4j.KeyRingView;
import io.github.dkm4j.key.EncryptionContext;
import io.github.dkm4j.key.KeyRef;
import io.github.dkm4j.key.KeyStatus;
import io.github.dkm4j.key.NoActiveKey;
import io.github.dkm4j.key.StoreUnavailable;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.Optional;
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
    public static final int DEFAULT_BATCH = 500;

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
        return isOlder(Decryptor.keyOf(message), active()) ? resealed(message, context) : message;
    }

    /**
     * Moves a table's messages, until no row is left that can be moved.
     *
     * @throws StoreUnavailable if the database fails; what was committed stays moved, and the next call goes on
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
            throw new StoreUnavailable(
                    "the database failed on " + table.name() + ": " + e.getMessage()
                            + "; what was moved stays moved, call again to go on",
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

    /** The key that new messages are made with. */
    KeyRef active() {
        return ring.admin().keys().stream()
                .filter(key -> key.status() == KeyStatus.ACTIVE)
                .map(KeyDescription::metadata)
                .map(metadata -> metadata.ref())
                .findFirst()
                .orElseThrow(() -> new NoActiveKey("the ring has no active key to move messages to: look at its keys"));
    }

    /** Never backwards: a key that is newer than what this node knows as active is left alone. */
    static boolean isOlder(KeyRef key, KeyRef active) {
        int order = key.epoch().compareTo(active.epoch());
        return order < 0 || (order == 0 && !key.equals(active));
    }

    byte[] resealed(byte[] message, EncryptionContext context) {
        return resealed(ring.decryptor().open(message, context), context);
    }

    byte[] resealedDespiteRevocation(byte[] message, EncryptionContext context) {
        return resealed(ring.admin().decryptDespiteRevocation(message, context), context);
    }

    private byte[] resealed(Decrypted opened, EncryptionContext context) {
        try {
            return ring.encryptor().encrypt(opened.plaintext(), context);
        } finally {
            Arrays.fill(opened.plaintext(), (byte) 0);
        }
    }
}
