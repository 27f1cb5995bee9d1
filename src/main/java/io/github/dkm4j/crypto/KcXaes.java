package io.github.dkm4j.crypto;

import io.github.dkm4j.key.AuthenticationFailed;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * XAES-256-GCM (c2sp.org/XAES-256-GCM) with the CMAC key commitment of IACR ePrint 2025/758, for one thread at a time.
 *
 * <p>Remembers what it derived from the last key and from the first twelve bytes of the last nonce, so that messages
 * of one sealing session cost one AES-GCM and two AES blocks.
 */
final class KcXaes {
    static final int NONCE = 24;
    static final int TAG = 16;
    static final int COMMITMENT = 32;
    static final int OVERHEAD = NONCE + TAG + COMMITMENT;

    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
    private static final int BLOCK = 16;
    private static final int HALF = 12;

    private final Cipher gcm;
    private final Cipher block;
    private final byte[] k1 = new byte[BLOCK];
    private final byte[] half = new byte[HALF];
    private final byte[] blocks = new byte[2 * BLOCK];
    private final byte[] commitment = new byte[COMMITMENT];
    private long maskHigh;
    private long maskLow;
    private @Nullable KeyMaterial key;
    private @Nullable SecretKeySpec derived;

    KcXaes(Ciphers ciphers) {
        gcm = ciphers.gcm();
        block = ciphers.block();
    }

    /** Whether the last derivation was for this key and these first twelve bytes of a nonce. */
    boolean isFor(KeyMaterial candidate, byte[] nonce, int offset) {
        return derived != null && key == candidate && Arrays.equals(half, 0, HALF, nonce, offset, offset + HALF);
    }

    /**
     * Writes nonce, ciphertext, tag and commitment.
     *
     * @param out holds the nonce at {@code offset} already; the rest is written behind it
     */
    void seal(KeyMaterial with, byte[] associated, byte[] in, int inOffset, int length, byte[] out, int offset) {
        try {
            SecretKeySpec inner = derive(with, out, offset);
            gcm.init(Cipher.ENCRYPT_MODE, inner, new GCMParameterSpec(8 * TAG, out, offset + HALF, HALF));
            gcm.updateAAD(associated);
            int written = gcm.doFinal(in, inOffset, length, out, offset + NONCE);
            commit(out, offset, out, offset + NONCE + written);
        } catch (GeneralSecurityException e) {
            throw failed(e);
        }
    }

    /**
     * Opens a payload: the commitment is compared in constant time before the ciphertext is touched.
     *
     * @throws AuthenticationFailed if the payload, the key or the associated data is another
     */
    byte[] open(KeyMaterial with, byte[] associated, byte[] in, int offset, int length) {
        try {
            SecretKeySpec inner = derive(with, in, offset);
            commit(in, offset, commitment, 0);
            if (difference(in, offset + length - COMMITMENT, commitment) != 0) {
                throw refused();
            }
            gcm.init(Cipher.DECRYPT_MODE, inner, new GCMParameterSpec(8 * TAG, in, offset + HALF, HALF));
            gcm.updateAAD(associated);
            return gcm.doFinal(in, offset + NONCE, length - NONCE - COMMITMENT);
        } catch (AEADBadTagException e) {
            throw refused();
        } catch (GeneralSecurityException e) {
            throw failed(e);
        }
    }

    /** Forgets what was derived, as far as the JCE lets us: the ciphers keep their own copies until re-keyed. */
    void wipe() {
        key = null;
        derived = null;
        Arrays.fill(k1, (byte) 0);
        maskHigh = 0;
        maskLow = 0;
        Arrays.fill(half, (byte) 0);
        Arrays.fill(blocks, (byte) 0);
        try {
            block.init(Cipher.ENCRYPT_MODE, new SecretKeySpec(new byte[32], "AES"));
        } catch (GeneralSecurityException e) {
            throw failed(e);
        }
        forget(gcm);
    }

    /** Re-keys a cipher with zeros: the only way to make it drop the key that it holds. */
    static void forget(Cipher gcm) {
        byte[] zero = new byte[32];
        try {
            gcm.init(Cipher.DECRYPT_MODE, new SecretKeySpec(zero, "AES"), new GCMParameterSpec(8 * TAG, zero, 0, HALF));
        } catch (GeneralSecurityException e) {
            throw failed(e);
        }
    }

    private SecretKeySpec derive(KeyMaterial with, byte[] nonce, int offset) throws GeneralSecurityException {
        with.checkAlive();
        SecretKeySpec known = derived;
        if (known != null && isFor(with, nonce, offset)) {
            return known;
        }
        // Forget first: a failure in the middle must not leave one key's values under another key's name.
        derived = null;
        if (key != with) {
            rekey(with);
        }
        System.arraycopy(nonce, offset, half, 0, HALF);
        byte[] kx = derivedKey(block, k1, 'X', half);
        try {
            byte[] head = {'X', 'C', 'M', 'T', 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0};
            System.arraycopy(half, 0, head, 4, HALF);
            byte[] x = block.doFinal(head);
            maskHigh = (long) LONG.get(x, 0) ^ (long) LONG.get(k1, 0);
            maskLow = (long) LONG.get(x, Long.BYTES) ^ (long) LONG.get(k1, Long.BYTES);
            SecretKeySpec fresh = new SecretKeySpec(kx, "AES");
            derived = fresh;
            return fresh;
        } finally {
            Arrays.fill(kx, (byte) 0);
        }
    }

    private void rekey(KeyMaterial with) throws GeneralSecurityException {
        key = null;
        init(block, with);
        subkey(block, k1);
        key = with;
    }

    /** KC: two AES blocks over X, K1 and the second half of the nonce. */
    private void commit(byte[] nonce, int offset, byte[] out, int outOffset) throws GeneralSecurityException {
        long high = maskHigh ^ (long) LONG.get(nonce, offset + HALF);
        long low = maskLow ^ (long) (int) INT.get(nonce, offset + HALF + Long.BYTES) << Integer.SIZE;
        LONG.set(blocks, 0, high);
        LONG.set(blocks, Long.BYTES, low ^ 0x0001_0001);
        LONG.set(blocks, BLOCK, high);
        LONG.set(blocks, BLOCK + Long.BYTES, low ^ 0x0001_0002);
        block.doFinal(blocks, 0, 2 * BLOCK, out, outOffset);
    }

    /** 0 if the commitments are equal; takes the same time whatever they are. */
    private static long difference(byte[] in, int offset, byte[] commitment) {
        long difference = 0;
        for (int i = 0; i < COMMITMENT; i += Long.BYTES) {
            difference |= (long) LONG.get(in, offset + i) ^ (long) LONG.get(commitment, i);
        }
        return difference;
    }

    static void init(Cipher block, KeyMaterial with) throws GeneralSecurityException {
        byte[] k = with.copy();
        try {
            block.init(Cipher.ENCRYPT_MODE, new SecretKeySpec(k, "AES"));
        } finally {
            Arrays.fill(k, (byte) 0);
        }
    }

    /** K1 of NIST SP 800-38B: AES of the zero block, doubled. */
    static void subkey(Cipher block, byte[] k1) throws GeneralSecurityException {
        byte[] l = block.doFinal(new byte[BLOCK]);
        int carry = 0;
        for (int i = BLOCK - 1; i >= 0; i--) {
            k1[i] = (byte) ((l[i] << 1) | carry);
            carry = (l[i] >>> 7) & 1;
        }
        // Arithmetic instead of a branch: the top bit is secret.
        k1[BLOCK - 1] ^= (byte) (0x87 & -carry);
        Arrays.fill(l, (byte) 0);
    }

    /** SP 800-108 with AES-256-CMAC, counter 1 and 2, for a one-byte label and a twelve-byte context. */
    static byte[] derivedKey(Cipher block, byte[] k1, char label, byte[] context) throws GeneralSecurityException {
        byte[] in = new byte[2 * BLOCK];
        for (int i = 0; i < 2; i++) {
            int at = i * BLOCK;
            in[at + 1] = (byte) (i + 1);
            in[at + 2] = (byte) label;
            System.arraycopy(context, 0, in, at + 4, HALF);
            for (int j = 0; j < BLOCK; j++) {
                in[at + j] ^= k1[j];
            }
        }
        return block.doFinal(in);
    }

    static AuthenticationFailed refused() {
        return new AuthenticationFailed("the message was altered, or its encryption context or key is another");
    }

    static IllegalStateException failed(GeneralSecurityException e) {
        return new IllegalStateException(
                "the JCE provider failed: " + e.getClass().getSimpleName(), e);
    }
}
