package io.github.dkm4j.crypto;

import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import org.bouncycastle.crypto.params.Ed25519PrivateKeyParameters;
import org.bouncycastle.crypto.params.Ed25519PublicKeyParameters;
import org.bouncycastle.math.ec.rfc8032.Ed25519;

/**
 * A private key for Ed25519 signatures (RFC 8032). Safe for use by many threads until it is closed, which wipes it.
 */
public final class SigningKey implements AutoCloseable {
    /** Bytes of a public key. */
    public static final int PUBLIC_LENGTH = Ed25519.PUBLIC_KEY_SIZE;

    /** Bytes of a signature. */
    public static final int SIGNATURE_LENGTH = Ed25519.SIGNATURE_SIZE;

    /** What stands before the 32 bytes of the key in its PKCS#8 form (RFC 8410). */
    private static final byte[] PKCS8 = {0x30, 0x2E, 2, 1, 0, 0x30, 5, 6, 3, 0x2B, 0x65, 0x70, 4, 0x22, 4, 0x20};

    private static final String BEGIN = "-----BEGIN PRIVATE KEY-----\n";
    private static final String END = "\n-----END PRIVATE KEY-----\n";

    private final byte[] secret;

    private SigningKey(byte[] secret) {
        this.secret = secret;
    }

    /** A new key. */
    public static SigningKey generate(SecureRandom random) {
        byte[] secret = new byte[Ed25519.SECRET_KEY_SIZE];
        random.nextBytes(secret);
        return new SigningKey(secret);
    }

    /**
     * Reads a PEM file's bytes, in the form that {@link #toPem} writes and OpenSSL does.
     *
     * @throws IllegalArgumentException if it is no Ed25519 key in unencrypted PKCS#8; the message has nothing of it
     */
    public static SigningKey ofPem(byte[] pem) {
        byte[] encoded = base64(pem);
        byte[] der = new byte[0];
        try {
            der = Base64.getMimeDecoder().decode(encoded);
            if (der.length != PKCS8.length + Ed25519.SECRET_KEY_SIZE
                    || !Arrays.equals(der, 0, PKCS8.length, PKCS8, 0, PKCS8.length)) {
                throw new IllegalArgumentException("it is no Ed25519 key");
            }
            return new SigningKey(Arrays.copyOfRange(der, PKCS8.length, der.length));
        } finally {
            Arrays.fill(encoded, (byte) 0);
            Arrays.fill(der, (byte) 0);
        }
    }

    private static byte[] base64(byte[] pem) {
        int end = pem.length - END.length();
        boolean framed =
                pem.length > BEGIN.length() + END.length() && startsWith(pem, 0, BEGIN) && startsWith(pem, end, END);
        if (!framed) {
            throw new IllegalArgumentException("it is no PEM file with a private key in PKCS#8");
        }
        return Arrays.copyOfRange(pem, BEGIN.length(), end);
    }

    private static boolean startsWith(byte[] bytes, int at, String text) {
        for (int i = 0; i < text.length(); i++) {
            if (bytes[at + i] != text.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    /** The key in unencrypted PKCS#8, as a PEM file's bytes, which the caller wipes. */
    public byte[] toPem() {
        byte[] der = Arrays.copyOf(PKCS8, PKCS8.length + secret.length);
        System.arraycopy(secret, 0, der, PKCS8.length, secret.length);
        byte[] encoded = Base64.getEncoder().encode(der);
        byte[] pem = new byte[BEGIN.length() + encoded.length + END.length()];
        put(BEGIN, pem, 0);
        System.arraycopy(encoded, 0, pem, BEGIN.length(), encoded.length);
        put(END, pem, BEGIN.length() + encoded.length);
        Arrays.fill(der, (byte) 0);
        Arrays.fill(encoded, (byte) 0);
        return pem;
    }

    private static void put(String text, byte[] into, int at) {
        for (int i = 0; i < text.length(); i++) {
            into[at + i] = (byte) text.charAt(i);
        }
    }

    /** The public key, 32 bytes. */
    public byte[] publicKey() {
        return new Ed25519PrivateKeyParameters(secret).generatePublicKey().getEncoded();
    }

    /** A signature of 64 bytes. */
    public byte[] sign(byte[] message) {
        byte[] signature = new byte[SIGNATURE_LENGTH];
        new Ed25519PrivateKeyParameters(secret)
                .sign(Ed25519.Algorithm.Ed25519, null, message, 0, message.length, signature, 0);
        return signature;
    }

    /** Whether a signature of a message is by the key that belongs to a public key; false for a key that is none. */
    public static boolean isSigned(byte[] publicKey, byte[] message, byte[] signature) {
        if (publicKey.length != PUBLIC_LENGTH
                || signature.length != SIGNATURE_LENGTH
                || !Ed25519.validatePublicKeyFull(publicKey, 0)) {
            return false;
        }
        return new Ed25519PublicKeyParameters(publicKey)
                .verify(Ed25519.Algorithm.Ed25519, null, message, 0, message.length, signature, 0);
    }

    @Override
    public void close() {
        Arrays.fill(secret, (byte) 0);
    }

    @Override
    public String toString() {
        return "SigningKey[redacted]";
    }
}
