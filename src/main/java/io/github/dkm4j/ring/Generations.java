package io.github.dkm4j.ring;

import io.github.dkm4j.crypto.KeyMaterial;
import io.github.dkm4j.key.ConfigurationMismatch;
import io.github.dkm4j.key.RecordNotAuthentic;
import io.github.dkm4j.key.RingNotFound;
import io.github.dkm4j.key.RootKeyDenied;
import io.github.dkm4j.root.RootWrap;
import io.github.dkm4j.store.StoredRecord;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The generations of a ring's master secret. The root is asked once, for the newest; each generation's record holds the
 * secret of the one before, so that whoever has a newer one reads everything and whoever stole an older one reads
 * nothing later. The oldest must be the one that the genesis commits to.
 */
final class Generations implements AutoCloseable {
    private final RecordText genesis;
    private final byte[] ringId;
    private final TreeMap<Integer, MasterSecret> masters = new TreeMap<>();
    private final StoredRecord root;

    private Generations(RecordText genesis, StoredRecord root) {
        this.genesis = genesis;
        this.ringId = ringId(genesis);
        this.root = root;
    }

    /** Unwraps the newest master secret, and with it all others. */
    static Generations open(RingSettings settings, List<StoredRecord> stored) {
        if (stored.isEmpty()) {
            throw new RingNotFound("the store has no ring " + settings.name() + ": an operator creates it with init");
        }
        RecordText genesis = one(stored, RingRecords.GENESIS, RingRecords.GENESIS);
        if (!genesis.value("ring").equals(settings.name())) {
            throw new RecordNotAuthentic("the genesis is that of another ring than " + settings.name());
        }
        settings.pin().filter(pin -> !pin.equals(genesis.hash().toString())).ifPresent(pin -> {
            throw new ConfigurationMismatch("the ring's genesis is " + genesis.hash() + ", not the pinned " + pin);
        });
        RecordText head = head(stored);
        RecordText root = rootRecord(settings, head, stored);
        Generations generations = new Generations(genesis, RingRecords.stored(root));
        try {
            generations.descend(settings, stored, head, root);
            return generations;
        } catch (RuntimeException e) {
            generations.close();
            throw e;
        }
    }

    /** The newest generation's number that the store's records claim. */
    static int newest(List<StoredRecord> stored) {
        return stored.stream()
                .map(record -> record.name().slot())
                .filter(slot ->
                        slot.startsWith(RingRecords.GENERATION) && slot.matches(RingRecords.GENERATION + "-[0-9]{4}"))
                .mapToInt(slot -> Integer.parseInt(slot.substring(RingRecords.GENERATION.length() + 1)))
                .max()
                .orElse(MasterSecret.FIRST_GENERATION);
    }

    /** What the generations' records and their wraps say, unverified: the same claim has the same hash. */
    static Hash claim(List<StoredRecord> stored) {
        StringBuilder claim = new StringBuilder();
        stored.stream()
                .filter(record -> record.name().slot().startsWith(RingRecords.ROOT + "-")
                        || record.name().slot().startsWith(RingRecords.GENERATION + "-"))
                .forEach(record -> claim.append(record.name()).append(Hash.of(record.content())));
        return Hash.of(claim.toString().getBytes(StandardCharsets.US_ASCII));
    }

    /** The secret of the newest generation, the caller's to destroy; asks the root. */
    static KeyMaterial secret(RingSettings settings, List<StoredRecord> stored) {
        RecordText head = head(stored);
        return secret(settings, head, rootRecord(settings, head, stored));
    }

    private static RecordText rootRecord(RingSettings settings, RecordText head, List<StoredRecord> stored) {
        String slot = RingRecords.rootSlot(settings.root().kind(), head.value("wrap-id"));
        return one(stored, slot, RingRecords.ROOT);
    }

    private static KeyMaterial secret(RingSettings settings, RecordText head, RecordText root) {
        byte[] binding = RingRecords.rootBinding(
                head.value("ring-id"),
                RingRecords.generation(head),
                head.value("wrap-id"),
                settings.root().kind());
        byte[] secret = settings.root().unwrap(wrap(root), binding);
        try {
            return KeyMaterial.copyOf(secret);
        } finally {
            Arrays.fill(secret, (byte) 0);
        }
    }

    /** The record that the newest generation's secret belongs to: its own, or the genesis. */
    static RecordText head(List<StoredRecord> stored) {
        int newest = newest(stored);
        return newest == MasterSecret.FIRST_GENERATION
                ? one(stored, RingRecords.GENESIS, RingRecords.GENESIS)
                : generation(stored, newest);
    }

    MasterSecret newest() {
        return masters.lastEntry().getValue();
    }

    /** The root's wrap of the newest master secret. */
    StoredRecord root() {
        return root;
    }

    /** Whether the other has every generation that this one has, and the same. */
    boolean isContinuedBy(Generations other) {
        return masters.entrySet().stream().allMatch(known -> {
            MasterSecret theirs = other.get(known.getKey());
            return theirs != null && theirs.commitment().equals(known.getValue().commitment());
        });
    }

    /** The generation of that number; null if there is none. */
    @Nullable MasterSecret get(int generation) {
        return masters.get(generation);
    }

    RecordText genesis() {
        return genesis;
    }

    byte[] ringId() {
        return ringId.clone();
    }

    private void descend(RingSettings settings, List<StoredRecord> stored, RecordText head, RecordText root) {
        int newest = newest(stored);
        KeyMaterial secret = secret(settings, head, root);
        try {
            for (int number = newest; ; number--) {
                RecordText record = number == MasterSecret.FIRST_GENERATION ? genesis : generation(stored, number);
                MasterSecret master = new MasterSecret(secret, ringId, number);
                masters.put(number, master);
                master.checkAgainst(record);
                verify(record, master);
                if (number == newest) {
                    verify(root, master);
                }
                if (number == MasterSecret.FIRST_GENERATION) {
                    return;
                }
                KeyMaterial earlier = RingRecords.earlier(record, master, settings.ciphers());
                secret.destroy();
                secret = earlier;
            }
        } finally {
            secret.destroy();
        }
    }

    private static RecordText generation(List<StoredRecord> stored, int number) {
        return one(stored, String.format("%s-%04d", RingRecords.GENERATION, number), RingRecords.GENERATION);
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
            throw new RecordNotAuthentic(
                    "the ring has " + found.size() + " records " + slot + " instead of one; restore it from a backup");
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

    private static RootWrap wrap(RecordText root) {
        try {
            return new RootWrap(root.value("parameters"), root.binary("wrapped"));
        } catch (IllegalArgumentException e) {
            throw new RecordNotAuthentic("the root's record is not of its form: " + e.getMessage(), e);
        }
    }

    private static void verify(RecordText record, MasterSecret master) {
        try {
            record.verify(master.recordKey());
        } catch (RecordNotAuthentic e) {
            throw notAuthentic(record.type(), e);
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
        masters.values().forEach(MasterSecret::close);
    }

    /** Which generations there are, for messages. */
    @Override
    public String toString() {
        return "Generations" + masters.keySet();
    }
}
