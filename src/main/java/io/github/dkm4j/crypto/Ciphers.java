package io.github.dkm4j.crypto;

import java.security.GeneralSecurityException;
import java.security.Provider;
import javax.crypto.Cipher;
import org.jspecify.annotations.Nullable;

/**
 * Where ciphers come from: a JCE provider that the user chose, or the platform's default. Immutable.
 *
 * @param provider the provider; null for the default
 */
public record Ciphers(@Nullable Provider provider) {
    /** The platform's default provider. */
    public static Ciphers platform() {
        return new Ciphers(null);
    }

    Cipher gcm() {
        return cipher("AES/GCM/NoPadding");
    }

    Cipher block() {
        return cipher("AES/ECB/NoPadding");
    }

    private Cipher cipher(String transformation) {
        try {
            return provider == null ? Cipher.getInstance(transformation) : Cipher.getInstance(transformation, provider);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("the JCE provider has no " + transformation, e);
        }
    }
}
