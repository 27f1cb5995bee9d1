package io.github.dkm4j.crypto;

import java.security.SecureRandom;
import java.util.Arrays;
import org.bouncycastle.crypto.AsymmetricCipherKeyPair;
import org.bouncycastle.crypto.params.X25519PrivateKeyParameters;
import org.bouncycastle.math.ec.rfc7748.X25519;

/**
 * A private key for X25519 (RFC 7748), to which others seal with {@link Hpke}. Safe for use by many threads until it is
 * closed, which wipes it.
 */
public final class SealingKey implements AutoCloseable {
    /** Bytes of a public key. */
    public static final int PUBLIC_LENGTH = X25519.POINT_SIZE;

    private final byte[] secret;
    private boolean closed;

    private SealingKey(byte[] secret) {
        this.secret = secret;
    }

    /** A new key. */
    public static SealingKey generate(SecureRandom random) {
        byte[] secret = new byte[X25519.SCALAR_SIZE];
        random.nextBytes(secret);
        return new SealingKey(secret);
    }

    /** Reads a PKCS#8 structure, as {@link #ofPem} does. */
    static SealingKey ofPkcs8(byte[] der) {
        return new SealingKey(PrivateKeyPem.X25519.secretOf(der));
    }

    /**
     * Reads a PEM file's bytes, in the form that {@link #toPem} writes and OpenSSL does.
     *
     * @throws IllegalArgumentException if it is no X25519 key in unencrypted PKCS#8; the message has nothing of it
     */
    public static SealingKey ofPem(byte[] pem) {
        return new SealingKey(PrivateKeyPem.X25519.decode(pem));
    }

    /**
     * The key in unencrypted PKCS#8, as a PEM file's bytes, which the caller wipes.
     *
     * @throws IllegalStateException if this was closed
     */
    public synchronized byte[] toPem() {
        checkOpen();
        return PrivateKeyPem.X25519.encode(secret);
    }

    /**
     * The public key, 32 bytes.
     *
     * @throws IllegalStateException if this was closed
     */
    public byte[] publicKey() {
        return privateKey().generatePublicKey().getEncoded();
    }

    /** The pair in Bouncy Castle's form, whose copy of the secret nobody can wipe: it is not to be kept. */
    AsymmetricCipherKeyPair pair() {
        X25519PrivateKeyParameters key = privateKey();
        return new AsymmetricCipherKeyPair(key.generatePublicKey(), key);
    }

    private synchronized X25519PrivateKeyParameters privateKey() {
        checkOpen();
        return new X25519PrivateKeyParameters(secret);
    }

    /** A wiped key is one that everybody knows: what is sealed to it would be open to all. */
    private void checkOpen() {
        if (closed) {
            throw new IllegalStateException("the sealing key was closed");
        }
    }

    @Override
    public synchronized void close() {
        closed = true;
        Arrays.fill(secret, (byte) 0);
    }

    @Override
    public String toString() {
        return "SealingKey[redacted]";
    }
}
