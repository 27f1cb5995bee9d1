package io.github.dkm4j.ring;

import io.github.dkm4j.key.KeyRef;
import io.github.dkm4j.key.RecordNotAuthentic;
import io.github.dkm4j.policy.AccessPolicy;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What a set of authentic records says. A pure function of the set, so that two partial views merge.
 *
 * <p>A generation of the master secret is closed by the record of the next one: what hangs from an older generation and
 * is no ancestor of that record was made by a node that did not know better, or by whoever stole the older secret. Of
 * such records keys count for opening only, revocations count in full, and nothing else counts.
 */
final class Ledger {
    private final Map<Hash, SeenRecord> records;
    private final Set<Hash> late = new HashSet<>();
    private final KeyHistory history;
    private final SeenRecord policy;
    private final Set<Hash> missing = new TreeSet<>();

    Ledger(Map<Hash, SeenRecord> records) {
        this.records = records;
        findLate();
        List<KeyEvent> events = new ArrayList<>();
        of(RingRecords.EVENT).forEach(record -> {
            KeyEvent event = RingRecords.event(record.text());
            if (event.what() == KeyEvent.What.REVOKED || !isLate(record)) {
                events.add(event);
            }
        });
        this.history = new KeyHistory(events);
        this.policy = newestPolicy();
        findMissing();
    }

    KeyHistory history() {
        return history;
    }

    AccessPolicy policy() {
        return RingRecords.policy(policy.text());
    }

    /** Hashes that records name and that are neither here nor known to be gone. */
    Set<Hash> missing() {
        return missing;
    }

    /** Whether the record came after its generation was closed. */
    boolean isLate(SeenRecord record) {
        return late.contains(record.hash());
    }

    /** Whether a generation of the master secret was started in the knowledge of that key's revocation. */
    boolean isClosedAfterRevocation(KeyRef key) {
        Set<Hash> revocations = new HashSet<>();
        of(RingRecords.EVENT).stream()
                .filter(record -> {
                    KeyEvent event = RingRecords.event(record.text());
                    return event.what() == KeyEvent.What.REVOKED && event.key().equals(key);
                })
                .forEach(record -> revocations.add(record.hash()));
        return of(RingRecords.GENERATION).stream()
                .filter(record -> !isLate(record))
                .anyMatch(record -> ancestors(record).stream().anyMatch(revocations::contains));
    }

    /** The record of the policy in force. */
    Hash policyRecord() {
        return policy.hash();
    }

    /** Keys that are never active, because their record came after its generation was closed. */
    Set<KeyRef> barred() {
        Set<KeyRef> barred = new TreeSet<>();
        for (Hash hash : late) {
            SeenRecord record = records.get(hash);
            @Nullable KeyRef key = record == null ? null : record.key();
            if (key != null) {
                barred.add(key);
            }
        }
        return barred;
    }

    private List<SeenRecord> of(String type) {
        return records.values().stream().filter(record -> record.is(type)).toList();
    }

    private void findLate() {
        for (SeenRecord closing : of(RingRecords.GENERATION)) {
            Set<Hash> before = ancestors(closing);
            for (SeenRecord record : records.values()) {
                if (record.generation() < closing.generation()
                        && !record.is(RingRecords.GENESIS)
                        && !before.contains(record.hash())) {
                    late.add(record.hash());
                }
            }
        }
    }

    /** All that the record names, directly or not; the record of a destroyed key is stood for by its tomb. */
    private Set<Hash> ancestors(SeenRecord of) {
        Map<Hash, List<Hash>> tombs = new HashMap<>();
        of(RingRecords.EVENT).stream()
                .filter(record -> record.generation() >= of.generation())
                .forEach(record -> addTomb(record, tombs));
        Set<Hash> found = new HashSet<>();
        Deque<Hash> next = new ArrayDeque<>(of.previous());
        while (!next.isEmpty()) {
            Hash hash = next.pop();
            if (found.add(hash)) {
                SeenRecord record = records.get(hash);
                next.addAll(record != null ? record.previous() : tombs.getOrDefault(hash, List.of()));
                addTomb(record, tombs).filter(found::contains).ifPresent(tomb -> next.addAll(tombs.get(tomb)));
            }
        }
        return found;
    }

    private static Optional<Hash> addTomb(@Nullable SeenRecord record, Map<Hash, List<Hash>> tombs) {
        if (record == null || !record.is(RingRecords.EVENT)) {
            return Optional.empty();
        }
        Optional<KeyEvent.Tomb> tomb = RingRecords.event(record.text()).tomb();
        tomb.ifPresent(found -> tombs.put(found.record(), found.previous()));
        return tomb.map(KeyEvent.Tomb::record);
    }

    private SeenRecord newestPolicy() {
        // A generation's record names the policy that stays in force: that holds even where the chain has a hole.
        Set<Hash> named = new HashSet<>();
        of(RingRecords.GENERATION).stream()
                .filter(record -> !isLate(record))
                .forEach(record -> named.add(Hash.parse(record.text().value("policy"))));
        Optional<SeenRecord> newest = of(RingRecords.POLICY).stream()
                .filter(record -> !isLate(record) || named.contains(record.hash()))
                .max(Comparator.comparing((SeenRecord record) -> record.name().slot())
                        .thenComparing(SeenRecord::hash));
        return newest.orElseThrow(() ->
                new RecordNotAuthentic("the ring has no authentic policy: restore its policy record from a backup"));
    }

    private void findMissing() {
        Collection<SeenRecord> all = records.values();
        all.stream().filter(record -> !isLate(record)).forEach(record -> missing.addAll(record.previous()));
        history.tombs().values().forEach(tomb -> missing.addAll(tomb.previous()));
        missing.removeAll(records.keySet());
        history.tombs().values().forEach(tomb -> missing.remove(tomb.record()));
        of(RingRecords.ACCEPTED).stream()
                .filter(record -> !isLate(record))
                .forEach(record -> missing.removeAll(RingRecords.lost(record.text())));
    }
}
