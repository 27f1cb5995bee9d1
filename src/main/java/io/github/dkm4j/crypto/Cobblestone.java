package io.github.dkm4j.crypto;

import io.github.dkm4j.key.TruncatedMessage;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Arrays;

/**
 * Cobblestone-256: c2sp.org/chunked-encryption with AES-256-GCM and SHA-512, as whole messages and as streams. Safe
 * for use by many threads: it makes its ciphers for every message.
 */
final class Cobblestone {
    static final int SALT = 24;
    static final int CHUNK = 16_384;
    static final int SEALED_CHUNK = CHUNK + KcXaes.TAG;
    static final int PREFIX = SALT + KcXaes.COMMITMENT;

    private final Ciphers ciphers;

    Cobblestone(Ciphers ciphers) {
        this.ciphers = ciphers;
    }

    /** How long the payload for a plaintext is: there is always a last chunk shorter than 16 KiB. */
    static long payloadLength(long plaintext) {
        return PREFIX + plaintext + (plaintext / CHUNK + 1) * KcXaes.TAG;
    }

    static TruncatedMessage truncated() {
        return new TruncatedMessage("the message ends early: fetch it again from where it is stored");
    }

    /** Writes commitment and chunks behind the salt that stands at {@code offset} already. */
    void seal(KeyMaterial key, byte[] associated, byte[] in, int inOffset, int length, byte[] out, int offset) {
        try (ChunkCipher chunks = new ChunkCipher(ciphers, key, associated, out, offset)) {
            chunks.writeCommitment(out, offset + SALT);
            int from = inOffset;
            int end = inOffset + length;
            int to = offset + PREFIX;
            int size = CHUNK;
            for (long chunk = 0; size == CHUNK; chunk++) {
                size = Math.min(CHUNK, end - from);
                to += chunks.seal(chunk, in, from, size, out, to);
                from += size;
            }
        }
    }

    /** Opens a payload whose length was checked; the commitment is compared before any chunk is opened. */
    byte[] open(KeyMaterial key, byte[] associated, byte[] in, int offset, int length) {
        byte[] plaintext = new byte[(int) Suite.COBBLESTONE_256.plaintextLength(length)];
        boolean opened = false;
        try (ChunkCipher chunks = new ChunkCipher(ciphers, key, associated, in, offset)) {
            chunks.checkCommitment(in, offset + SALT);
            int from = offset + PREFIX;
            int end = offset + length;
            int to = 0;
            for (long chunk = 0; from < end; chunk++) {
                int size = Math.min(SEALED_CHUNK, end - from);
                to += chunks.open(chunk, in, from, size, plaintext, to);
                from += size;
            }
            opened = true;
            return plaintext;
        } finally {
            if (!opened) {
                Arrays.fill(plaintext, (byte) 0);
            }
        }
    }

    /**
     * Writes header, salt and commitment.
     *
     * @param head the header and the salt, with room for the commitment behind them
     */
    SealingStream sealing(KeyMaterial key, byte[] associated, byte[] head, OutputStream out) throws IOException {
        int salt = head.length - PREFIX;
        ChunkCipher chunks = new ChunkCipher(ciphers, key, associated, head, salt);
        boolean started = false;
        try {
            chunks.writeCommitment(head, salt + SALT);
            out.write(head);
            started = true;
            return new SealingStream(chunks, out);
        } finally {
            if (!started) {
                chunks.close();
            }
        }
    }

    /** Reads salt and commitment and compares the latter before any chunk is read. */
    OpeningStream opening(KeyMaterial key, byte[] associated, InputStream in) throws IOException {
        key.checkAlive();
        byte[] prefix = in.readNBytes(PREFIX);
        if (prefix.length < PREFIX) {
            throw truncated();
        }
        ChunkCipher chunks = new ChunkCipher(ciphers, key, associated, prefix, 0);
        boolean started = false;
        try {
            chunks.checkCommitment(prefix, SALT);
            started = true;
            return new OpeningStream(chunks, in);
        } finally {
            if (!started) {
                chunks.close();
            }
        }
    }
}
