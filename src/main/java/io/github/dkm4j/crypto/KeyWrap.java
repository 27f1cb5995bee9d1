package io.github.dkm4j.crypto;

import io.github.dkm4j.key.AuthenticationFailed;
import java.security.SecureRandom;
import java.util.Arrays;

/**
 * Wraps 256-bit secrets under 256-bit keys: a payload of suite 0x01 with the given associated data. It commits to the
 * wrapping key, so that one wrap cannot be tried against many passphrases at once.
 */
public final class KeyWrap implements AutoCloseable {
    /** Length of a wrap in bytes. */
    public static final int LENGTH = KcXaes.OVERHEAD + KeyMaterial.LENGTH;

    private final KcXaes cipher;

    /** To unwrap many, by one thread at a time. */
    public KeyWrap(Ciphers ciphers) {
        this.cipher = new KcXaes(ciphers);
    }

    /** Wraps; the nonce is fresh from the given source. */
    public static byte[] wrap(
            Ciphers ciphers, SecureRandom random, KeyMaterial with, byte[] associated, KeyMaterial secret) {
        byte[] nonce = new byte[KcXaes.NONCE];
        random.nextBytes(nonce);
        byte[] out = Arrays.copyOf(nonce, LENGTH);
        byte[] in = secret.copy();
        KcXaes cipher = new KcXaes(ciphers);
        try {
            cipher.seal(with, associated, in, 0, in.length, out, 0);
            return out;
        } finally {
            Arrays.fill(in, (byte) 0);
            cipher.wipe();
        }
    }

    /**
     * Unwraps.
     *
     * @throws AuthenticationFailed if the wrap, the key or the associated data is another
     */
    public static KeyMaterial unwrap(Ciphers ciphers, KeyMaterial with, byte[] associated, byte[] wrap) {
        try (KeyWrap unwrapper = new KeyWrap(ciphers)) {
            return unwrapper.unwrap(with, associated, wrap);
        }
    }

    /** As {@link #unwrap(Ciphers, KeyMaterial, byte[], byte[])}, with ciphers that are used again. */
    public KeyMaterial unwrap(KeyMaterial with, byte[] associated, byte[] wrap) {
        if (wrap.length != LENGTH) {
            throw KcXaes.refused();
        }
        byte[] secret = new byte[0];
        try {
            secret = cipher.open(with, associated, wrap, 0, wrap.length);
            return KeyMaterial.copyOf(secret);
        } finally {
            Arrays.fill(secret, (byte) 0);
        }
    }

    @Override
    public void close() {
        cipher.wipe();
    }
}
