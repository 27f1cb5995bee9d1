package io.github.dkm4j.it.classpath;

import io.github.dkm4j.KeyRing;
import io.github.dkm4j.key.EncryptionContext;
import io.github.dkm4j.policy.AccessPolicy;
import io.github.dkm4j.policy.Caller;
import io.github.dkm4j.policy.InMemoryGroupDirectory;
import io.github.dkm4j.policy.Operation;
import io.github.dkm4j.root.PassphraseRootKey;
import io.github.dkm4j.store.InMemoryKeyRingStore;

/** Uses the library with nothing but what it brings along. */
public final class Consumer {
    private Consumer() {}

    public static String thereAndBack(String text) {
        InMemoryGroupDirectory groups = new InMemoryGroupDirectory();
        groups.add("service", Caller.processAccount().name());
        AccessPolicy policy = AccessPolicy.builder()
                .allow(Operation.ENCRYPT, "service")
                .allow(Operation.DECRYPT, "service")
                .allow(Operation.ADMINISTER, "service")
                .build();
        EncryptionContext context = EncryptionContext.of("row", "1");
        try (KeyRing ring = KeyRing.builder("consumer")
                .store(new InMemoryKeyRingStore())
                .rootKey(PassphraseRootKey.of("a passphrase for tests".toCharArray()))
                .groups(groups)
                .policy(policy)
                .create()) {
            String message = ring.encryptor().encryptToText(text, context);
            return ring.decryptor().decryptFromText(message, context);
        }
    }
}
