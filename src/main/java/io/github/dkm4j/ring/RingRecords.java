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
import java.util.regex.Pattern;

/** Makes and reads the records of one ring. Record types: genesis, root, generation, policy, key, event, accepted, use. */
final class RingRecords {
    static final String GENESIS = "genesis";
    static final String ROOT = "root";
    static final String GENERATION = "generation";
    static final String POLICY = "policy";
    static final String KEY = "key";
    static final String EVENT = "event";
    static final String ACCEPTED = "accepted";
    static final String USE = "use";

    /** More heads than rivals can reasonably make; a record lists no more; as many fit into one. */
    private static final int MAX_PREVIOUS = 256;

    private static final Pattern NUMBER = Pattern.compile("[1-9][0-9]{0,8}");
    private static final Instant EARLIEST = Instant.parse("2000-01-01T00:00:00Z");
    private static final Instant LATEST = Instant.parse("9999-12-31T23:59:59Z");

    private RingRecords() {}

    static RecordText genesis(String ring, byte[] ringId, String wrapId, Instant now, MasterSecret master) {
        return new RecordText.Builder(GENESIS)
                .add("ring", ring)
                .add("ring-id", HexFormat.of().formatHex(ringId))
                .add("created", now)
                .add("kind", "simple")
                .add("generation", master.generation())
                .add("wrap-id", wrapId)
                .add("commitment", master.commitment())
                .build(master.recordKey());
    }

    static RecordText root(String ringId, String wrapId, String kind, RootWrap wrap, MasterSecret master) {
        return new RecordText.Builder(ROOT)
                .add("ring-id", ringId)
                .add("generation", master.generation())
                .add("wrap-id", wrapId)
                .add("root", kind)
                .add("parameters", wrap.parameters())
                .add("wrapped", wrap.wrapped())
                .build(master.recordKey());
    }

    /** What a root's wrap is bound to. */
    static byte[] rootBinding(String ringId, int generation, String wrapId, String kind) {
        return ("dkm4j root 1\nring-id: " + ringId + "\ngeneration: " + generation + "\nwrap-id: " + wrapId + "\nroot: "
                        + kind + "\n")
                .getBytes(StandardCharsets.US_ASCII);
    }

    /** Where a root's wrap of one generation stands. */
    static String rootSlot(String kind, String wrapId) {
        return ROOT + "-" + kind + "-" + wrapId;
    }

    /**
     * A new generation of the master secret.
     *
     * @param earlier the secret of the generation before, which whoever has the new one may read
     * @param policy the policy record that stays in force
     */
    static RecordText generation(
            String ringId,
            String wrapId,
            Instant now,
            String by,
            KeyMaterial earlier,
            Hash policy,
            Collection<Hash> heads,
            MasterSecret master,
            Ciphers ciphers,
            SecureRandom random) {
        RecordText.Builder record = chained(GENERATION, ringId, heads, master)
                .add("wrap-id", wrapId)
                .add("created", now)
                .add("by", Printable.escape(by))
                .add("policy", policy)
                .add("commitment", master.commitment());
        byte[] wrapped = KeyWrap.wrap(ciphers, random, master.wrappingKey(), record.soFar(), earlier);
        return record.add("earlier", wrapped).build(master.recordKey());
    }

    static KeyMaterial earlier(RecordText record, MasterSecret master, Ciphers ciphers) {
        try (KeyWrap unwrapper = new KeyWrap(ciphers)) {
            return unwrapped(record, "earlier", master, unwrapper);
        }
    }

    static RecordText key(
            String ringId,
            KeyMetadata metadata,
            KeyMaterial material,
            Collection<Hash> heads,
            MasterSecret master,
            Ciphers ciphers,
            SecureRandom random) {
        RecordText.Builder record = chained(KEY, ringId, heads, master)
                .add("epoch", metadata.epoch())
                .add("key-id", metadata.keyId())
                .add("created", metadata.createdAt())
                .add("activates", metadata.activatesAt());
        byte[] wrapped = KeyWrap.wrap(ciphers, random, master.wrappingKey(), record.soFar(), material);
        return record.add("wrapped", wrapped).build(master.recordKey());
    }

    /**
     * The metadata of a key record, as its maker signed it.
     *
     * @param ref the key version that it names
     */
    static KeyMetadata metadata(RecordText record, KeyRef ref) {
        Instant created = created(record);
        Instant activates = bounded(record.instant("activates"));
        if (activates.isBefore(created)) {
            throw new RecordNotAuthentic("it activates before it was created");
        }
        return KeyMetadata.of(ref, created, activates);
    }

    /**
     * The metadata with the activation time that counts: a minter that stalled between deciding and inserting must not
     * shorten anybody's window.
     *
     * @param storedAt when the store took the record, as far as the store's word is believed
     */
    static KeyMetadata counted(KeyMetadata signed, Optional<Instant> storedAt) {
        if (storedAt.isEmpty() || signed.epoch().equals(Epoch.FIRST)) {
            return signed;
        }
        Instant earliest = storedAt.get()
                .plusNanos(999_999)
                .truncatedTo(ChronoUnit.MILLIS)
                .plus(Duration.between(signed.createdAt(), signed.activatesAt()));
        return earliest.isAfter(signed.activatesAt())
                ? KeyMetadata.of(signed.ref(), signed.createdAt(), earliest)
                : signed;
    }

    static Instant created(RecordText record) {
        return bounded(record.instant("created"));
    }

    static Instant bounded(Instant instant) {
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

    static KeyMaterial material(RecordText record, MasterSecret master, KeyWrap unwrapper) {
        return unwrapped(record, "wrapped", master, unwrapper);
    }

    /** Which generation of the master secret a record hangs from. */
    static int generation(RecordText record) {
        return number(record, "generation");
    }

    /** Where a record belongs in the store; checked on reading, so that no record is passed off under another name. */
    static RecordName nameOf(RecordText record) {
        try {
            return switch (record.type()) {
                case GENESIS -> new RecordName(GENESIS, record.value("ring-id"));
                case ROOT ->
                    new RecordName(rootSlot(record.value("root"), record.value("wrap-id")), record.value("ring-id"));
                case GENERATION -> new RecordName(generationSlot(generation(record)), record.value("wrap-id"));
                case POLICY -> PolicyRecords.name(record);
                case KEY -> new RecordName(keySlot(ref(record).epoch()), record.value("key-id"));
                case EVENT -> new RecordName(EventRecords.event(record).slot(generation(record)), record.value("id"));
                case USE -> new RecordName(EventRecords.use(record).slot(), record.value("node"));
                case ACCEPTED -> new RecordName(ACCEPTED + "-" + record.value("id"), record.value("id"));
                default -> throw new RecordNotAuthentic("its type is unknown to this version");
            };
        } catch (IllegalArgumentException e) {
            throw new RecordNotAuthentic("its name is not of its form", e);
        }
    }

    static String generationSlot(int generation) {
        return String.format("%s-%04d", GENERATION, generation);
    }

    static String keySlot(Epoch epoch) {
        String digits = epoch.toString();
        return KEY + "-" + "0".repeat(10 - digits.length()) + digits;
    }

    static StoredRecord stored(RecordText record) {
        return StoredRecord.of(nameOf(record), record.bytes());
    }

    static List<Hash> previous(RecordText record) {
        return record.values("previous").stream().map(Hash::parse).toList();
    }

    private static KeyMaterial unwrapped(RecordText record, String line, MasterSecret master, KeyWrap unwrapper) {
        try {
            return unwrapper.unwrap(master.wrappingKey(), record.before(line), record.binary(line));
        } catch (AuthenticationFailed e) {
            throw new RecordNotAuthentic("its key does not unwrap", e);
        }
    }

    static int number(RecordText record, String name) {
        String text = record.value(name);
        // One way to write a number: nothing that Integer.parseInt takes besides, such as a sign or other digits.
        if (!NUMBER.matcher(text).matches()) {
            throw new RecordNotAuthentic("its line '" + name + "' is no number from 1 on");
        }
        return Integer.parseInt(text);
    }

    static RecordText.Builder chained(String type, String ringId, Collection<Hash> heads, MasterSecret master) {
        RecordText.Builder record = new RecordText.Builder(type).add("ring-id", ringId);
        heads.stream().limit(MAX_PREVIOUS).forEach(hash -> record.add("previous", hash));
        return record.add("generation", master.generation());
    }
}
