package io.github.dkm4j.crypto;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.security.UnrecoverableKeyException;
import java.util.Arrays;
import java.util.Optional;

/**
 * The private keys of one person: an Ed25519 key that signs, and an X25519 key to which others seal. Both are wiped by
 * {@link #close()}. Safe for use by many threads until then.
 */
public final class PersonKeys implements AutoCloseable {
    /** The alias of the signing key in a PKCS#12 file. */
    public static final String SIGNING_ALIAS = "signing";

    /** The alias of the sealing key in a PKCS#12 file. */
    public static final String SEALING_ALIAS = "sealing";

    private final SigningKey signing;
    private final Optional<SealingKey> sealing;

    private PersonKeys(SigningKey signing, Optional<SealingKey> sealing) {
        this.signing = signing;
        this.sealing = sealing;
    }

    /** New keys. */
    public static PersonKeys generate(SecureRandom random) {
        return new PersonKeys(SigningKey.generate(random), Optional.of(SealingKey.generate(random)));
    }

    /**
     * Reads a PEM file's bytes: the two keys in unencrypted PKCS#8, the signing key first, in the form that
     * {@link #toPem} writes and OpenSSL does.
     *
     * @param pem stays the caller's, to be wiped
     * @throws IllegalArgumentException if it is anything else; the message has nothing of it
     */
    public static PersonKeys ofPem(byte[] pem) {
        if (pem.length != 2 * PrivateKeyPem.LENGTH) {
            throw new IllegalArgumentException("it is no PEM file with an Ed25519 and an X25519 key in PKCS#8");
        }
        byte[] signing = new byte[0];
        byte[] sealing = new byte[0];
        try {
            signing = PrivateKeyPem.der(pem, 0, PrivateKeyPem.LENGTH);
            sealing = PrivateKeyPem.der(pem, PrivateKeyPem.LENGTH, pem.length);
            return ofPkcs8(signing, Optional.of(sealing));
        } finally {
            Arrays.fill(signing, (byte) 0);
            Arrays.fill(sealing, (byte) 0);
        }
    }

    private static PersonKeys ofPkcs8(byte[] signing, Optional<byte[]> sealing) {
        SigningKey first = SigningKey.ofPkcs8(signing);
        try {
            return new PersonKeys(first, sealing.map(SealingKey::ofPkcs8));
        } catch (IllegalArgumentException e) {
            first.close();
            throw e;
        }
    }

    /**
     * Reads a PKCS#12 file with a private key of alias {@value #SIGNING_ALIAS} and, for a person who is sealed to, one
     * of alias {@value #SEALING_ALIAS}. keytool makes them with {@code -genkeypair -keyalg Ed25519} and with
     * {@code -genkeypair -keyalg X25519 -signer signing}. Certificates are not looked at. What the JDK itself copies of
     * the keys and the password is left to the garbage collector.
     *
     * @param password opens the file and the keys; stays the caller's
     * @throws IllegalArgumentException if the file cannot be read, the password is wrong, or a key is of another kind;
     *     the message has nothing of what is in it
     */
    public static PersonKeys ofPkcs12(Path file, char[] password) {
        Optional<byte[]> signing = Optional.empty();
        Optional<byte[]> sealing = Optional.empty();
        try {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(new ByteArrayInputStream(PersonKeyFile.bytes(file)), password);
            signing = pkcs8(store, SIGNING_ALIAS, password);
            sealing = pkcs8(store, SEALING_ALIAS, password);
            return ofStored(file, signing, sealing);
        } catch (UnrecoverableKeyException e) {
            throw new IllegalArgumentException("wrong password for a key in " + file, e);
        } catch (IOException e) {
            if (e.getCause() instanceof UnrecoverableKeyException) {
                throw new IllegalArgumentException("wrong password for " + file + ", or it was altered", e);
            }
            throw new IllegalArgumentException(file + " is no PKCS#12 file, or it was altered", e);
        } catch (GeneralSecurityException e) {
            throw new IllegalArgumentException(file + " has a key or a protection that is not supported", e);
        } finally {
            signing.ifPresent(secret -> Arrays.fill(secret, (byte) 0));
            sealing.ifPresent(secret -> Arrays.fill(secret, (byte) 0));
        }
    }

    private static Optional<byte[]> pkcs8(KeyStore store, String alias, char[] password)
            throws GeneralSecurityException {
        if (!store.containsAlias(alias)) {
            return Optional.empty();
        }
        Key key = store.getKey(alias, password);
        byte[] encoded = key == null ? null : key.getEncoded();
        return Optional.of(encoded == null ? new byte[0] : encoded);
    }

    private static PersonKeys ofStored(Path file, Optional<byte[]> signing, Optional<byte[]> sealing) {
        if (signing.isEmpty()) {
            throw new IllegalArgumentException(file + " has no key of alias " + SIGNING_ALIAS);
        }
        try {
            return ofPkcs8(signing.get(), sealing);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(file + " cannot be used: " + e.getMessage(), e);
        }
    }

    /**
     * Both keys in unencrypted PKCS#8, as a PEM file's bytes, which the caller wipes and keeps from others.
     *
     * @throws IllegalStateException if there is no sealing key, or these were closed
     */
    public byte[] toPem() {
        SealingKey second = sealing.orElseThrow(() -> new IllegalStateException("there is no sealing key"));
        byte[] sealingPem = second.toPem();
        byte[] signingPem = signing.toPem();
        byte[] pem = Arrays.copyOf(signingPem, signingPem.length + sealingPem.length);
        System.arraycopy(sealingPem, 0, pem, signingPem.length, sealingPem.length);
        Arrays.fill(signingPem, (byte) 0);
        Arrays.fill(sealingPem, (byte) 0);
        return pem;
    }

    /** The Ed25519 key, closed with these. */
    public SigningKey signing() {
        return signing;
    }

    /** The X25519 key, closed with these; empty if a PKCS#12 file had none. */
    public Optional<SealingKey> sealing() {
        return sealing;
    }

    @Override
    public void close() {
        signing.close();
        sealing.ifPresent(SealingKey::close);
    }

    @Override
    public String toString() {
        return "PersonKeys[redacted]";
    }
}
