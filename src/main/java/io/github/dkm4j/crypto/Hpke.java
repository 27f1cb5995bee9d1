package io.github.dkm4j.crypto;

import io.github.dkm4j.key.AuthenticationFailed;
import java.util.Arrays;
import org.bouncycastle.crypto.AsymmetricCipherKeyPair;
import org.bouncycastle.crypto.InvalidCipherTextException;
import org.bouncycastle.crypto.hpke.HPKE;
import org.bouncycastle.crypto.hpke.HPKEContext;
import org.bouncycastle.crypto.hpke.HPKEContextWithEncapsulation;
import org.bouncycastle.crypto.params.X25519PublicKeyParameters;

/**
 * Sealing to a public key: HPKE (RFC 9180) in base mode with DHKEM(X25519, HKDF-SHA256), HKDF-SHA256 and AES-256-GCM,
 * one message to each encapsulated key. Whoever has the public key can seal, so what opens is from nobody in
 * particular. Safe for use by many threads.
 */
public final class Hpke {
    private static final int TAG_LENGTH = 16;

    /** Bytes by which sealing makes a plaintext longer: the encapsulated key before it, the tag after it. */
    public static final int OVERHEAD = SealingKey.PUBLIC_LENGTH + TAG_LENGTH;

    private Hpke() {}

    /**
     * Seals a plaintext for the holder of the private key.
     *
     * @param info what the sealed text is for; opening needs the same
     * @param associatedData bound to it and not in it; opening needs the same
     * @return the encapsulated key (32 bytes), the ciphertext, and the tag (16 bytes)
     * @throws IllegalArgumentException if it is no public key of X25519, or one with which no secret can be agreed on
     */
    public static byte[] seal(byte[] publicKey, byte[] info, byte[] associatedData, byte[] plaintext) {
        return seal(suite().generatePrivateKey(), publicKey, info, associatedData, plaintext);
    }

    /** With the ephemeral key, which seals once only. */
    static byte[] seal(
            AsymmetricCipherKeyPair ephemeral, byte[] publicKey, byte[] info, byte[] associatedData, byte[] plaintext) {
        if (!isCanonical(publicKey)) {
            throw new IllegalArgumentException("it is no X25519 public key");
        }
        HPKEContextWithEncapsulation context = sender(ephemeral, publicKey, info);
        byte[] key = context.getEncapsulation();
        try {
            byte[] ciphertext = context.seal(associatedData, plaintext);
            byte[] sealed = Arrays.copyOf(key, key.length + ciphertext.length);
            System.arraycopy(ciphertext, 0, sealed, key.length, ciphertext.length);
            return sealed;
        } catch (InvalidCipherTextException e) {
            throw new IllegalStateException("AES-GCM cannot seal", e);
        }
    }

    /**
     * Opens what was sealed to a key.
     *
     * @param info as it was when sealing
     * @param associatedData as it was when sealing
     * @return the plaintext, which the caller wipes
     * @throws AuthenticationFailed if the sealed text was altered or cut, or if it, the info or the associated data
     *     belong to another key; which one is not said
     * @throws IllegalStateException if the key was closed
     */
    public static byte[] open(SealingKey key, byte[] info, byte[] associatedData, byte[] sealed) {
        if (sealed.length < OVERHEAD) {
            throw new AuthenticationFailed("the sealed text is too short");
        }
        byte[] encapsulated = Arrays.copyOf(sealed, SealingKey.PUBLIC_LENGTH);
        HPKEContext context = recipient(key.pair(), encapsulated, info);
        try {
            return context.open(associatedData, sealed, encapsulated.length, sealed.length - encapsulated.length);
        } catch (InvalidCipherTextException e) {
            throw failed(e);
        }
    }

    /** Bouncy Castle's agreement refuses an all-zero secret, as RFC 9180 section 7.1.4 asks. */
    private static HPKEContextWithEncapsulation sender(
            AsymmetricCipherKeyPair ephemeral, byte[] publicKey, byte[] info) {
        try {
            return suite().setupBaseS(new X25519PublicKeyParameters(publicKey), info, ephemeral);
        } catch (IllegalStateException e) {
            throw new IllegalArgumentException("with this X25519 public key no secret can be agreed on", e);
        }
    }

    private static HPKEContext recipient(AsymmetricCipherKeyPair pair, byte[] encapsulated, byte[] info) {
        try {
            return suite().setupBaseR(encapsulated, pair, info);
        } catch (IllegalStateException e) {
            throw failed(e);
        }
    }

    private static AuthenticationFailed failed(Exception cause) {
        return new AuthenticationFailed(
                "the sealed text was altered, or belongs to another key or another purpose", cause);
    }

    private static HPKE suite() {
        return new HPKE(HPKE.mode_base, HPKE.kem_X25519_SHA256, HPKE.kdf_HKDF_SHA256, HPKE.aead_AES_GCM256);
    }

    /**
     * Whether it is a coordinate below 2^255 - 19, as every real key is. X25519 takes others too, but the holder's own
     * public key, which goes into the derivation, would be another one, and nobody could ever open the sealed text.
     */
    private static boolean isCanonical(byte[] key) {
        if (key.length != SealingKey.PUBLIC_LENGTH || key[key.length - 1] < 0) {
            return false;
        }
        for (int i = 1; i < key.length; i++) {
            if (key[i] != (byte) (i == key.length - 1 ? 0x7F : 0xFF)) {
                return true;
            }
        }
        return (key[0] & 0xFF) < 0xED;
    }
}
