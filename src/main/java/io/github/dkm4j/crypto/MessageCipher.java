package io.github.dkm4j.crypto;

import io.github.dkm4j.key.AuthenticationFailed;
import io.github.dkm4j.key.EncryptionContext;
import io.github.dkm4j.key.TruncatedMessage;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.security.SecureRandom;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
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
    private final AtomicInteger forgets = new AtomicInteger();

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
        int seen = forgets.get();
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
        if (forgets.get() != seen) {
            wipeWaiting();
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
        int seen = forgets.get();
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
            if (forgets.get() != seen) {
                wipeWaiting();
            }
        }
    }

    /**
     * Makes a whole message of suite 0x02.
     *
     * @throws IllegalArgumentException if the header names another suite, or if the message is longer than 2^31 − 1
     *     bytes: a stream makes longer ones
     */
    public byte[] sealLarge(
            MessageHeader header, KeyMaterial key, byte[] in, int offset, int length, EncryptionContext context) {
        Objects.checkFromIndexSize(offset, length, in.length);
        long total = MessageHeader.LENGTH + Cobblestone.payloadLength(length);
        if (total > Integer.MAX_VALUE) {
            throw new IllegalArgumentException("the plaintext is too long for one message in memory");
        }
        byte[] out = chunkedHead(header, (int) total);
        new Cobblestone(ciphers).seal(key, associated(out, context), in, offset, length, out, MessageHeader.LENGTH);
        return out;
    }

    /**
     * Begins a message of suite 0x02 by writing its header, salt and commitment; what is written to the stream
     * becomes its chunks. Memory use does not depend on the length. The stream closes the target when it is closed;
     * if this method throws, the target stays the caller's. Destroying the key later does not stop the stream.
     *
     * @throws IllegalArgumentException if the header names another suite
     * @throws IllegalStateException if the key was destroyed
     * @throws IOException if the target fails
     */
    public SealingStream sealing(MessageHeader header, KeyMaterial key, EncryptionContext context, OutputStream out)
            throws IOException {
        byte[] head = chunkedHead(header, MessageHeader.LENGTH + Cobblestone.PREFIX);
        return new Cobblestone(ciphers).sealing(key, associated(head, context), head, out);
    }

    /** The same for a channel in blocking mode; what is returned is one too. */
    public SealingStream sealing(
            MessageHeader header, KeyMaterial key, EncryptionContext context, WritableByteChannel out)
            throws IOException {
        return sealing(header, key, context, Channels.newOutputStream(out));
    }

    /**
     * Begins to open a message of suite 0x02: reads and compares the commitment. The stream hands out no byte of a
     * chunk before its tag was checked, reports the end only behind the last chunk, and goes on throwing the kind of
     * error that it threw once. The message ends where the source ends. The stream closes the source when it is
     * closed; if this method throws, the source stays the caller's. Reading throws what this method throws.
     *
     * @param in stands behind the header
     * @throws IllegalArgumentException if the header names another suite
     * @throws IllegalStateException if the key was destroyed
     * @throws TruncatedMessage if the source ends early
     * @throws AuthenticationFailed if the message, its context or the key is another
     * @throws IOException if the source fails
     */
    public InputStream opening(MessageHeader header, KeyMaterial key, EncryptionContext context, InputStream in)
            throws IOException {
        return openingStream(header, key, context, in);
    }

    /** The same for a channel in blocking mode. */
    public ReadableByteChannel opening(
            MessageHeader header, KeyMaterial key, EncryptionContext context, ReadableByteChannel in)
            throws IOException {
        return openingStream(header, key, context, Channels.newInputStream(in));
    }

    /** Wipes every worker, those still at work as soon as they are done. */
    @Override
    public void close() {
        forget();
    }

    /** Wipes every worker, because a key it may remember was destroyed; those at work as soon as they are done. */
    public void forget() {
        forgets.incrementAndGet();
        wipeWaiting();
    }

    private void wipeWaiting() {
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

    private OpeningStream openingStream(
            MessageHeader header, KeyMaterial key, EncryptionContext context, InputStream in) throws IOException {
        checkChunked(header);
        byte[] head = new byte[MessageHeader.LENGTH];
        header.writeTo(head);
        return new Cobblestone(ciphers).opening(key, associated(head, context), in);
    }

    /** An array of the given length that begins with the header and a fresh salt. */
    private byte[] chunkedHead(MessageHeader header, int length) {
        checkChunked(header);
        byte[] salt = new byte[Cobblestone.SALT];
        random.nextBytes(salt);
        byte[] out = new byte[length];
        header.writeTo(out);
        System.arraycopy(salt, 0, out, MessageHeader.LENGTH, salt.length);
        return out;
    }

    private static void checkChunked(MessageHeader header) {
        if (header.suite() != Suite.COBBLESTONE_256) {
            throw new IllegalArgumentException("only messages of suite 0x02 are streams");
        }
    }

    private static byte[] associated(byte[] message, EncryptionContext context) {
        byte[] associated = new byte[MessageHeader.LENGTH + context.encodedLength()];
        System.arraycopy(message, 0, associated, 0, MessageHeader.LENGTH);
        context.writeTo(associated, MessageHeader.LENGTH);
        return associated;
    }
}
