package io.github.dkm4j;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.dkm4j.audit.TrailKey;
import io.github.dkm4j.audit.TrailRegistration;
import io.github.dkm4j.crypto.Kdf;
import io.github.dkm4j.store.KeyRingStore;
import io.github.dkm4j.store.RecordName;
import io.github.dkm4j.store.StoredRecord;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What a ring's store has of audit trails: which there are, and checkpoints of them. For auditors, who need not open the ring.
 * A checkpoint is signed by its trail. A registration is as good as the store's access rights: whoever may add can add one of
 * a trail that he has made up. Immutable.
 */
public final class StoredTrails {
    private static final int LONGEST = 2_048;
    private static final int ID_LENGTH = 16;

    private final List<TrailRegistration> registrations;
    private final List<StoredCheckpoint> checkpoints;

    private StoredTrails(List<TrailRegistration> registrations, List<StoredCheckpoint> checkpoints) {
        this.registrations = List.copyOf(registrations);
        this.checkpoints = List.copyOf(checkpoints);
    }

    /**
     * A checkpoint with a signature that fits.
     *
     * @param trail the trail's name
     * @param size over how many records it is
     * @param note the signed note
     */
    record StoredCheckpoint(String trail, long size, String note) {}

    /**
     * Reads them. What is neither a registration nor a checkpoint, or is not by the trail that it says it is of, is passed over:
     * anybody who may add records can add such.
     *
     * @throws io.github.dkm4j.key.StoreUnavailable if the store cannot be read
     */
    public static StoredTrails read(KeyRingStore store, String ring) {
        return of(ring, store.readTrails(ring, Instant.EPOCH));
    }

    static StoredTrails of(String ring, List<StoredRecord> records) {
        List<TrailRegistration> registrations = new ArrayList<>();
        List<StoredCheckpoint> checkpoints = new ArrayList<>();
        for (StoredRecord record : records) {
            byte[] content = record.content();
            String text = content.length <= LONGEST ? new String(content, UTF_8) : "";
            boolean isKey = record.name().slot().length() == RecordName.TRAIL.length() + ID_LENGTH;
            try {
                if (isKey) {
                    TrailRegistration registration = TrailRegistration.parse(text);
                    requireOwn(ring, registration.key());
                    registrations.add(registration);
                } else {
                    checkpoints.add(checkpoint(ring, text));
                }
            } catch (IllegalArgumentException e) {
                // It says nothing of a trail.
            }
        }
        return new StoredTrails(registrations, checkpoints);
    }

    private static StoredCheckpoint checkpoint(String ring, String text) {
        int line = text.lastIndexOf('\n', text.length() - 2) + 1;
        TrailKey key = TrailKey.parse(text.substring(line).stripTrailing());
        requireOwn(ring, key);
        String note = text.substring(0, line);
        return new StoredCheckpoint(key.name(), key.verify(note).size(), note);
    }

    /** Trails are named by their keys, so that nobody else can have one of that name. */
    private static void requireOwn(String ring, TrailKey key) {
        if (!key.isNamedByKey() || !key.name().startsWith("dkm4j/" + ring + "/")) {
            throw new IllegalArgumentException("it is no key of a trail of this ring");
        }
    }

    /** The trails there are, or were. */
    public List<TrailRegistration> registrations() {
        return registrations;
    }

    /** Checkpoints, signed notes. */
    public List<String> checkpoints() {
        return checkpoints.stream().map(StoredCheckpoint::note).toList();
    }

    /** The newest checkpoint of each trail, by the trail's name. */
    Map<String, StoredCheckpoint> newest() {
        Map<String, StoredCheckpoint> newest = new HashMap<>();
        checkpoints.forEach(one -> newest.merge(one.trail(), one, (a, b) -> a.size() > b.size() ? a : b));
        return newest;
    }

    static StoredRecord record(TrailRegistration registration) {
        String id = id(registration.key());
        return StoredRecord.of(
                new RecordName(RecordName.TRAIL + id, id), registration.text().getBytes(UTF_8));
    }

    /** A checkpoint's record. Its name has its hash, so that nobody else can take the place of one that is still to come. */
    static StoredRecord record(TrailKey key, String note) {
        byte[] content = (note + key + "\n").getBytes(UTF_8);
        String hash = HexFormat.of().formatHex(Kdf.sha256(content)).substring(0, ID_LENGTH);
        String id = id(key);
        String slot = RecordName.TRAIL + id + "-"
                + String.format(Locale.ROOT, "%019d", key.verify(note).size()) + "-" + hash;
        return StoredRecord.of(new RecordName(slot, id), content);
    }

    private static String id(TrailKey key) {
        return key.name().substring(key.name().length() - ID_LENGTH);
    }
}
