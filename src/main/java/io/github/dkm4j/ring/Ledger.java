package io.github.dkm4j.ring;

import io.github.dkm4j.key.Epoch;
import io.github.dkm4j.key.KeyRef;
import io.github.dkm4j.key.RecordNotAuthentic;
import io.github.dkm4j.policy.PolicyVersion;
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
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What a set of authentic records says. A pure function of the set, so that two partial views merge.
 *
 * <p>A generation of the master secret is closed by the record of the next one: what hangs from an older generation and
 * is no ancestor of that record is late. It was made by a node that did not know better, or by whoever stole the older
 * secret. Of late records keys count for opening only, revocations of keys that were not newer count in full, and nothing
 * else counts.
 */
final class Ledger {
    /** How far an epoch may be above the one before; whoever skips more wants to use the epochs up. */
    private static final long WIDEST_GAP = 64;

    private static final Comparator<SeenRecord> BY_VERSION =
            Comparator.comparing((SeenRecord record) -> record.name().slot()).thenComparing(SeenRecord::hash);

    private final Map<Hash, SeenRecord> records;
    private final Map<Hash, KeyEvent> events = new HashMap<>();
    private final Set<Hash> late = new HashSet<>();
    private final Set<Hash> closed = new HashSet<>();
    private final Map<KeyRef, Integer> generations = new HashMap<>();
    private final Set<KeyRef> barred = new TreeSet<>();
    private final Set<Hash> missing = new TreeSet<>();
    private final KeyHistory history;
    private final SeenRecord policy;

    /**
     * Reads the records.
     *
     * @param pinned hashes that this node has seen, whatever the store shows
     */
    Ledger(Map<Hash, SeenRecord> records, Set<Hash> pinned) {
        this.records = records;
        for (SeenRecord record : records.values()) {
            KeyEvent event = record.event();
            if (event != null) {
                events.put(record.hash(), event);
            }
            KeyRef key = record.key();
            if (key != null) {
                generations.put(key, record.generation());
            }
        }
        findLate();
        List<KeyEvent> counting = new ArrayList<>();
        events.forEach((hash, event) -> {
            if (!late.contains(hash) || countsThoughLate(hash, event)) {
                counting.add(event);
            }
        });
        this.history = new KeyHistory(counting);
        this.policy = newestPolicy();
        findBarred();
        findMissing(pinned);
    }

    KeyHistory history() {
        return history;
    }

    PolicyVersion policyVersion() {
        return PolicyRecords.read(policy.text());
    }

    /** The slot of the policy in force. */
    String policySlot() {
        return policy.name().slot();
    }

    /** The record of the policy in force. */
    Hash policyRecord() {
        return policy.hash();
    }

    /** Hashes that records name and that are neither here nor known to be gone. */
    Set<Hash> missing() {
        return missing;
    }

    /** Keys that open messages and are never active. */
    Set<KeyRef> barred() {
        return barred;
    }

    /** Which generation of the master secret a key hangs from; 0 if it has no record. */
    int generationOf(KeyRef key) {
        return generations.getOrDefault(key, 0);
    }

    /** Whether the record came after its generation was closed. */
    boolean isLate(SeenRecord record) {
        return late.contains(record.hash());
    }

    /** What is odd and does no harm: records that came too late, keys out of line. */
    List<String> remarks() {
        List<String> remarks = new ArrayList<>();
        for (Hash hash : new TreeSet<>(late)) {
            SeenRecord record = records.get(hash);
            if (record != null) {
                remarks.add("record " + record.name() + " was made under a generation of the master secret that was"
                        + " closed before: by a node that did not know yet, or by whoever stole that secret");
            }
        }
        barred.stream()
                .filter(key -> generationOf(key) > 0)
                .forEach(key -> remarks.add("key " + key + " opens messages and is never active"));
        return remarks;
    }

    /** Revocations of keys of this ring that no generation's record names yet, one for each key, late ones among them. */
    Collection<Hash> openRevocations() {
        return openByKey().values();
    }

    /** The keys whose revocation was not followed by a new generation: whoever revoked them did not get to the end. */
    Set<KeyRef> unfinishedRevocations() {
        return openByKey().keySet();
    }

    Optional<Hash> openRevocation(KeyRef key) {
        return Optional.ofNullable(openByKey().get(key));
    }

    private Map<KeyRef, Hash> openByKey() {
        Map<KeyRef, Hash> open = new TreeMap<>();
        events.forEach((hash, event) -> {
            if (event.what() == KeyEvent.What.REVOKED
                    && isKnown(event.key())
                    && !isClosedAfterRevocation(event.key())) {
                open.merge(event.key(), hash, (a, b) -> a.compareTo(b) < 0 ? a : b);
            }
        });
        return open;
    }

    private boolean isKnown(KeyRef key) {
        return generations.containsKey(key) || history.tombs().containsKey(key);
    }

    /** Whether the event counts: whether it is here, and in time. */
    boolean counts(Hash event) {
        return events.containsKey(event) && !late.contains(event);
    }

    /** Whether a generation of the master secret was started in the knowledge of that key's revocation. */
    boolean isClosedAfterRevocation(KeyRef key) {
        return events.entrySet().stream()
                .filter(event -> event.getValue().what() == KeyEvent.What.REVOKED
                        && event.getValue().key().equals(key))
                .anyMatch(event -> closed.contains(event.getKey()));
    }

    /** The number that the next destruction of the key takes. */
    int nextDestruction(KeyRef key) {
        return 1
                + events.values().stream()
                        .filter(event -> event.key().equals(key) && event.what() != KeyEvent.What.REVOKED)
                        .mapToInt(KeyEvent::number)
                        .max()
                        .orElse(0);
    }

    private List<SeenRecord> of(String type) {
        return records.values().stream().filter(record -> record.is(type)).toList();
    }

    /** Only a key of the event's own generation or an older one can have been known to who made the event. */
    private boolean countsThoughLate(Hash hash, KeyEvent event) {
        SeenRecord record = records.get(hash);
        return event.what() == KeyEvent.What.REVOKED
                && record != null
                && generationOf(event.key()) <= record.generation();
    }

    private void findLate() {
        // Rivals of one number close together: what either of them knew came in time.
        Map<Integer, Set<Hash>> before = new TreeMap<>();
        for (SeenRecord closing : of(RingRecords.GENERATION)) {
            before.computeIfAbsent(closing.generation(), number -> new HashSet<>())
                    .addAll(ancestors(closing));
        }
        before.forEach((number, known) -> {
            closed.addAll(known);
            records.values().stream()
                    .filter(record -> record.generation() < number
                            && !record.is(RingRecords.GENESIS)
                            && !known.contains(record.hash()))
                    .forEach(record -> late.add(record.hash()));
        });
    }

    /** All that the record names, directly or not; the record of a destroyed key is stood for by its tomb. */
    private Set<Hash> ancestors(SeenRecord of) {
        Map<Hash, List<Hash>> tombs = new HashMap<>();
        of(RingRecords.EVENT).stream()
                .filter(record -> record.generation() >= of.generation())
                .forEach(record -> addTomb(record.hash(), tombs));
        Set<Hash> found = new HashSet<>();
        Deque<Hash> next = new ArrayDeque<>(of.previous());
        while (!next.isEmpty()) {
            Hash hash = next.pop();
            if (found.add(hash)) {
                SeenRecord record = records.get(hash);
                next.addAll(record != null ? record.previous() : tombs.getOrDefault(hash, List.of()));
                addTomb(hash, tombs)
                        .filter(found::contains)
                        .ifPresent(tomb -> next.addAll(tombs.getOrDefault(tomb, List.of())));
            }
        }
        return found;
    }

    private Optional<Hash> addTomb(Hash hash, Map<Hash, List<Hash>> tombs) {
        KeyEvent event = events.get(hash);
        if (event == null) {
            return Optional.empty();
        }
        event.tomb().ifPresent(tomb -> tombs.put(tomb.record(), tomb.previous()));
        return event.tomb().map(KeyEvent.Tomb::record);
    }

    private SeenRecord newestPolicy() {
        // A generation's record names the policy that stays in force: that holds even where the chain has a hole.
        Set<Hash> named = new HashSet<>();
        of(RingRecords.GENERATION).stream()
                .filter(record -> !isLate(record))
                .forEach(record -> named.add(Hash.parse(record.text().value("policy"))));
        List<SeenRecord> counting = of(RingRecords.POLICY).stream()
                .filter(record -> !isLate(record) || named.contains(record.hash()))
                .sorted(BY_VERSION)
                .toList();
        Optional<SeenRecord> newest = Optional.empty();
        for (SeenRecord record : counting) {
            // Whoever skips many numbers wants to use them up.
            if (newest.isEmpty() || PolicyRecords.number(record) - PolicyRecords.number(newest.get()) <= WIDEST_GAP) {
                newest = Optional.of(record);
            }
        }
        return newest.orElseThrow(() ->
                new RecordNotAuthentic("the ring has no authentic policy: restore its policy record from a backup"));
    }

    /** Policies that were written and do not count, unless another one was written since, in words. */
    List<String> overtakenPolicies() {
        return of(RingRecords.POLICY).stream()
                .filter(record ->
                        !record.equals(policy) && PolicyRecords.number(record) >= PolicyRecords.number(policy))
                .sorted(BY_VERSION)
                .map(record -> "the policy " + record.name() + " does not count, and "
                        + policy.name()
                        + " does: it was written when somebody else wrote one or revoked a key; look which"
                        + " one is wanted, and change the policy again")
                .toList();
    }

    private void findBarred() {
        Set<KeyRef> keys = new TreeSet<>(generations.keySet());
        history.tombs().forEach((key, tomb) -> {
            keys.add(key);
            if (tomb.barred()) {
                barred.add(key);
            }
        });
        late.forEach(hash -> {
            SeenRecord record = records.get(hash);
            KeyRef key = record == null ? null : record.key();
            if (key != null) {
                barred.add(key);
            }
        });
        // What is barred or given up stands in the way of honest epochs, which go around it.
        long gap = WIDEST_GAP + accepted().size() + barred.size();
        long last = 0;
        for (KeyRef key : keys) {
            Epoch epoch = key.epoch();
            if (epoch.value() - last > gap) {
                barred.add(key);
            } else if (!barred.contains(key)) {
                last = epoch.value();
            }
        }
    }

    private void findMissing(Set<Hash> pinned) {
        missing.addAll(pinned);
        records.values().stream()
                .filter(record -> !isLate(record))
                .forEach(record -> missing.addAll(record.previous()));
        history.tombs().values().forEach(tomb -> missing.addAll(tomb.previous()));
        missing.removeAll(records.keySet());
        history.tombs().values().forEach(tomb -> missing.remove(tomb.record()));
        missing.removeAll(accepted());
    }

    private Set<Hash> accepted() {
        Set<Hash> accepted = new HashSet<>();
        of(RingRecords.ACCEPTED).stream()
                .filter(record -> !isLate(record))
                .forEach(record -> accepted.addAll(EventRecords.lost(record.text())));
        return accepted;
    }
}
