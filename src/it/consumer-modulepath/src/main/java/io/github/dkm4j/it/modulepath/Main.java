package io.github.dkm4j.it.modulepath;

import io.github.dkm4j.KeyRing;
import io.github.dkm4j.key.EncryptionContext;
import io.github.dkm4j.policy.AccessPolicy;
import io.github.dkm4j.policy.Caller;
import io.github.dkm4j.policy.InMemoryGroupDirectory;
import io.github.dkm4j.policy.Operation;
import io.github.dkm4j.root.PassphraseRootKey;
import io.github.dkm4j.store.InMemoryKeyRingStore;

/** Uses the library as a module; it fails unless the library is one. */
public final class Main {
    private Main() {}

    public static void main(String[] args) {
        Module library = KeyRing.class.getModule();
        if (!library.isNamed() || library.getDescriptor().isAutomatic()) {
            throw new IllegalStateException("the library must be a module of its own, not " + library);
        }
        if (!thereAndBack("Grüße").equals("Grüße")) {
            throw new IllegalStateException("the text came back changed");
        }
        System.out.println("read back in " + Main.class.getModule() + " with " + library);
    }

    private static String thereAndBack(String text) {
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
