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
import java.util.ArrayList;
import java.util.Arrays;
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
        RootWrap wrap = new RootWrap(root.value("parameters"), root.binary("wrapped"));
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
        Map<String, RecordText> records = new HashMap<>();
        Map<KeyRef, KeyVersion> keys = new HashMap<>();
        List<String> findings = new ArrayList<>();
        for (StoredRecord candidate : stored) {
            try {
                RecordText record = RecordText.parse(candidate.content());
                accept(candidate, record, known, keys);
                records.put(record.hash(), record);
            } catch (RecordNotAuthentic e) {
                findings.add("record " + candidate.name() + " is not authentic: " + e.getMessage()
                        + "; restore it from a backup");
            }
        }
        boolean complete = findings.isEmpty();
        if (known != null) {
            for (Map.Entry<String, RecordText> seen : known.records().entrySet()) {
                if (!records.containsKey(seen.getKey())) {
                    complete = false;
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
        complete &= missing.isEmpty() && records.containsKey(genesis.hash());
        AccessPolicy policy = policy(records);
        if (known != null && known.policy().equals(policy)) {
            policy = known.policy(); // the same object: cached answers were given for it
        }
        return new RingSnapshot(policy, keys, records, findings, complete, now);
    }

    private void accept(
            StoredRecord candidate, RecordText record, @Nullable RingSnapshot known, Map<KeyRef, KeyVersion> keys) {
        record.verify(master.recordKey());
        if (!record.value("ring-id").equals(ringId)) {
            throw new RecordNotAuthentic("it belongs to another ring");
        }
        if (!RingRecords.nameOf(record).equals(candidate.name())) {
            throw new RecordNotAuthentic("it stands under another record's name");
        }
        if (!record.type().equals(RingRecords.KEY)) {
            return;
        }
        KeyMetadata metadata = RingRecords.metadata(record, candidate.storedAt().orElse(null));
        KeyVersion before = known == null ? null : known.key(metadata.ref());
        if (before == null) {
            keys.put(metadata.ref(), KeyVersion.of(metadata, RingRecords.material(record, master, settings.ciphers())));
            return;
        }
        // The store's word on when it took a record can only make a key count earlier, never later again.
        boolean later = metadata.activatesAt().isAfter(before.metadata().activatesAt());
        keys.put(metadata.ref(), later ? before : KeyVersion.of(metadata, before.material()));
    }

    RecordText newKey(KeyMetadata metadata, KeyMaterial material, Set<String> heads) {
        return RingRecords.key(ringId, metadata, material, heads, master, settings.ciphers(), settings.random());
    }

    String identity() {
        return genesis.hash();
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
