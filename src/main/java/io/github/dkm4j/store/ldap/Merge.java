package io.github.dkm4j.store.ldap;

import io.github.dkm4j.store.RecordName;
import io.github.dkm4j.store.StoredRecord;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Collects records; of several with one name and content the one that was stored first stays: nobody makes a record younger by adding it again. Not safe for threads. */
final class Merge {
    private final Map<Key, StoredRecord> records = new LinkedHashMap<>();

    private record Key(RecordName name, ByteBuffer content) {}

    private static Key key(StoredRecord record) {
        return new Key(record.name(), ByteBuffer.wrap(record.content()));
    }

    /** Whether there is one with this name and content. */
    boolean has(StoredRecord record) {
        return records.containsKey(key(record));
    }

    void add(StoredRecord record) {
        records.merge(key(record), record, (a, b) -> time(b).isBefore(time(a)) ? b : a);
    }

    int size() {
        return records.size();
    }

    /** In order of their names, and then of their times. */
    List<StoredRecord> inOrder() {
        List<StoredRecord> sorted = new ArrayList<>(records.values());
        sorted.sort(Comparator.comparing(StoredRecord::name).thenComparing(Merge::time));
        return List.copyOf(sorted);
    }

    private static Instant time(StoredRecord record) {
        return record.storedAt().orElse(Instant.MAX);
    }
}
