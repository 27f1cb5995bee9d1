package io.github.dkm4j.ring;

import io.github.dkm4j.audit.AuditEvent;
import io.github.dkm4j.key.AccessDenied;
import io.github.dkm4j.key.DkmException;
import io.github.dkm4j.store.RecordName;
import io.github.dkm4j.store.StoredRecord;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Puts back what the store lost and takes away what is buried, as far as the store does it for this account: what it does
 * not do is tried again the next time, and told, and keeps nobody from anything else. For whoever holds the refresher's
 * lock.
 */
final class Repairer {
    /** How long is tried when something has failed. */
    private static final Duration LONGEST = Duration.ofMinutes(1);

    private final RingSettings settings;
    private final Set<RecordName> recorded = new HashSet<>();
    private volatile List<String> refusals = List.of();

    Repairer(RingSettings settings) {
        this.settings = settings;
    }

    /** What the store did not do the last time, in words. */
    List<String> refusals() {
        return refusals;
    }

    /** Whether anything was changed, so that the store must be read again. */
    boolean repair(RingSnapshot.Repairs repairs) {
        long begun = settings.clock().millis();
        Findings refused = new Findings();
        List<StoredRecord> lost = new ArrayList<>(repairs.rootsLost());
        repairs.lost().forEach(record -> lost.add(record.stored()));
        boolean changed = false;
        try {
            for (StoredRecord record : lost) {
                changed |= goesOn(begun, refused) && restore(record, refused);
            }
            for (SeenRecord buried : repairs.buried()) {
                changed |= goesOn(begun, refused) && remove(buried, refused);
            }
        } finally {
            refusals = refused.listed();
        }
        return changed;
    }

    /** Failures that take long are not waited for one after the other: the rest is done the next time. */
    private boolean goesOn(long begun, Findings refused) {
        return refused.none() || settings.clock().millis() - begun < LONGEST.toMillis();
    }

    private boolean restore(StoredRecord record, Findings refused) {
        // Put on record before it is done, and once, however often the store refuses.
        if (!recorded.contains(record.name())) {
            boolean told = settings.audit()
                    .tryToRecord(new AuditEvent.RecordRestored(
                            settings.clock().instant(),
                            settings.name(),
                            settings.account().toString(),
                            record.name().toString()));
            if (told) {
                recorded.add(record.name());
            }
        }
        try {
            boolean restored = settings.store().restore(settings.name(), record);
            recorded.remove(record.name());
            return restored;
        } catch (DkmException e) {
            String why = e instanceof AccessDenied
                    ? "this account may not put it back: let it, or give"
                    : "it was not taken back: if that stays so, give";
            refused.add("record " + record.name() + " was lost by the store, and " + why
                    + " the record up by accepting the loss; " + e.getMessage());
            requireAnswer();
            return false;
        }
    }

    private boolean remove(SeenRecord buried, Findings refused) {
        try {
            return settings.store().remove(settings.name(), buried.name());
        } catch (DkmException e) {
            String why = e instanceof AccessDenied
                    ? "this account may not delete it: open the ring as an administrator; "
                    : "it was not deleted: ";
            refused.add("record " + buried.name() + " is of a destroyed key and still in the store, and " + why
                    + e.getMessage());
            requireAnswer();
            return false;
        }
    }

    /** A store that does not do one thing does the others, but one that does not answer is not asked for each of them. */
    private void requireAnswer() {
        settings.store().now();
    }
}
