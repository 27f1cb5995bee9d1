package io.github.dkm4j.ring;

import io.github.dkm4j.crypto.KeyMaterial;
import io.github.dkm4j.key.KeyMetadata;
import io.github.dkm4j.key.KeyRef;
import io.github.dkm4j.key.RecordNotAuthentic;
import io.github.dkm4j.policy.AccessPolicy;
import io.github.dkm4j.store.RecordName;
import io.github.dkm4j.store.StoredRecord;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Turns what the store says into a snapshot. A record counts only if it is authentic, belongs to this ring and stands
 * under its own name. What does not count is set aside and reported, and makes the view incomplete; so does a record
 * that another one names and that is not there. The result is the join with what this process has seen before: it
 * never knows less than it did.
 */
final class RingReader {
    private final RingSettings settings;
    private final Generations generations;
    private final @Nullable RingSnapshot known;
    private final Instant now;
    private final Findings findings = new Findings();
    private final Map<Hash, SeenRecord> records = new HashMap<>();
    private final Map<Hash, Optional<Instant>> storedAt = new HashMap<>();
    private final Map<KeyRef, KeyVersion> keys = new HashMap<>();
    private final Map<Hash, KeyMetadata> signed = new HashMap<>();
    private final Map<Hash, RecordText> texts = new HashMap<>();
    private final Map<Hash, Use> uses = new HashMap<>();

    private final Secrets secrets;

    private final Set<Hash> pinned;
    private final Set<RecordName> rootsSeen = new HashSet<>();
    private final Set<RecordName> doubtful = new HashSet<>();

    private RingReader(
            RingSettings settings,
            Generations generations,
            @Nullable RingSnapshot known,
            Set<Hash> pinned,
            Instant now) {
        this.pinned = pinned;
        this.settings = settings;
        this.generations = generations;
        this.secrets = new Secrets(settings.ciphers(), generations);
        this.known = known;
        this.now = now;
    }

    /** Joins what the store has with what was known. */
    static RingSnapshot read(
            RingSettings settings,
            Generations generations,
            List<StoredRecord> stored,
            @Nullable RingSnapshot known,
            Set<Hash> pinned,
            Instant now) {
        RingReader reader = new RingReader(settings, generations, known, pinned, now);
        try {
            return reader.snapshot(stored);
        } catch (RuntimeException e) {
            reader.discard();
            throw e;
        } finally {
            reader.secrets.close();
        }
    }

    private RingSnapshot snapshot(List<StoredRecord> stored) {
        stored.forEach(this::take);
        List<SeenRecord> lost = new ArrayList<>();
        if (known != null) {
            known.records().values().stream()
                    .filter(record -> !records.containsKey(record.hash()))
                    .forEach(lost::add);
            lost.forEach(record -> records.put(record.hash(), record));
        }
        Ledger ledger = new Ledger(records, pinned);
        requirePolicy(ledger);
        Map<KeyRef, KeyEvent.Tomb> tombs = ledger.history().tombs();
        List<SeenRecord> buried = new ArrayList<>();
        tombs.forEach((key, tomb) -> {
            SeenRecord record = records.get(tomb.record());
            // An end that names another record than its key's own removes nothing.
            if (record != null && key.equals(record.key())) {
                records.remove(tomb.record());
                buried.add(record);
            }
        });
        lost.removeAll(buried);
        lost.forEach(record -> findings.add("the store lost a record that this process has seen: " + record.name()));
        ledger.missing().forEach(hash -> findings.add("a record is missing that another one names: " + hash));
        List<StoredRecord> rootsLost = generations.roots().stream()
                .filter(root -> !rootsSeen.contains(root.name()))
                .toList();
        if (!rootsLost.isEmpty()) {
            findings.add("the root's wrap of the master secret is missing or altered: without it no process opens the"
                    + " ring any more; restore it from a backup");
        }
        Map<Hash, Instant> namedAt = namedAt();
        boolean hole = !ledger.missing().isEmpty();
        records.values().stream()
                .filter(record -> !hole || !isKnownDestroyed(record))
                .forEach(record -> unwrap(record, namedAt));
        tombs.forEach((key, tomb) ->
                keys.put(key, KeyVersion.destroyed(KeyMetadata.of(key, tomb.createdAt(), tomb.activatesAt()))));
        keys.replaceAll((ref, key) -> key.with(ledger.history().applied(key.metadata())));
        if (known != null) {
            // What was destroyed here stays known as destroyed.
            known.keys().values().stream()
                    .filter(key -> key.metadata().destroyedAt().isPresent())
                    .forEach(key -> keys.putIfAbsent(key.metadata().ref(), key));
        }
        return new RingSnapshot(
                policy(ledger),
                keys,
                records,
                generations,
                ledger,
                uses,
                RingSnapshot.Repairs.of(stored, lost, buried, rootsLost),
                findings,
                now);
    }

    /** Who knows nothing yet does not go by an older policy where the newest may be one that was altered. */
    private void requirePolicy(Ledger ledger) {
        boolean altered = doubtful.stream()
                .map(RecordName::slot)
                .anyMatch(
                        slot -> slot.startsWith(RingRecords.POLICY + "-") && slot.compareTo(ledger.policySlot()) >= 0);
        if (known == null && altered && !ledger.missing().isEmpty()) {
            throw new RecordNotAuthentic(
                    "a record of the ring's policy was altered, and it may be the newest: restore it"
                            + " from a backup");
        }
    }

    private AccessPolicy policy(Ledger ledger) {
        // The same object where it is the same policy: cached answers were given for it.
        return known != null && known.ledger().policyRecord().equals(ledger.policyRecord())
                ? known.policy()
                : ledger.policyVersion().policy();
    }

    private void take(StoredRecord candidate) {
        if (candidate.name().isOfTrail()) {
            return;
        }
        try {
            byte[] content = candidate.content();
            Hash hash = Hash.of(content);
            SeenRecord before = known == null ? null : known.records().get(hash);
            if (isRoot(candidate, content)) {
                return;
            }
            Use use = known == null ? null : known.uses().get(hash);
            if (use != null) {
                uses.put(hash, use);
                return;
            }
            SeenRecord record = before != null ? before : authentic(content, hash);
            if (record == null) {
                return;
            }
            if (!record.isNamed(candidate.name())) {
                throw new RecordNotAuthentic("it stands under another record's name");
            }
            records.put(hash, record);
            Optional<Instant> taken = believable(candidate);
            if (before == null) {
                storedAt.put(hash, taken);
            }
        } catch (RecordNotAuthentic e) {
            doubtful.add(candidate.name());
            String finding = "record " + candidate.name() + " is not authentic: " + e.getMessage();
            if (candidate.name().slot().startsWith(RingRecords.USE + "-")) {
                // A count is no part of the chain: whoever may state his use, and no more, must not stop the ring by
                // it.
                findings.remark(finding + "; delete it");
            } else {
                findings.add(finding + "; restore it from a backup");
            }
        }
    }

    /** The record; null for a root's wrap and for a count, which are no part of the chain. */
    private @Nullable SeenRecord authentic(byte[] content, Hash hash) {
        RecordText text = RecordText.parse(content);
        if (text.type().equals(RingRecords.ROOT)) {
            return null;
        }
        secrets.verify(text);
        if (!text.value("ring-id").equals(generations.genesis().value("ring-id"))) {
            throw new RecordNotAuthentic("it belongs to another ring");
        }
        if (text.type().equals(RingRecords.USE)) {
            uses.put(hash, EventRecords.use(text));
            return null;
        }
        SeenRecord record = SeenRecord.of(text, hash, records);
        checkForm(text, record);
        texts.put(hash, text);
        return record;
    }

    /** Reads every part that is needed later, so that a record which cannot be read is set aside now and alone. */
    private void checkForm(RecordText text, SeenRecord record) {
        RingRecords.nameOf(text);
        switch (text.type()) {
            case RingRecords.POLICY -> PolicyRecords.read(text);
            case RingRecords.KEY -> signed.put(record.hash(), signed(record, text));
            case RingRecords.EVENT -> EventRecords.event(text);
            case RingRecords.ACCEPTED -> EventRecords.lost(text);
            case RingRecords.GENERATION -> Hash.parse(text.value("policy"));
            default -> {}
        }
    }

    private Optional<Instant> believable(StoredRecord candidate) {
        Optional<Instant> taken = candidate.storedAt();
        // By the clock as it is now: reading may have taken long, and records were added meanwhile.
        Instant latest = settings.clock().instant().plus(settings.clockSkew());
        if (taken.isPresent() && taken.get().isAfter(latest)) {
            findings.add("the store says that it took " + candidate.name()
                    + " in the future: its clock or ours is wrong, or somebody wrote that");
            return Optional.empty();
        }
        return taken;
    }

    private void unwrap(SeenRecord record, Map<Hash, Instant> namedAt) {
        KeyRef ref = record.key();
        if (ref == null) {
            return;
        }
        KeyVersion before = known == null ? null : known.key(ref);
        // One whose destruction was undone after all is unwrapped again.
        if (before != null && !before.material().isDestroyed()) {
            // What the store says of when it took a record counts once: later it could only be somebody's second
            // thought.
            keys.put(ref, before);
            return;
        }
        RecordText text = text(record);
        Instant named = namedAt.get(record.hash());
        // Whoever named the record had read it: the store took it no later than that.
        Optional<Instant> taken = storedAt.getOrDefault(record.hash(), Optional.empty())
                .map(time -> named != null && named.isBefore(time) ? named : time);
        try {
            keys.put(ref, KeyVersion.of(RingRecords.counted(signed(record), taken), secrets.material(text)));
        } catch (RecordNotAuthentic e) {
            findings.add(
                    "record " + record.name() + " is not authentic: " + e.getMessage() + "; restore it from a backup");
        }
    }

    /** A hole in the chain can hide why a key's end counts, and a backup can bring back its record. */
    private boolean isKnownDestroyed(SeenRecord record) {
        KeyVersion before = known == null || record.key() == null ? null : known.key(record.key());
        return before != null && before.material().isDestroyed();
    }

    /** For each record that a key record names, when the earliest of those was made. */
    private Map<Hash, Instant> namedAt() {
        Map<Hash, Instant> namedAt = new HashMap<>();
        if (known == null || storedAt.values().stream().anyMatch(Optional::isPresent)) {
            Collection<SeenRecord> naming = records.values();
            for (SeenRecord record : naming) {
                if (record.key() != null && !record.previous().isEmpty() && namesNew(record)) {
                    Instant created = signed(record).createdAt();
                    record.previous().forEach(hash -> namedAt.merge(hash, created, (a, b) -> a.isBefore(b) ? a : b));
                }
            }
        }
        return namedAt;
    }

    /** Whether it stands in the place of a root's wrap that counts; notes those that are as they were. */
    private boolean isRoot(StoredRecord candidate, byte[] content) {
        for (StoredRecord root : generations.roots()) {
            if (root.name().equals(candidate.name())) {
                if (Arrays.equals(content, root.content())) {
                    rootsSeen.add(root.name());
                }
                return true;
            }
        }
        return false;
    }

    /** What a key record says, which for a new one was read already. */
    private KeyMetadata signed(SeenRecord record) {
        KeyMetadata read = signed.get(record.hash());
        return read != null ? read : signed(record, record.text());
    }

    private static KeyMetadata signed(SeenRecord record, RecordText text) {
        KeyRef key = record.key();
        if (key == null) {
            throw new IllegalStateException("only key records are signed so");
        }
        return RingRecords.metadata(text, key);
    }

    /** The record's text, which for a new one was parsed already. */
    private RecordText text(SeenRecord record) {
        RecordText parsed = texts.get(record.hash());
        return parsed != null ? parsed : record.text();
    }

    private boolean namesNew(SeenRecord record) {
        return record.previous().stream().anyMatch(storedAt::containsKey);
    }

    private void discard() {
        keys.values().stream()
                .filter(key -> known == null || known.key(key.metadata().ref()) == null)
                .map(KeyVersion::material)
                .forEach(KeyMaterial::destroy);
    }
}
