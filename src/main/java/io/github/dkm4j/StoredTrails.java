package io.github.dkm4j;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.dkm4j.audit.TrailRegistration;
import io.github.dkm4j.store.KeyRingStore;
import io.github.dkm4j.store.RecordName;
import io.github.dkm4j.store.StoredRecord;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a ring's store has of audit trails: which there are, and checkpoints of them. For auditors, who need not open the ring.
 * Nobody has verified it: a checkpoint is signed by its trail, and a registration is as good as the store's access rights.
 * Immutable.
 */
public final class StoredTrails {
    private static final Pattern NOTE = Pattern.compile("dkm4j/\\S+/([0-9a-f]{16})\n(0|[1-9][0-9]{0,17})\n[\\s\\S]+");
    private static final int LONGEST = 2_048;
    private static final int ID_LENGTH = 16;

    private final List<TrailRegistration> registrations;
    private final List<String> checkpoints;

    private StoredTrails(List<TrailRegistration> registrations, List<String> checkpoints) {
        this.registrations = List.copyOf(registrations);
        this.checkpoints = List.copyOf(checkpoints);
    }

    /**
     * Reads them. What is neither a registration nor a checkpoint is passed over.
     *
     * @throws io.github.dkm4j.key.StoreUnavailable if the store cannot be read
     */
    public static StoredTrails read(KeyRingStore store, String ring) {
        return of(store.readTrails(ring, Instant.EPOCH));
    }

    static StoredTrails of(List<StoredRecord> records) {
        List<TrailRegistration> registrations = new ArrayList<>();
        List<String> checkpoints = new ArrayList<>();
        for (StoredRecord record : records) {
            byte[] content = record.content();
            String text = new String(content, 0, Math.min(content.length, LONGEST), UTF_8);
            if (NOTE.matcher(text).matches()) {
                checkpoints.add(text);
            } else {
                addRegistration(text, registrations);
            }
        }
        return new StoredTrails(registrations, checkpoints);
    }

    private static void addRegistration(String text, List<TrailRegistration> registrations) {
        try {
            registrations.add(TrailRegistration.parse(text));
        } catch (IllegalArgumentException e) {
            // Whoever may add records can add any, and it says nothing of a trail.
        }
    }

    /** The trails there are, or were. */
    public List<TrailRegistration> registrations() {
        return registrations;
    }

    /** Checkpoints, signed notes. */
    public List<String> checkpoints() {
        return checkpoints;
    }

    static StoredRecord record(TrailRegistration registration) {
        String name = registration.key().name();
        String id = name.substring(name.length() - ID_LENGTH);
        return StoredRecord.of(
                new RecordName(RecordName.TRAIL + id, id), registration.text().getBytes(UTF_8));
    }

    static StoredRecord record(String note) {
        Matcher matcher = NOTE.matcher(note);
        if (!matcher.matches()) {
            throw new IllegalArgumentException("it is no checkpoint of a trail");
        }
        String slot =
                RecordName.TRAIL + matcher.group(1) + "-" + String.format("%019d", Long.parseLong(matcher.group(2)));
        return StoredRecord.of(new RecordName(slot, matcher.group(1)), note.getBytes(UTF_8));
    }

    static boolean isSame(StoredRecord one, StoredRecord other) {
        return one.name().equals(other.name()) && Arrays.equals(one.content(), other.content());
    }
}
