package io.github.dkm4j.crypto;

import java.security.SecureRandom;
import java.util.Arrays;
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

    private final byte[] secret;
    private boolean closed;

    private SigningKey(byte[] secret) {
        this.secret = secret;
    }

    /** A new key. */
    public static SigningKey generate(SecureRandom random) {
        byte[] secret = new byte[Ed25519.SECRET_KEY_SIZE];
        random.nextBytes(secret);
        return new SigningKey(secret);
    }

    /** Reads a PKCS#8 structure, as {@link #ofPem} does. */
    static SigningKey ofPkcs8(byte[] der) {
        return new SigningKey(PrivateKeyPem.ED25519.secretOf(der));
    }

    /**
     * Reads a PEM file's bytes, in the form that {@link #toPem} writes and OpenSSL does.
     *
     * @throws IllegalArgumentException if it is no Ed25519 key in unencrypted PKCS#8; the message has nothing of it
     */
    public static SigningKey ofPem(byte[] pem) {
        return new SigningKey(PrivateKeyPem.ED25519.decode(pem));
    }

    /** The key in unencrypted PKCS#8, as a PEM file's bytes, which the caller wipes. */
    public synchronized byte[] toPem() {
        if (closed) {
            throw new IllegalStateException("the signing key was closed");
        }
        return PrivateKeyPem.ED25519.encode(secret);
    }

    /** The public key, 32 bytes. */
    public byte[] publicKey() {
        return opened().generatePublicKey().getEncoded();
    }

    /** A signature of 64 bytes. */
    public byte[] sign(byte[] message) {
        byte[] signature = new byte[SIGNATURE_LENGTH];
        opened().sign(Ed25519.Algorithm.Ed25519, null, message, 0, message.length, signature, 0);
        return signature;
    }

    /** A key that was wiped would sign all the same, with one that everybody knows. */
    private synchronized Ed25519PrivateKeyParameters opened() {
        if (closed) {
            throw new IllegalStateException("the signing key was closed");
        }
        return new Ed25519PrivateKeyParameters(secret);
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
    public synchronized void close() {
        closed = true;
        Arrays.fill(secret, (byte) 0);
    }

    @Override
    public String toString() {
        return "SigningKey[redacted]";
    }
}
