package io.github.dkm4j.crypto;

import io.github.dkm4j.key.AuthenticationFailed;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/** What one message of suite 0x02 derives, and its chunks. For one thread at a time; zeroised by {@link #close()}. */
final class ChunkCipher implements AutoCloseable {
    /** A message has fewer chunks, 4 PiB in all; c2sp.org/chunked-encryption wants whoever gets there to stop. */
    static final long MAX_CHUNKS = 1L << 38;

    private static final byte[] LABEL =
            "c2sp.org/chunked-encryption@v1+AEAD_AES_256_GCM\0".getBytes(StandardCharsets.US_ASCII);
    private static final int KEY = 32;
    private static final int NONCE = 12;

    private final Cipher gcm;
    private final byte[] derived;
    private final SecretKeySpec inner;

    /**
     * @param salt holds the salt at {@code offset}
     * @throws IllegalStateException if the key was destroyed
     */
    ChunkCipher(Ciphers ciphers, KeyMaterial key, byte[] associated, byte[] salt, int offset) {
        gcm = ciphers.gcm();
        derived = derive(ciphers, key, associated, salt, offset);
        inner = new SecretKeySpec(derived, 0, KEY, "AES");
    }

    void writeCommitment(byte[] out, int offset) {
        System.arraycopy(derived, KEY + NONCE, out, offset, KcXaes.COMMITMENT);
    }

    /**
     * Compares in constant time.
     *
     * @throws AuthenticationFailed if the commitment is another
     */
    void checkCommitment(byte[] in, int offset) {
        byte[] claimed = Arrays.copyOfRange(in, offset, offset + KcXaes.COMMITMENT);
        if (!MessageDigest.isEqual(claimed, Arrays.copyOfRange(derived, KEY + NONCE, derived.length))) {
            throw KcXaes.refused();
        }
    }

    /**
     * Seals one chunk; each number is used once.
     *
     * @return how many bytes were written
     */
    int seal(long chunk, byte[] in, int inOffset, int length, byte[] out, int offset) {
        if (chunk >= MAX_CHUNKS) {
            throw new IllegalStateException("the plaintext is longer than 4 PiB: make several messages of it");
        }
        try {
            gcm.init(Cipher.ENCRYPT_MODE, inner, new GCMParameterSpec(8 * KcXaes.TAG, nonce(chunk)));
            return gcm.doFinal(in, inOffset, length, out, offset);
        } catch (GeneralSecurityException e) {
            throw KcXaes.failed(e);
        }
    }

    /**
     * Opens one chunk.
     *
     * @param out the caller's until this returns: some providers write before they have checked the tag
     * @return how many bytes were written
     * @throws AuthenticationFailed if the chunk is another
     */
    int open(long chunk, byte[] in, int inOffset, int length, byte[] out, int offset) {
        if (chunk >= MAX_CHUNKS) {
            throw KcXaes.refused();
        }
        try {
            gcm.init(Cipher.DECRYPT_MODE, inner, new GCMParameterSpec(8 * KcXaes.TAG, nonce(chunk)));
            return gcm.doFinal(in, inOffset, length, out, offset);
        } catch (AEADBadTagException e) {
            throw KcXaes.refused();
        } catch (GeneralSecurityException e) {
            throw KcXaes.failed(e);
        }
    }

    @Override
    public void close() {
        Arrays.fill(derived, (byte) 0);
        KcXaes.forget(gcm);
    }

    private byte[] nonce(long chunk) {
        byte[] nonce = Arrays.copyOfRange(derived, KEY, KEY + NONCE);
        for (int i = 0; i < Long.BYTES; i++) {
            nonce[NONCE - 1 - i] ^= (byte) (chunk >>> (8 * i));
        }
        return nonce;
    }

    /** key(32), base nonce(12), commitment(32). */
    private static byte[] derive(Ciphers ciphers, KeyMaterial key, byte[] associated, byte[] salt, int offset) {
        byte[] k1 = new byte[16];
        byte[] k2 = new byte[0];
        try {
            Cipher block = ciphers.block();
            KcXaes.init(block, key);
            KcXaes.subkey(block, k1);
            k2 = KcXaes.derivedKey(block, k1, 'C', new byte[12]);
            byte[] info = ByteBuffer.allocate(LABEL.length + Cobblestone.SALT + associated.length)
                    .put(LABEL)
                    .put(salt, offset, Cobblestone.SALT)
                    .put(associated)
                    .array();
            return Kdf.expand(k2, info, KEY + NONCE + KcXaes.COMMITMENT);
        } catch (GeneralSecurityException e) {
            throw KcXaes.failed(e);
        } finally {
            Arrays.fill(k1, (byte) 0);
            Arrays.fill(k2, (byte) 0);
        }
    }
}
