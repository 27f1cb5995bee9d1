package io.github.dkm4j.bench;

import io.github.dkm4j.KeyRing;
import io.github.dkm4j.key.EncryptionContext;
import io.github.dkm4j.policy.Caller;
import io.github.dkm4j.ring.LargeRing;
import io.github.dkm4j.root.Pkcs12RootKey;
import io.github.dkm4j.store.InMemoryKeyRingStore;

/** Prints how much heap an open ring of 10,000 epochs holds for each key. */
public final class RingMemory {
    private static final int EPOCHS = 10_000;

    private RingMemory() {}

    /** No arguments. */
    public static void main(String[] args) throws Exception {
        LargeRing.Clock clock = new LargeRing.Clock();
        InMemoryKeyRingStore store = new InMemoryKeyRingStore(clock);
        Pkcs12RootKey root = RingBenchmark.root();
        LargeRing.create(store, root, clock, EPOCHS, EncryptionContext.empty(), 0);
        for (int round = 0; round < 3; round++) {
            long before = used();
            long start = System.nanoTime();
            try (KeyRing ring = KeyRing.builder("large")
                    .store(store)
                    .rootKey(root)
                    .groups(LargeRing.groups())
                    .account(new Caller("svc", "svc"))
                    .clock(clock)
                    .audit(event -> {})
                    .open()) {
                long opened = System.nanoTime();
                System.out.printf(
                        "%d keys opened in %d ms, %d bytes a key%n",
                        ring.admin().keys().size(), (opened - start) / 1_000_000, (used() - before) / EPOCHS);
            }
        }
    }

    private static long used() {
        for (int i = 0; i < 5; i++) {
            System.gc();
        }
        Runtime runtime = Runtime.getRuntime();
        return runtime.totalMemory() - runtime.freeMemory();
    }
}
