package io.github.dkm4j.store;

import java.time.InstantSource;

class InMemoryKeyRingStoreTest extends KeyRingStoreContract {
    @Override
    protected KeyRingStore store() {
        return new InMemoryKeyRingStore(InstantSource.fixed(Records.NOW));
    }
}
