package io.github.dkm4j.crypto;

import io.github.dkm4j.key.AuthenticationFailed;
import io.github.dkm4j.key.EncryptionContext;
import java.security.SecureRandom;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Makes and opens messages. Safe for use by many threads: workers with their ciphers wait in a bounded, striped pool
 * and are taken out while in use, so that nobody blocks and no thread owns one.
 */
public final class MessageCipher implements AutoCloseable {
    /** How many nonces are drawn ahead unless the user says otherwise. */
    public static final int DEFAULT_READ_AHEAD = 64;

    /** What a message with an empty context is longer than its plaintext. */
    public static final int OVERHEAD = MessageHeader.LENGTH + KcXaes.OVERHEAD;

    private static final int OPENERS_PER_STRIPE = 16;

    private final Ciphers ciphers;
    private final SecureRandom random;
    private final int readAhead;
    private final LongSupplier nanoTime;
    private final int stripes;
    private final AtomicReferenceArray<@Nullable SealingSession> sealers;
    private final AtomicReferenceArray<@Nullable KcXaes> openers;
    private volatile boolean closed;

    /**
     * @param readAhead how many nonces to draw ahead, 0 to 1024; 0 for machines that are snapshotted while they run
     * @param nanoTime the monotonic clock, in nanoseconds
     */
    public MessageCipher(Ciphers ciphers, SecureRandom random, int readAhead, LongSupplier nanoTime) {
        if (readAhead < 0 || readAhead > 1024) {
            throw new IllegalArgumentException("readAhead must be 0 to 1024, not " + readAhead);
        }
        this.ciphers = ciphers;
        this.random = random;
        this.readAhead = readAhead;
        this.nanoTime = nanoTime;
        int wanted = Math.min(64, 4 * Runtime.getRuntime().availableProcessors());
        this.stripes = Integer.highestOneBit(wanted - 1) << 1;
        this.sealers = new AtomicReferenceArray<>(stripes);
        this.openers = new AtomicReferenceArray<>(stripes * OPENERS_PER_STRIPE);
    }

    /**
     * Makes a message of suite 0x01.
     *
     * @throws IllegalArgumentException if the plaintext is longer than 2^31 − 1 − 86 bytes
     */
    public byte[] seal(
            MessageHeader header,
            KeyMaterial key,
            byte[] in,
            int offset,
            int length,
            EncryptionContext context,
            long nowMillis) {
        if (length > Integer.MAX_VALUE - OVERHEAD) {
            throw new IllegalArgumentException("the plaintext is too long for one message");
        }
        byte[] out = new byte[length + OVERHEAD];
        header.writeTo(out);
        int stripe = stripe();
        SealingSession pooled = sealers.getAndSet(stripe, null);
        SealingSession session = pooled != null ? pooled : new SealingSession(ciphers, random, readAhead);
        try {
            session.seal(
                    key,
                    associated(out, context),
                    in,
                    offset,
                    length,
                    out,
                    MessageHeader.LENGTH,
                    nowMillis,
                    nanoTime.getAsLong());
        } catch (RuntimeException e) {
            session.wipe();
            throw e;
        }
        SealingSession displaced = sealers.getAndSet(stripe, session);
        if (displaced != null) {
            displaced.wipe();
        }
        if (closed) {
            close();
        }
        return out;
    }

    /**
     * Opens a message of either suite whose header was parsed from it.
     *
     * @throws AuthenticationFailed if the message, its context or the key is another
     */
    public byte[] open(MessageHeader header, KeyMaterial key, byte[] message, EncryptionContext context) {
        byte[] associated = associated(message, context);
        int length = message.length - MessageHeader.LENGTH;
        if (header.suite() == Suite.COBBLESTONE_256) {
            return new Cobblestone(ciphers).open(key, associated, message, MessageHeader.LENGTH, length);
        }
        int slot = stripe() * OPENERS_PER_STRIPE + (message[MessageHeader.LENGTH] & (OPENERS_PER_STRIPE - 1));
        KcXaes pooled = openers.getAndSet(slot, null);
        KcXaes opener = pooled != null ? pooled : new KcXaes(ciphers);
        try {
            return opener.open(key, associated, message, MessageHeader.LENGTH, length);
        } finally {
            KcXaes displaced = openers.getAndSet(slot, opener);
            if (displaced != null) {
                displaced.wipe();
            }
            if (closed) {
                close();
            }
        }
    }

    /** Wipes every worker, those still at work as soon as they are done. */
    @Override
    public void close() {
        closed = true;
        forget();
    }

    /** Wipes the workers that wait, because a key they may remember was destroyed. */
    public void forget() {
        for (int i = 0; i < sealers.length(); i++) {
            SealingSession session = sealers.getAndSet(i, null);
            if (session != null) {
                session.wipe();
            }
        }
        for (int i = 0; i < openers.length(); i++) {
            KcXaes opener = openers.getAndSet(i, null);
            if (opener != null) {
                opener.wipe();
            }
        }
    }

    private int stripe() {
        long id = Thread.currentThread().getId();
        return (int) (id ^ (id >>> 16)) & (stripes - 1);
    }

    private static byte[] associated(byte[] message, EncryptionContext context) {
        byte[] associated = new byte[MessageHeader.LENGTH + context.encodedLength()];
        System.arraycopy(message, 0, associated, 0, MessageHeader.LENGTH);
        context.writeTo(associated, MessageHeader.LENGTH);
        return associated;
    }
}
