package io.github.dkm4j.root;

import io.github.dkm4j.crypto.KeyMaterial;
import io.github.dkm4j.key.RootKeyDenied;
import io.github.dkm4j.key.RootKeyUnavailable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyStore;
import java.security.UnrecoverableKeyException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import javax.crypto.SecretKey;

/**
 * A root held as a 256-bit AES key in a PKCS#12 key store, as {@code keytool -genseckey -keyalg AES -keysize 256
 * -storetype PKCS12} makes it. The key is used for nothing but wrapping.
 */
public final class Pkcs12RootKey implements RootKey, AutoCloseable {
    private final KeyMaterial key;

    private Pkcs12RootKey(KeyMaterial key) {
        this.key = key;
    }

    /**
     * Loads the only secret key of a key store.
     *
     * @param password opens the store and the key; stays the caller's
     * @throws RootKeyUnavailable if the file cannot be read, or holds no or several 256-bit AES keys
     * @throws RootKeyDenied if the password is wrong
     */
    public static Pkcs12RootKey load(Path file, char[] password) {
        return load(file, password, Optional.empty());
    }

    /**
     * Loads the secret key of the given alias.
     *
     * @param password opens the store and the key; stays the caller's
     * @throws RootKeyUnavailable if the file cannot be read, or has no 256-bit AES key of that alias
     * @throws RootKeyDenied if the password is wrong
     */
    public static Pkcs12RootKey load(Path file, char[] password, String alias) {
        return load(file, password, Optional.of(alias));
    }

    private static Pkcs12RootKey load(Path file, char[] password, Optional<String> alias) {
        try (InputStream in = Files.newInputStream(file)) {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(in, password);
            Key found = store.getKey(alias.isPresent() ? alias.get() : onlyAlias(store, file), password);
            byte[] bytes =
                    found instanceof SecretKey secret && secret.getAlgorithm().equals("AES")
                            ? secret.getEncoded()
                            : new byte[0];
            try {
                if (bytes == null || bytes.length != KeyMaterial.LENGTH) {
                    throw new RootKeyUnavailable(file + " has no 256-bit AES key"
                            + alias.map(name -> " of alias " + name).orElse("")
                            + ": make one with keytool -genseckey -keyalg AES -keysize 256");
                }
                return new Pkcs12RootKey(KeyMaterial.copyOf(bytes));
            } finally {
                if (bytes != null) {
                    Arrays.fill(bytes, (byte) 0);
                }
            }
        } catch (UnrecoverableKeyException e) {
            throw new RootKeyDenied("wrong password for the key in " + file, e);
        } catch (IOException e) {
            if (e.getCause() instanceof UnrecoverableKeyException) {
                throw new RootKeyDenied("wrong password for " + file, e);
            }
            throw new RootKeyUnavailable("cannot read the key store " + file + ": " + e.getMessage(), e);
        } catch (GeneralSecurityException e) {
            throw new RootKeyUnavailable("cannot use the key store " + file + ": " + e.getMessage(), e);
        }
    }

    private static String onlyAlias(KeyStore store, Path file) throws GeneralSecurityException {
        List<String> secrets = new ArrayList<>();
        for (String alias : Collections.list(store.aliases())) {
            if (store.entryInstanceOf(alias, KeyStore.SecretKeyEntry.class)) {
                secrets.add(alias);
            }
        }
        if (secrets.size() != 1) {
            throw new RootKeyUnavailable(file + " has " + secrets.size()
                    + " secret keys: name the one to use by its alias, or make one with keytool -genseckey"
                    + " -keyalg AES -keysize 256");
        }
        return secrets.get(0);
    }

    @Override
    public String kind() {
        return "pkcs12";
    }

    @Override
    public RootWrap wrap(byte[] secret, byte[] associatedData) {
        return new RootWrap("", LocalWrap.wrap(key, secret, associatedData));
    }

    @Override
    public byte[] unwrap(RootWrap wrap, byte[] associatedData) {
        return LocalWrap.unwrap(key, wrap, associatedData, "the key store's key is not this ring's root");
    }

    /** Zeroises the key. */
    @Override
    public void close() {
        key.destroy();
    }
}
