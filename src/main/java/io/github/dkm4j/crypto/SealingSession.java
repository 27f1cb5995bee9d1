package io.github.dkm4j.crypto;

import java.security.SecureRandom;
import org.jspecify.annotations.Nullable;

/**
 * One thread's way to make messages of suite 0x01 at the cost of one AES-GCM.
 *
 * <p>Why it is right. A nonce is 24 bytes. Its first half stays the same for a session, so that what is derived from
 * it is derived once; its second half is fresh from the system's generator for every message. Two equal nonces need a
 * 96-bit collision inside one session of at most 2^20 messages. Random bytes drawn ahead could be cloned with the
 * machine: they live at most 100 ms, and a jump between wall clock and monotonic clock, as a restored snapshot shows
 * it, drops them and starts a new session. With no read-ahead every message is a session of its own.
 */
final class SealingSession {
    private static final long MAX_MESSAGES = 1L << 20;
    private static final long MAX_BYTES = 1L << 40;
    private static final long READ_AHEAD_NANOS = 100_000_000;
    private static final long MAX_JUMP_MILLIS = 1_000;
    private static final int HALF = 12;

    private final KcXaes cipher;
    private final SecureRandom random;
    private final byte[] prefix = new byte[HALF];
    private final byte[] ahead;
    private final boolean single;
    private @Nullable KeyMaterial key;
    private int next;
    private long drawnAt;
    private long messages;
    private long bytes;
    private long clockOffset;

    SealingSession(Ciphers ciphers, SecureRandom random, int readAhead) {
        this.cipher = new KcXaes(ciphers);
        this.random = random;
        this.single = readAhead == 0;
        this.ahead = new byte[HALF * Math.max(1, readAhead)];
        this.next = ahead.length;
    }

    /** Writes a payload into {@code out} from {@code offset} on. */
    void seal(
            KeyMaterial with,
            byte[] associated,
            byte[] in,
            int inOffset,
            int length,
            byte[] out,
            int offset,
            long nowMillis,
            long nowNanos) {
        long jump = nowMillis - nowNanos / 1_000_000 - clockOffset;
        if (single
                || key != with
                || messages >= MAX_MESSAGES
                || bytes > MAX_BYTES - length
                || jump > MAX_JUMP_MILLIS
                || jump < -MAX_JUMP_MILLIS) {
            begin(with, nowMillis, nowNanos);
        }
        if (next == ahead.length || nowNanos - drawnAt > READ_AHEAD_NANOS) {
            random.nextBytes(ahead);
            next = 0;
            drawnAt = nowNanos;
        }
        System.arraycopy(prefix, 0, out, offset, HALF);
        System.arraycopy(ahead, next, out, offset + HALF, HALF);
        // Counted before use: a failure behind this line must not hand out the same bytes again.
        next += HALF;
        messages++;
        bytes += length;
        cipher.seal(with, associated, in, inOffset, length, out, offset);
    }

    void wipe() {
        key = null;
        next = ahead.length;
        cipher.wipe();
    }

    private void begin(KeyMaterial with, long nowMillis, long nowNanos) {
        random.nextBytes(prefix);
        key = with;
        next = ahead.length;
        messages = 0;
        bytes = 0;
        clockOffset = nowMillis - nowNanos / 1_000_000;
    }
}
