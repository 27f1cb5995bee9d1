package io.github.dkm4j.ring;

import io.github.dkm4j.crypto.KeyMaterial;
import io.github.dkm4j.key.ConfigurationMismatch;
import io.github.dkm4j.key.RecordNotAuthentic;
import io.github.dkm4j.key.RingNotFound;
import io.github.dkm4j.key.RootKeyDenied;
import io.github.dkm4j.store.StoredRecord;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * The generations of a ring's master secret. The root is asked for the newest; each generation's record holds the secret of
 * the one before, so that whoever has a newer one reads everything and whoever stole an older one reads nothing later. The
 * oldest must be the one that the genesis commits to. Where a store let two administrators start the same generation at once,
 * both count: the root is asked for each, and new records hang from the one with the lower wrap id.
 */
final class Generations implements AutoCloseable {
    /** More than rivals can reasonably make; each costs a question to the root. */
    private static final int MOST_STARTS = 16;

    private final RecordText genesis;
    private final byte[] ringId;
    private final List<Branch> branches = new ArrayList<>();
    private final Map<String, StoredRecord> roots = new TreeMap<>();

    /**
     * One generation's secret.
     *
     * @param record what commits to it: the generation's own record, or the genesis
     */
    private record Branch(MasterSecret master, RecordText record) {
        String wrapId() {
            return record.value("wrap-id");
        }
    }

    private Generations(RecordText genesis) {
        this.genesis = genesis;
        this.ringId = ringId(genesis);
    }

    /** Unwraps the newest master secret, and with it all others. */
    static Generations open(RingSettings settings, List<StoredRecord> stored) {
        if (stored.isEmpty()) {
            throw new RingNotFound("the store has no ring " + settings.name()
                    + ": an operator creates it with init, or this account must be let in");
        }
        RecordText genesis = StoredTexts.one(stored, RingRecords.GENESIS, RingRecords.GENESIS);
        if (!genesis.value("ring").equals(settings.name())) {
            throw new RecordNotAuthentic("the genesis is that of another ring than " + settings.name());
        }
        settings.pin().filter(pin -> !pin.equals(genesis.hash().toString())).ifPresent(pin -> {
            throw new ConfigurationMismatch("the ring's genesis is " + genesis.hash() + ", not the pinned " + pin);
        });
        Generations generations = new Generations(genesis);
        try {
            generations.openAll(settings, stored);
            return generations;
        } catch (RuntimeException e) {
            generations.close();
            throw e;
        }
    }

    /** What the generations' records and their wraps say, unverified: the same claim has the same hash. */
    static Hash claim(List<StoredRecord> stored) {
        StringBuilder claim = new StringBuilder();
        stored.stream()
                .filter(record -> isGeneration(record) || record.name().slot().startsWith(RingRecords.ROOT + "-"))
                .forEach(record -> claim.append(record.name()).append(Hash.of(record.content())));
        return Hash.of(claim.toString().getBytes(StandardCharsets.US_ASCII));
    }

    /** Whether the store has a generation's record that this does not know. */
    boolean lacks(List<StoredRecord> stored) {
        Set<Hash> known =
                branches.stream().map(branch -> branch.record().hash()).collect(Collectors.toSet());
        return stored.stream()
                .filter(Generations::isGeneration)
                .anyMatch(record -> !known.contains(Hash.of(record.content())));
    }

    /** The generation that new records hang from. */
    MasterSecret newest() {
        return newestBranch().master();
    }

    /** The newest generation's secret, the caller's to destroy; asks the root. */
    KeyMaterial secret(RingSettings settings) {
        Branch newest = newestBranch();
        StoredRecord root = roots.get(newest.wrapId());
        if (root == null) {
            throw new IllegalStateException("the newest generation was opened without its root");
        }
        return secret(settings, newest.record(), RecordText.parse(root.content()));
    }

    /** The root's wraps without which this could not be opened. */
    Collection<StoredRecord> roots() {
        return roots.values();
    }

    /** Whether the other has every generation that this one has, and the same. */
    boolean isContinuedBy(Generations other) {
        return genesis.hash().equals(other.genesis.hash())
                && branches.stream()
                        .allMatch(branch -> other.has(branch.master().commitment()));
    }

    /** The generations of that number: one, or rivals; none if there is none. */
    List<MasterSecret> of(int generation) {
        return branches.stream()
                .map(Branch::master)
                .filter(master -> master.generation() == generation)
                .toList();
    }

    RecordText genesis() {
        return genesis;
    }

    byte[] ringId() {
        return ringId.clone();
    }

    private Branch newestBranch() {
        return branches.stream()
                .max(Comparator.comparing((Branch branch) -> branch.master().generation())
                        .thenComparing(Branch::wrapId, Comparator.reverseOrder()))
                .orElseThrow(() -> new IllegalStateException("a ring has a generation"));
    }

    private boolean has(String commitment) {
        return branches.stream().anyMatch(branch -> branch.master().commitment().equals(commitment));
    }

    private void openAll(RingSettings settings, List<StoredRecord> stored) {
        List<RecordText> starts = starts(stored);
        RuntimeException refused = null;
        for (RecordText start : starts) {
            if (start.type().equals(RingRecords.GENESIS) || !has(start.value("commitment"))) {
                try {
                    descend(settings, stored, start);
                } catch (RootKeyDenied | RecordNotAuthentic e) {
                    refused = refused == null ? e : refused;
                }
            }
        }
        // What claims to be newest must be: whoever could add a higher number would otherwise hide the real newest one.
        int newest = RingRecords.generation(starts.get(0));
        if (of(newest).isEmpty() && refused != null) {
            throw refused;
        }
    }

    /** Where secrets may have to be asked for, newest first: the generations' records, or the genesis if there is none. */
    private List<RecordText> starts(List<StoredRecord> stored) {
        List<RecordText> starts = new ArrayList<>();
        stored.stream()
                .filter(Generations::isGeneration)
                .sorted(Comparator.comparing(StoredRecord::name).reversed())
                .limit(MOST_STARTS)
                .forEach(record -> starts.add(StoredTexts.parsed(record, RingRecords.GENERATION)));
        return starts.isEmpty() ? List.of(genesis) : starts;
    }

    /** From one generation down to the genesis, or to one that is here already. */
    private void descend(RingSettings settings, List<StoredRecord> stored, RecordText start) {
        RecordText root = StoredTexts.one(
                stored, RingRecords.rootSlot(settings.root().kind(), start.value("wrap-id")), RingRecords.ROOT);
        List<Branch> found = new ArrayList<>();
        KeyMaterial secret = secret(settings, start, root);
        try {
            RecordText record = start;
            while (true) {
                MasterSecret master = new MasterSecret(secret, ringId, RingRecords.generation(record));
                found.add(new Branch(master, record));
                master.checkAgainst(record);
                StoredTexts.verify(record, master);
                if (found.size() == 1) {
                    StoredTexts.verify(root, master);
                }
                if (record.type().equals(RingRecords.GENESIS)) {
                    break;
                }
                KeyMaterial earlier = RingRecords.earlier(record, master, settings.ciphers());
                secret.destroy();
                secret = earlier;
                record = committedTo(secret, master.generation() - 1, stored);
            }
            roots.put(start.value("wrap-id"), RingRecords.stored(root));
            keep(found);
        } catch (RuntimeException e) {
            found.forEach(branch -> branch.master().close());
            throw e;
        } finally {
            secret.destroy();
        }
    }

    private void keep(List<Branch> found) {
        for (Branch branch : found) {
            if (has(branch.master().commitment())) {
                branch.master().close();
            } else {
                branches.add(branch);
            }
        }
    }

    /** The record that commits to the secret. */
    private RecordText committedTo(KeyMaterial secret, int number, List<StoredRecord> stored) {
        if (number == MasterSecret.FIRST_GENERATION) {
            return genesis;
        }
        try (MasterSecret master = new MasterSecret(secret, ringId, number)) {
            return stored.stream()
                    .filter(record -> record.name().slot().equals(RingRecords.generationSlot(number)))
                    .map(record -> StoredTexts.parsed(record, RingRecords.GENERATION))
                    .filter(record -> record.value("commitment").equals(master.commitment()))
                    .findFirst()
                    .orElseThrow(() -> new RecordNotAuthentic("the ring has no record of generation " + number
                            + " that a later one hangs from; restore it from a backup"));
        }
    }

    private static boolean isGeneration(StoredRecord record) {
        return record.name().slot().startsWith(RingRecords.GENERATION + "-");
    }

    private static KeyMaterial secret(RingSettings settings, RecordText head, RecordText root) {
        byte[] binding = RingRecords.rootBinding(
                head.value("ring-id"),
                RingRecords.generation(head),
                head.value("wrap-id"),
                settings.root().kind());
        byte[] secret = settings.root().unwrap(StoredTexts.wrap(root), binding);
        try {
            return KeyMaterial.copyOf(secret);
        } finally {
            Arrays.fill(secret, (byte) 0);
        }
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
        branches.forEach(branch -> branch.master().close());
    }
}
