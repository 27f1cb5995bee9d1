package io.github.dkm4j.root;

import io.github.dkm4j.crypto.Ciphers;
import io.github.dkm4j.crypto.Kdf;
import io.github.dkm4j.crypto.KeyMaterial;
import io.github.dkm4j.crypto.KeyWrap;
import io.github.dkm4j.key.AuthenticationFailed;
import io.github.dkm4j.key.RootKeyDenied;
import java.security.SecureRandom;

/** Wrapping under a root key that this process holds. What the wrap is bound to goes into the derivation as well. */
final class LocalWrap {
    private static final String LABEL = "dkm4j root wrap v1";

    private LocalWrap() {}

    static byte[] wrap(KeyMaterial root, byte[] secret, byte[] associatedData) {
        try (KeyMaterial wrapping = Kdf.derive(root, LABEL, associatedData);
                KeyMaterial wrapped = KeyMaterial.copyOf(secret)) {
            return KeyWrap.wrap(Ciphers.platform(), new SecureRandom(), wrapping, associatedData, wrapped);
        }
    }

    static byte[] unwrap(KeyMaterial root, RootWrap wrap, byte[] associatedData, String advice) {
        try (KeyMaterial wrapping = Kdf.derive(root, LABEL, associatedData);
                KeyMaterial secret = KeyWrap.unwrap(Ciphers.platform(), wrapping, associatedData, wrap.wrapped())) {
            return secret.copy();
        } catch (AuthenticationFailed e) {
            throw new RootKeyDenied(advice, e);
        }
    }
}
