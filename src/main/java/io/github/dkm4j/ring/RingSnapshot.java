package io.github.dkm4j.ring;

import io.github.dkm4j.key.KeyMetadata;
import io.github.dkm4j.key.KeyRef;
import io.github.dkm4j.policy.AccessPolicy;
import io.github.dkm4j.policy.PolicyVersion;
import io.github.dkm4j.store.StoredRecord;
import java.time.Instant;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
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
    private final Map<Hash, SeenRecord> records;
    private final Generations generations;
    private final Ledger ledger;
    private final Map<Hash, Use> uses;
    private final Repairs repairs;
    private final List<String> findings;
    private final List<String> remarks;
    private final boolean complete;
    private final long[] changes;
    private final List<Optional<KeyVersion>> actives;
    private final Set<KeyRef> barred;

    /**
     * What this node would do to the store.
     *
     * @param lost records that the store has no more
     * @param buried records of destroyed keys that the store still has
     * @param rootsLost roots' wraps of master secrets that the store has no more
     */
    record Repairs(List<SeenRecord> lost, List<SeenRecord> buried, List<StoredRecord> rootsLost) {
        /** Of the buried records only those that the store still has. */
        static Repairs of(
                List<StoredRecord> stored,
                List<SeenRecord> lost,
                List<SeenRecord> buried,
                List<StoredRecord> rootsLost) {
            List<SeenRecord> there = buried.stream()
                    .filter(record -> stored.stream()
                            .anyMatch(candidate -> candidate.name().equals(record.name())))
                    .toList();
            return new Repairs(lost, there, rootsLost);
        }
    }

    RingSnapshot(
            AccessPolicy policy,
            Map<KeyRef, KeyVersion> keys,
            Map<Hash, SeenRecord> records,
            Generations generations,
            Ledger ledger,
            Map<Hash, Use> uses,
            Repairs repairs,
            Findings findings,
            Instant now) {
        this.policy = policy;
        // A HashMap is looked up in less time than an immutable Map.copyOf.
        this.keys = Collections.unmodifiableMap(new HashMap<>(keys));
        this.records = Collections.unmodifiableMap(new HashMap<>(records));
        this.generations = generations;
        this.ledger = ledger;
        this.uses = Map.copyOf(uses);
        this.repairs = repairs;
        this.findings = findings.listed();
        this.remarks = findings.remarks();
        this.complete = findings.none();
        this.barred = ledger.barred();
        List<ActiveKeySelector.Change> schedule = ActiveKeySelector.schedule(eligible(), now);
        this.changes = schedule.stream()
                .mapToLong(change -> change.at().toEpochMilli())
                .toArray();
        this.actives = schedule.stream().map(change -> version(change.active())).toList();
    }

    /** The key that new writes use at the given time; empty if there is none. */
    public Optional<KeyVersion> active(long nowMillis) {
        int last = changes.length - 1;
        while (last > 0 && changes[last] > nowMillis) {
            last--;
        }
        // A clock that was set back asks for a time before this snapshot's.
        return changes[last] <= nowMillis ? actives.get(last) : version(select(Instant.ofEpochMilli(nowMillis)));
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
        return keys.values().stream()
                .map(KeyVersion::metadata)
                .sorted(Comparator.comparing(KeyMetadata::ref))
                .toList();
    }

    /** The ring's policy. */
    public AccessPolicy policy() {
        return policy;
    }

    /** The ring's policy, and who wrote it when and why. */
    public PolicyVersion policyVersion() {
        return ledger.policyVersion();
    }

    /** What is wrong with the records, in words; empty if nothing is. */
    public List<String> findings() {
        return findings;
    }

    /** What is wrong with the store and yet leaves the view complete. */
    public List<String> remarks() {
        return remarks;
    }

    /** Whether every record that another one names is here, and no record is doubtful. */
    public boolean isComplete() {
        return complete;
    }

    /**
     * The metadata of keys that may be active: those of the newest generation. Whoever stole an older one's secret may know
     * the others.
     */
    private Collection<KeyMetadata> eligible() {
        int newest = generations.newest().generation();
        return selectable().stream()
                .filter(key ->
                        generationOf(key.ref()) == newest || key.destroyedAt().isPresent())
                .toList();
    }

    /** The metadata of keys in line: those whose record came before its generation was closed. */
    Collection<KeyMetadata> selectable() {
        return keys.values().stream()
                .map(KeyVersion::metadata)
                .filter(key -> !barred.contains(key.ref()))
                .toList();
    }

    /** Hashes of records that no other record names. */
    List<Hash> heads() {
        TreeSet<Hash> heads = new TreeSet<>(records.keySet());
        records.values().forEach(record -> {
            if (ledger.isLate(record)) {
                heads.remove(record.hash());
            } else {
                record.previous().forEach(heads::remove);
            }
        });
        return List.copyOf(heads);
    }

    /**
     * What the record of a new generation names: the revocation that it is made for, be it late or not, then all heads, and
     * then other revocations that no generation knows of.
     */
    List<Hash> headsForGeneration(KeyRef revoked) {
        LinkedHashSet<Hash> ordered = new LinkedHashSet<>();
        ledger.openRevocation(revoked).ifPresent(ordered::add);
        ordered.addAll(heads());
        ordered.addAll(ledger.openRevocations());
        return List.copyOf(ordered);
    }

    /** Which generation of the master secret a key hangs from. */
    int generationOf(KeyRef key) {
        return ledger.generationOf(key);
    }

    /** The generations of the master secret that this was read with. */
    Generations generations() {
        return generations;
    }

    /** Whether a key opens messages and is never active. */
    boolean isBarred(KeyRef key) {
        return barred.contains(key);
    }

    Ledger ledger() {
        return ledger;
    }

    /** What processes have said about their use of keys. */
    Map<Hash, Use> uses() {
        return uses;
    }

    Repairs repairs() {
        return repairs;
    }

    Map<Hash, SeenRecord> records() {
        return records;
    }

    Map<KeyRef, KeyVersion> keys() {
        return keys;
    }

    private Optional<KeyMetadata> select(Instant time) {
        return ActiveKeySelector.select(eligible(), time);
    }

    private Optional<KeyVersion> version(Optional<KeyMetadata> key) {
        return key.map(found -> keys.get(found.ref()));
    }
}
