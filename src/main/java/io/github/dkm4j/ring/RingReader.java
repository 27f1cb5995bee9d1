package io.github.dkm4j.ring;

import io.github.dkm4j.crypto.KeyMaterial;
import io.github.dkm4j.key.ConfigurationMismatch;
import io.github.dkm4j.key.KeyMetadata;
import io.github.dkm4j.key.KeyRef;
import io.github.dkm4j.key.RecordNotAuthentic;
import io.github.dkm4j.key.RingNotFound;
import io.github.dkm4j.key.RootKeyDenied;
import io.github.dkm4j.policy.AccessPolicy;
import io.github.dkm4j.root.RootWrap;
import io.github.dkm4j.store.StoredRecord;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Turns what the store says into a snapshot. A record counts only if it is authentic, belongs to this ring and stands
 * under its own name. What does not count is set aside and reported, and makes the view incomplete; so does a record
 * that another one names and that is not there. The result is the join with what this process has seen before: it
 * never knows less than it did.
 */
final class RingReader implements AutoCloseable {
    private final RingSettings settings;
    private final MasterSecret master;
    private final RecordText genesis;
    private final String ringId;

    private RingReader(RingSettings settings, MasterSecret master, RecordText genesis) {
        this.settings = settings;
        this.master = master;
        this.genesis = genesis;
        this.ringId = genesis.value("ring-id");
    }

    /** Unwraps the master secret and checks it against the genesis. */
    static RingReader open(RingSettings settings, List<StoredRecord> stored) {
        if (stored.isEmpty()) {
            throw new RingNotFound("the store has no ring " + settings.name() + ": an operator creates it with init");
        }
        RecordText genesis = one(stored, RingRecords.GENESIS, RingRecords.GENESIS);
        if (!genesis.value("ring").equals(settings.name())) {
            throw new RecordNotAuthentic("the genesis is that of another ring than " + settings.name());
        }
        settings.pin().filter(pin -> !pin.equals(genesis.hash())).ifPresent(pin -> {
            throw new ConfigurationMismatch("the ring's genesis is " + genesis.hash() + ", not the pinned " + pin);
        });
        byte[] ringId = ringId(genesis);
        String kind = settings.root().kind();
        RecordText root = one(stored, RingRecords.ROOT + "-" + kind, RingRecords.ROOT);
        byte[] binding = RingRecords.rootBinding(genesis.value("ring-id"), kind);
        RootWrap wrap = wrap(root);
        byte[] secret = settings.root().unwrap(wrap, binding);
        MasterSecret master;
        try (KeyMaterial material = KeyMaterial.copyOf(secret)) {
            master = new MasterSecret(material, ringId, MasterSecret.FIRST_GENERATION);
        } finally {
            Arrays.fill(secret, (byte) 0);
        }
        try {
            master.checkAgainst(genesis);
            verify(genesis, master, RingRecords.GENESIS);
            verify(root, master, RingRecords.ROOT);
            return new RingReader(settings, master, genesis);
        } catch (RuntimeException e) {
            master.close();
            throw e;
        }
    }

    /** Joins what the store has with what was known. */
    RingSnapshot read(List<StoredRecord> stored, @Nullable RingSnapshot known, Instant now) {
        Map<KeyRef, KeyVersion> keys = new HashMap<>();
        try {
            return read(stored, known, now, keys);
        } catch (RuntimeException e) {
            keys.values().stream()
                    .filter(key -> known == null || known.key(key.metadata().ref()) == null)
                    .forEach(key -> key.material().destroy());
            throw e;
        }
    }

    private RingSnapshot read(
            List<StoredRecord> stored, @Nullable RingSnapshot known, Instant now, Map<KeyRef, KeyVersion> keys) {
        Map<String, RecordText> records = new HashMap<>();
        Map<String, Optional<Instant>> storedAt = new HashMap<>();
        Findings findings = new Findings();
        for (StoredRecord candidate : stored) {
            try {
                RecordText record = authentic(candidate);
                records.put(record.hash(), record);
                storedAt.put(record.hash(), candidate.storedAt());
            } catch (RecordNotAuthentic e) {
                findings.add("record " + candidate.name() + " is not authentic: " + e.getMessage()
                        + "; restore it from a backup");
            }
        }
        Map<String, Instant> namedAt = namedAt(records.values());
        for (Map.Entry<String, RecordText> entry : records.entrySet()) {
            RecordText record = entry.getValue();
            if (record.type().equals(RingRecords.KEY)) {
                Optional<Instant> taken = storedAt.getOrDefault(entry.getKey(), Optional.empty());
                if (taken.isPresent() && taken.get().isAfter(now.plus(Ring.TOLERATED_SKEW))) {
                    findings.add("the store says that it took " + RingRecords.nameOf(record)
                            + " in the future: its clock or ours is wrong, or somebody wrote that");
                    taken = Optional.empty();
                }
                // Whoever named the record had read it: the store took it no later than that.
                Instant named = namedAt.get(entry.getKey());
                taken = taken.map(time -> named != null && named.isBefore(time) ? named : time);
                unwrap(record, taken, known, keys);
            }
        }
        if (known != null) {
            for (Map.Entry<String, RecordText> seen : known.records().entrySet()) {
                if (!records.containsKey(seen.getKey())) {
                    findings.add("the store lost a record that this process has seen: "
                            + RingRecords.nameOf(seen.getValue()));
                }
            }
            known.records().forEach(records::putIfAbsent);
            known.keys().forEach(keys::putIfAbsent);
        }
        Set<String> missing = new TreeSet<>();
        records.values().forEach(record -> missing.addAll(RingRecords.previous(record)));
        missing.removeAll(records.keySet());
        missing.forEach(hash -> findings.add("a record is missing that another one names: " + hash));
        AccessPolicy policy = policy(records);
        if (known != null && known.policy().equals(policy)) {
            policy = known.policy(); // the same object: cached answers were given for it
        }
        return new RingSnapshot(policy, keys, records, findings.listed(), findings.none(), now);
    }

    private RecordText authentic(StoredRecord candidate) {
        RecordText record = RecordText.parse(candidate.content());
        record.verify(master.recordKey());
        if (!record.value("ring-id").equals(ringId)) {
            throw new RecordNotAuthentic("it belongs to another ring");
        }
        if (!RingRecords.nameOf(record).equals(candidate.name())) {
            throw new RecordNotAuthentic("it stands under another record's name");
        }
        return record;
    }

    private void unwrap(
            RecordText record, Optional<Instant> storedAt, @Nullable RingSnapshot known, Map<KeyRef, KeyVersion> keys) {
        KeyMetadata metadata = RingRecords.metadata(record, storedAt);
        KeyVersion before = known == null ? null : known.key(metadata.ref());
        if (before == null) {
            keys.put(metadata.ref(), KeyVersion.of(metadata, RingRecords.material(record, master, settings.ciphers())));
            return;
        }
        // The store's word on when it took a record can only make a key count earlier, never later again.
        boolean later = metadata.activatesAt().isAfter(before.metadata().activatesAt());
        keys.put(metadata.ref(), later ? before : KeyVersion.of(metadata, before.material()));
    }

    /** For each record that a key record names, when the earliest of those was made. */
    private static Map<String, Instant> namedAt(Collection<RecordText> records) {
        Map<String, Instant> namedAt = new HashMap<>();
        for (RecordText record : records) {
            if (record.type().equals(RingRecords.KEY)) {
                Instant created = RingRecords.created(record);
                RingRecords.previous(record)
                        .forEach(hash -> namedAt.merge(hash, created, (a, b) -> a.isBefore(b) ? a : b));
            }
        }
        return namedAt;
    }

    RecordText newKey(KeyMetadata metadata, KeyMaterial material, Set<String> heads) {
        return RingRecords.key(ringId, metadata, material, heads, master, settings.ciphers(), settings.random());
    }

    String identity() {
        return genesis.hash();
    }

    private static RootWrap wrap(RecordText root) {
        try {
            return new RootWrap(root.value("parameters"), root.binary("wrapped"));
        } catch (IllegalArgumentException e) {
            throw new RecordNotAuthentic("the root's record is not of its form: " + e.getMessage(), e);
        }
    }

    private static AccessPolicy policy(Map<String, RecordText> records) {
        Optional<RecordText> newest = records.values().stream()
                .filter(record -> record.type().equals(RingRecords.POLICY))
                .max(Comparator.comparing(record -> RingRecords.nameOf(record).slot()));
        return RingRecords.policy(newest.orElseThrow(() ->
                new RecordNotAuthentic("the ring has no authentic policy: restore its policy record from a backup")));
    }

    private static RecordText one(List<StoredRecord> stored, String slot, String type) {
        List<StoredRecord> found = stored.stream()
                .filter(record -> record.name().slot().equals(slot))
                .toList();
        if (found.isEmpty() && type.equals(RingRecords.ROOT)) {
            throw new RootKeyDenied(
                    "the ring's master secret is not wrapped by a root of this kind: no record " + slot);
        }
        if (found.size() != 1) {
            throw new RecordNotAuthentic("the ring has " + found.size() + " records " + slot + " instead of one");
        }
        try {
            RecordText record = RecordText.parse(found.get(0).content());
            if (!record.type().equals(type)) {
                throw new RecordNotAuthentic("it is of another type");
            }
            return record;
        } catch (RecordNotAuthentic e) {
            throw notAuthentic(slot, e);
        }
    }

    private static void verify(RecordText record, MasterSecret master, String what) {
        try {
            record.verify(master.recordKey());
        } catch (RecordNotAuthentic e) {
            throw notAuthentic(what, e);
        }
    }

    private static RecordNotAuthentic notAuthentic(String what, RecordNotAuthentic cause) {
        return new RecordNotAuthentic(
                "record " + what + " is not authentic: " + cause.getMessage() + "; restore it from a backup", cause);
    }

    private static byte[] ringId(RecordText genesis) {
        String text = genesis.value("ring-id");
        if (!text.matches("[0-9a-f]{32}")) {
            throw new RecordNotAuthentic("the genesis has no well-formed ring id");
        }
        return HexFormat.of().parseHex(text);
    }

    @Override
    public void close() {
        master.close();
    }
}
