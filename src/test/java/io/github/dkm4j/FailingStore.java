package io.github.dkm4j;

import io.github.dkm4j.key.StoreUnavailable;
import io.github.dkm4j.store.KeyRingStore;
import io.github.dkm4j.store.RecordName;
import io.github.dkm4j.store.StoredRecord;
import java.time.Instant;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Predicate;

/** A store that fails from its n-th change on, or while it is down; counts how often it was read. */
final class FailingStore implements KeyRingStore {
    private final KeyRingStore store;
    private final int failing;
    private int changes;
    volatile boolean down;
    /** What happens while the store is read. */
    Runnable whileReading = () -> {};
    /** What happens before a record is added. */
    Consumer<StoredRecord> beforeAdding = record -> {};
    /** What the store says keeps it from holding what it promises. */
    volatile List<String> doubts = List.of();

    /** Of which records it changes nothing, though it answers. */
    Predicate<RecordName> stuck = name -> false;

    int reads;
    int attempts;

    FailingStore(KeyRingStore store, int failing) {
        this.store = store;
        this.failing = failing;
    }

    @Override
    public boolean create(String ring, List<StoredRecord> records) {
        change();
        return store.create(ring, records);
    }

    @Override
    public boolean add(String ring, StoredRecord record) {
        change();
        beforeAdding.accept(record);
        return store.add(ring, record);
    }

    @Override
    public boolean restore(String ring, StoredRecord record) {
        change();
        requireLoose(record.name());
        return store.restore(ring, record);
    }

    @Override
    public boolean remove(String ring, RecordName name) {
        change();
        requireLoose(name);
        return store.remove(ring, name);
    }

    @Override
    public Instant now() {
        check();
        return store.now();
    }

    @Override
    public List<StoredRecord> read(String ring) {
        attempts++;
        check();
        reads++;
        whileReading.run();
        return store.read(ring);
    }

    @Override
    public List<String> doubts() {
        return doubts;
    }

    private void requireLoose(RecordName name) {
        if (stuck.test(name)) {
            throw new StoreUnavailable("cannot change " + name);
        }
    }

    private void change() {
        check();
        if (++changes >= failing) {
            down = true;
            check();
        }
    }

    private void check() {
        if (down) {
            throw new StoreUnavailable("simulated outage");
        }
    }
}
