package io.github.dkm4j.store;

import io.github.dkm4j.key.RingNotFound;
import java.time.Instant;
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
    private final Map<String, TreeMap<RecordName, StoredRecord>> rings = new HashMap<>();

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
            TreeMap<RecordName, StoredRecord> stored = new TreeMap<>();
            all.forEach(record -> stored.put(record.name(), record.storedAt(clock.instant())));
            rings.put(ring, stored);
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
            Map<RecordName, StoredRecord> stored = existing(ring);
            String slot = record.name().slot();
            boolean free =
                    stored.keySet().stream().noneMatch(name -> name.slot().equals(slot));
            if (free) {
                stored.put(record.name(), record.storedAt(clock.instant()));
            }
            return free;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public boolean restore(String ring, StoredRecord record) {
        Rings.requireName(ring);
        lock.lock();
        try {
            return existing(ring).putIfAbsent(record.name(), record.storedAt(clock.instant())) == null;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public boolean remove(String ring, RecordName name) {
        Rings.requireName(ring);
        lock.lock();
        try {
            return existing(ring).remove(name) != null;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public Instant now() {
        return clock.instant();
    }

    @Override
    public List<StoredRecord> read(String ring) {
        Rings.requireName(ring);
        lock.lock();
        try {
            TreeMap<RecordName, StoredRecord> stored = rings.get(ring);
            return stored == null ? List.of() : RecordFile.inOrder(stored.values());
        } finally {
            lock.unlock();
        }
    }

    private Map<RecordName, StoredRecord> existing(String ring) {
        TreeMap<RecordName, StoredRecord> stored = rings.get(ring);
        if (stored == null) {
            throw new RingNotFound("there is no ring " + ring + " in this store: create it first");
        }
        return stored;
    }
}
