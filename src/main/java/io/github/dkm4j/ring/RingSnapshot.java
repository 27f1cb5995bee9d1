package io.github.dkm4j.ring;

import io.github.dkm4j.key.KeyMetadata;
import io.github.dkm4j.key.KeyRef;
import io.github.dkm4j.policy.AccessPolicy;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What a node knows of its ring at one moment. Immutable; readers hold it through one volatile read.
 *
 * <p>Which key is active changes at known times, so it is worked out ahead: {@link #active} only compares the time
 * with the next change.
 */
public final class RingSnapshot {
    private final AccessPolicy policy;
    private final Map<KeyRef, KeyVersion> keys;
    private final Map<String, RecordText> records;
    private final List<String> findings;
    private final boolean complete;
    private final long[] changes;
    private final List<Optional<KeyVersion>> actives;

    RingSnapshot(
            AccessPolicy policy,
            Map<KeyRef, KeyVersion> keys,
            Map<String, RecordText> records,
            List<String> findings,
            boolean complete,
            Instant now) {
        this.policy = policy;
        // A HashMap is looked up in less time than an immutable Map.copyOf.
        this.keys = Collections.unmodifiableMap(new HashMap<>(keys));
        this.records = Map.copyOf(records);
        this.findings = List.copyOf(findings);
        this.complete = complete;
        TreeSet<Instant> times = new TreeSet<>(List.of(now));
        metadata().stream().map(KeyMetadata::activatesAt).filter(now::isBefore).forEach(times::add);
        this.changes = times.stream().mapToLong(Instant::toEpochMilli).toArray();
        List<Optional<KeyVersion>> selected = new ArrayList<>();
        times.forEach(time -> selected.add(select(time)));
        this.actives = List.copyOf(selected);
    }

    /** The key that new writes use at the given time; empty if there is none. */
    public Optional<KeyVersion> active(long nowMillis) {
        int last = changes.length - 1;
        while (last >= 0 && changes[last] > nowMillis) {
            last--;
        }
        return last >= 0 ? actives.get(last) : select(Instant.ofEpochMilli(nowMillis));
    }

    /** Whether new writes use that key at the given time. */
    public boolean isActive(KeyVersion key, long nowMillis) {
        Optional<KeyVersion> active = active(nowMillis);
        return active.isPresent()
                && active.get().metadata().ref().equals(key.metadata().ref());
    }

    /** The key of that name; null if this node does not have it. */
    public @Nullable KeyVersion key(KeyRef ref) {
        return keys.get(ref);
    }

    /** All keys' metadata, by epoch and key id. */
    public Collection<KeyMetadata> metadata() {
        TreeMap<KeyRef, KeyMetadata> sorted = new TreeMap<>();
        keys.forEach((ref, key) -> sorted.put(ref, key.metadata()));
        return sorted.values();
    }

    /** The ring's policy. */
    public AccessPolicy policy() {
        return policy;
    }

    /** What is wrong with the records, in words; empty if nothing is. */
    public List<String> findings() {
        return findings;
    }

    /** Whether every record that another one names is here, and no record is doubtful. */
    public boolean isComplete() {
        return complete;
    }

    /** Hashes of records that no other record names. */
    Set<String> heads() {
        TreeSet<String> heads = new TreeSet<>(records.keySet());
        records.values().forEach(record -> RingRecords.previous(record).forEach(heads::remove));
        return heads;
    }

    Map<String, RecordText> records() {
        return records;
    }

    Map<KeyRef, KeyVersion> keys() {
        return keys;
    }

    private Optional<KeyVersion> select(Instant time) {
        return ActiveKeySelector.select(metadata(), time).map(found -> keys.get(found.ref()));
    }
}
