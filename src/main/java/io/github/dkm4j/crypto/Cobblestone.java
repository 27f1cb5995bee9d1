package io.github.dkm4j.crypto;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * Cobblestone-256: c2sp.org/chunked-encryption with AES-256-GCM and SHA-512, whole messages. Safe for use by many
 * threads: it makes its ciphers for every message.
 */
final class Cobblestone {
    static final int SALT = 24;
    static final int CHUNK = 16_384;
    static final int SEALED_CHUNK = CHUNK + KcXaes.TAG;
    static final int PREFIX = SALT + KcXaes.COMMITMENT;

    private static final byte[] LABEL =
            "c2sp.org/chunked-encryption@v1+AEAD_AES_256_GCM\0".getBytes(StandardCharsets.US_ASCII);

    private final Ciphers ciphers;

    Cobblestone(Ciphers ciphers) {
        this.ciphers = ciphers;
    }

    /** How long the payload for a plaintext is: there is always a last chunk shorter than 16 KiB. */
    static long payloadLength(long plaintext) {
        return PREFIX + plaintext + (plaintext / CHUNK + 1) * KcXaes.TAG;
    }

    /** Writes commitment and chunks behind the salt that stands at {@code offset} already. */
    void seal(KeyMaterial key, byte[] associated, byte[] in, int inOffset, int length, byte[] out, int offset) {
        byte[] derived = derive(key, associated, out, offset);
        try {
            System.arraycopy(derived, 44, out, offset + SALT, KcXaes.COMMITMENT);
            Cipher gcm = ciphers.gcm();
            SecretKeySpec inner = new SecretKeySpec(derived, 0, 32, "AES");
            int to = offset + PREFIX;
            for (long chunk = 0; ; chunk++) {
                int from = (int) (chunk * CHUNK);
                int size = Math.min(CHUNK, length - from);
                gcm.init(Cipher.ENCRYPT_MODE, inner, new GCMParameterSpec(128, nonce(derived, chunk)));
                to += gcm.doFinal(in, inOffset + from, size, out, to);
                if (size < CHUNK) {
                    return;
                }
            }
        } catch (GeneralSecurityException e) {
            throw KcXaes.failed(e);
        } finally {
            Arrays.fill(derived, (byte) 0);
        }
    }

    /** Opens a payload whose length was checked; the commitment is compared before any chunk is opened. */
    byte[] open(KeyMaterial key, byte[] associated, byte[] in, int offset, int length) {
        byte[] derived = derive(key, associated, in, offset);
        byte[] plaintext = new byte[(int) Suite.COBBLESTONE_256.plaintextLength(length)];
        boolean opened = false;
        try {
            byte[] claimed = Arrays.copyOfRange(in, offset + SALT, offset + PREFIX);
            if (!MessageDigest.isEqual(claimed, Arrays.copyOfRange(derived, 44, 76))) {
                throw KcXaes.refused();
            }
            Cipher gcm = ciphers.gcm();
            SecretKeySpec inner = new SecretKeySpec(derived, 0, 32, "AES");
            int from = offset + PREFIX;
            int end = offset + length;
            int to = 0;
            for (long chunk = 0; from < end; chunk++) {
                int size = Math.min(SEALED_CHUNK, end - from);
                gcm.init(Cipher.DECRYPT_MODE, inner, new GCMParameterSpec(128, nonce(derived, chunk)));
                to += gcm.doFinal(in, from, size, plaintext, to);
                from += size;
            }
            opened = true;
            return plaintext;
        } catch (AEADBadTagException e) {
            throw KcXaes.refused();
        } catch (GeneralSecurityException e) {
            throw KcXaes.failed(e);
        } finally {
            Arrays.fill(derived, (byte) 0);
            if (!opened) {
                Arrays.fill(plaintext, (byte) 0);
            }
        }
    }

    /** key(32), base nonce(12), commitment(32). */
    private byte[] derive(KeyMaterial key, byte[] associated, byte[] salt, int offset) {
        byte[] k2 = new byte[0];
        try {
            Cipher block = ciphers.block();
            KcXaes.init(block, key);
            byte[] k1 = new byte[16];
            KcXaes.subkey(block, k1);
            k2 = KcXaes.derivedKey(block, k1, 'C', new byte[12]);
            byte[] info = ByteBuffer.allocate(LABEL.length + SALT + associated.length)
                    .put(LABEL)
                    .put(salt, offset, SALT)
                    .put(associated)
                    .array();
            return Kdf.expand(k2, info, 76);
        } catch (GeneralSecurityException e) {
            throw KcXaes.failed(e);
        } finally {
            Arrays.fill(k2, (byte) 0);
        }
    }

    private static byte[] nonce(byte[] derived, long chunk) {
        byte[] nonce = Arrays.copyOfRange(derived, 32, 44);
        for (int i = 0; i < 8; i++) {
            nonce[11 - i] ^= (byte) (chunk >>> (8 * i));
        }
        return nonce;
    }
}
