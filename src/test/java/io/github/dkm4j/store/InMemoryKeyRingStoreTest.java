package io.github.dkm4j.store;

import java.time.InstantSource;

class InMemoryKeyRingStoreTest extends KeyRingStoreContract {
    @Override
    KeyRingStore store(InstantSource clock) {
        return new InMemoryKeyRingStore(clock);
    }
}
