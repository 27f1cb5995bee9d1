package io.github.dkm4j.ring;

import io.github.dkm4j.audit.AuditEvent;
import io.github.dkm4j.key.AccessDenied;
import io.github.dkm4j.store.RecordName;
import io.github.dkm4j.store.StoredRecord;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Puts back what the store lost and takes away what is buried, as far as the store lets this account: what it refuses is
 * tried again the next time, and told. For whoever holds the refresher's lock.
 */
final class Repairer {
    private final RingSettings settings;
    private final Set<RecordName> recorded = new HashSet<>();
    private volatile List<String> refusals = List.of();

    Repairer(RingSettings settings) {
        this.settings = settings;
    }

    /** What the store refused the last time, in words. */
    List<String> refusals() {
        return refusals;
    }

    /** Whether anything was changed, so that the store must be read again. */
    boolean repair(RingSnapshot.Repairs repairs) {
        Findings refused = new Findings();
        List<StoredRecord> lost = new ArrayList<>(repairs.rootsLost());
        repairs.lost().forEach(record -> lost.add(record.stored()));
        boolean changed = false;
        for (StoredRecord record : lost) {
            changed |= restore(record, refused);
        }
        for (SeenRecord buried : repairs.buried()) {
            changed |= remove(buried, refused);
        }
        refusals = refused.listed();
        return changed;
    }

    private boolean restore(StoredRecord record, Findings refused) {
        // Put on record before it is done, and once, however often the store refuses.
        if (!recorded.contains(record.name())) {
            settings.audit()
                    .tryToRecord(new AuditEvent.RecordRestored(
                            settings.clock().instant(),
                            settings.name(),
                            settings.account().toString(),
                            record.name().toString()));
            recorded.add(record.name());
        }
        try {
            boolean restored = settings.store().restore(settings.name(), record);
            recorded.remove(record.name());
            return restored;
        } catch (AccessDenied e) {
            refused.add(
                    "record " + record.name() + " was lost by the store, and this account may not put it back: let it,"
                            + " or give the record up by accepting the loss; " + e.getMessage());
            return false;
        }
    }

    private boolean remove(SeenRecord buried, Findings refused) {
        try {
            return settings.store().remove(settings.name(), buried.name());
        } catch (AccessDenied e) {
            refused.add(
                    "record " + buried.name() + " is of a destroyed key and still in the store, and this account may"
                            + " not delete it: open the ring as an administrator; " + e.getMessage());
            return false;
        }
    }
}
