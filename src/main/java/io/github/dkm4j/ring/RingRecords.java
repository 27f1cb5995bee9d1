package io.github.dkm4j.ring;

import io.github.dkm4j.crypto.Ciphers;
import io.github.dkm4j.crypto.KeyMaterial;
import io.github.dkm4j.crypto.KeyWrap;
import io.github.dkm4j.key.AuthenticationFailed;
import io.github.dkm4j.key.Epoch;
import io.github.dkm4j.key.KeyId;
import io.github.dkm4j.key.KeyMetadata;
import io.github.dkm4j.key.KeyRef;
import io.github.dkm4j.key.RecordNotAuthentic;
import io.github.dkm4j.policy.AccessPolicy;
import io.github.dkm4j.root.RootWrap;
import io.github.dkm4j.store.RecordName;
import io.github.dkm4j.store.StoredRecord;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/** Makes and reads the records of one ring. Record types: genesis, root, policy, key. */
final class RingRecords {
    static final String GENESIS = "genesis";
    static final String ROOT = "root";
    static final String POLICY = "policy";
    static final String KEY = "key";

    /** More heads than rivals can reasonably make; a record lists no more. */
    private static final int MAX_PREVIOUS = 64;

    private static final Instant EARLIEST = Instant.parse("2000-01-01T00:00:00Z");
    private static final Instant LATEST = Instant.parse("9999-12-31T23:59:59Z");

    private RingRecords() {}

    static RecordText genesis(String ring, byte[] ringId, Instant now, MasterSecret master) {
        return new RecordText.Builder(GENESIS)
                .add("ring", ring)
                .add("ring-id", HexFormat.of().formatHex(ringId))
                .add("created", now)
                .add("kind", "simple")
                .add("generation", MasterSecret.FIRST_GENERATION)
                .add("commitment", master.commitment())
                .build(master.recordKey());
    }

    static RecordText root(String ringId, String kind, RootWrap wrap, MasterSecret master) {
        return new RecordText.Builder(ROOT)
                .add("ring-id", ringId)
                .add("generation", MasterSecret.FIRST_GENERATION)
                .add("root", kind)
                .add("parameters", wrap.parameters())
                .add("wrapped", wrap.wrapped())
                .build(master.recordKey());
    }

    /** What a root's wrap is bound to. */
    static byte[] rootBinding(String ringId, String kind) {
        return ("dkm4j root 1\nring-id: " + ringId + "\ngeneration: " + MasterSecret.FIRST_GENERATION + "\nroot: "
                        + kind + "\n")
                .getBytes(StandardCharsets.US_ASCII);
    }

    static RecordText policy(
            String ringId, int version, AccessPolicy policy, Collection<String> heads, MasterSecret master) {
        RecordText.Builder record = chained(POLICY, ringId, heads).add("version", version);
        policy.toLines().forEach(line -> record.add("rule", PolicyText.escape(line)));
        return record.build(master.recordKey());
    }

    static AccessPolicy policy(RecordText record) {
        try {
            return AccessPolicy.fromLines(
                    record.values("rule").stream().map(PolicyText::unescape).toList());
        } catch (IllegalArgumentException e) {
            throw new RecordNotAuthentic("its policy cannot be read: " + e.getMessage(), e);
        }
    }

    static RecordText key(
            String ringId,
            KeyMetadata metadata,
            KeyMaterial material,
            Collection<String> heads,
            MasterSecret master,
            Ciphers ciphers,
            SecureRandom random) {
        RecordText.Builder record = chained(KEY, ringId, heads)
                .add("generation", MasterSecret.FIRST_GENERATION)
                .add("epoch", metadata.epoch())
                .add("key-id", metadata.keyId())
                .add("created", metadata.createdAt())
                .add("activates", metadata.activatesAt());
        byte[] wrapped = KeyWrap.wrap(ciphers, random, master.wrappingKey(), record.soFar(), material);
        return record.add("wrapped", wrapped).build(master.recordKey());
    }

    /**
     * The metadata of a key record, with the activation time that counts.
     *
     * @param storedAt when the store took it, as far as the store's word is believed
     */
    static KeyMetadata metadata(RecordText record, Optional<Instant> storedAt) {
        KeyRef ref = ref(record);
        Instant created = created(record);
        Instant activates = bounded(record.instant("activates"));
        if (activates.isBefore(created)) {
            throw new RecordNotAuthentic("it activates before it was created");
        }
        // A minter that stalled between deciding and inserting must not shorten anybody's window.
        if (storedAt.isPresent() && !ref.epoch().equals(Epoch.FIRST)) {
            Instant earliest = storedAt.get()
                    .plusNanos(999_999)
                    .truncatedTo(ChronoUnit.MILLIS)
                    .plus(Duration.between(created, activates));
            activates = earliest.isAfter(activates) ? earliest : activates;
        }
        return KeyMetadata.of(ref, created, activates);
    }

    static Instant created(RecordText record) {
        return bounded(record.instant("created"));
    }

    private static Instant bounded(Instant instant) {
        if (instant.isBefore(EARLIEST) || instant.isAfter(LATEST)) {
            throw new RecordNotAuthentic("it holds a time outside the years 2000 to 9999");
        }
        return instant;
    }

    static KeyRef ref(RecordText record) {
        try {
            return new KeyRef(new Epoch(Long.parseLong(record.value("epoch"))), KeyId.parse(record.value("key-id")));
        } catch (IllegalArgumentException e) {
            throw new RecordNotAuthentic("its epoch or key id is not of its form", e);
        }
    }

    static KeyMaterial material(RecordText record, MasterSecret master, Ciphers ciphers) {
        try {
            return KeyWrap.unwrap(ciphers, master.wrappingKey(), record.before("wrapped"), record.binary("wrapped"));
        } catch (AuthenticationFailed e) {
            throw new RecordNotAuthentic("its key does not unwrap", e);
        }
    }

    /** Where a record belongs in the store; checked on reading, so that no record is passed off under another name. */
    static RecordName nameOf(RecordText record) {
        try {
            return switch (record.type()) {
                case GENESIS -> new RecordName(GENESIS, record.value("ring-id"));
                case ROOT -> new RecordName(ROOT + "-" + record.value("root"), record.value("ring-id"));
                case POLICY ->
                    new RecordName(
                            String.format("%s-%010d", POLICY, Integer.parseInt(record.value("version"))),
                            record.value("ring-id"));
                case KEY ->
                    new RecordName(
                            String.format("%s-%010d", KEY, ref(record).epoch().value()), record.value("key-id"));
                default -> throw new RecordNotAuthentic("its type is unknown to this version");
            };
        } catch (IllegalArgumentException e) {
            throw new RecordNotAuthentic("its name is not of its form", e);
        }
    }

    static StoredRecord stored(RecordText record) {
        return StoredRecord.of(nameOf(record), record.bytes());
    }

    static List<String> previous(RecordText record) {
        return record.values("previous");
    }

    private static RecordText.Builder chained(String type, String ringId, Collection<String> heads) {
        RecordText.Builder record = new RecordText.Builder(type).add("ring-id", ringId);
        heads.stream().sorted().limit(MAX_PREVIOUS).forEach(hash -> record.add("previous", hash));
        return record;
    }
}
