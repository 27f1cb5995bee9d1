package io.github.dkm4j.store;

import io.github.dkm4j.key.RingNotFound;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Keeps rings in this object and nowhere else, for tests and trials. Durable means nothing here: the rings, and with
 * them every message, are lost with the process.
 *
 * <p>Safe for use by many threads.
 */
public final class InMemoryKeyRingStore implements KeyRingStore {
    private final InstantSource clock;
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<String, TreeMap<String, StoredRecord>> rings = new HashMap<>();

    /** An empty store on the system clock. */
    public InMemoryKeyRingStore() {
        this(InstantSource.system());
    }

    /**
     * An empty store.
     *
     * @param clock gives the time at which a record was stored
     */
    public InMemoryKeyRingStore(InstantSource clock) {
        this.clock = clock;
    }

    /**
     * {@inheritDoc}
     *
     * @throws IllegalArgumentException also if two of the records have the same slot
     */
    @Override
    public boolean create(String ring, List<StoredRecord> records) {
        Rings.requireName(ring);
        List<StoredRecord> all = List.copyOf(records);
        Rings.requireDistinctSlots(all);
        lock.lock();
        try {
            if (rings.containsKey(ring)) {
                return false;
            }
            TreeMap<String, StoredRecord> bySlot = new TreeMap<>();
            all.forEach(record -> bySlot.put(record.name().slot(), record.storedAt(clock.instant())));
            rings.put(ring, bySlot);
            return true;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public boolean add(String ring, StoredRecord record) {
        Rings.requireName(ring);
        lock.lock();
        try {
            TreeMap<String, StoredRecord> bySlot = rings.get(ring);
            if (bySlot == null) {
                throw new RingNotFound("there is no ring " + ring + " in this store: create it first");
            }
            return bySlot.putIfAbsent(record.name().slot(), record.storedAt(clock.instant())) == null;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public List<StoredRecord> read(String ring) {
        Rings.requireName(ring);
        lock.lock();
        try {
            TreeMap<String, StoredRecord> bySlot = rings.get(ring);
            return bySlot == null ? List.of() : RecordFile.inOrder(bySlot.values());
        } finally {
            lock.unlock();
        }
    }
}
