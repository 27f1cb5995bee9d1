package io.github.dkm4j.ring;

import io.github.dkm4j.audit.AuditEvent;
import io.github.dkm4j.key.DkmException;
import io.github.dkm4j.key.RecordNotAuthentic;
import io.github.dkm4j.key.StoreUnavailable;
import io.github.dkm4j.store.StoredRecord;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Holds the snapshot and replaces it by one that knows at least as much. The snapshot is read by many threads; whoever
 * refreshes holds the ring's work lock.
 */
final class Refresher implements AutoCloseable {
    /** More different findings than anybody reads; from there on old ones may be put on record again. */
    private static final int MOST_REPORTED = 1_000;

    private final RingSettings settings;
    private final Set<String> reported = new HashSet<>();
    private Generations generations;
    private volatile RingSnapshot snapshot;
    private volatile long freshAtMillis;
    private volatile @Nullable String error;
    private volatile boolean closed;

    /** Opens the ring: asks the root, reads everything. */
    Refresher(RingSettings settings) {
        this.settings = settings;
        List<StoredRecord> stored = settings.store().read(settings.name());
        this.generations = Generations.open(settings, stored);
        Instant now = settings.clock().instant();
        try {
            this.snapshot = RingReader.read(settings, generations, stored, null, now);
        } catch (RuntimeException e) {
            generations.close();
            throw e;
        }
        this.freshAtMillis = now.toEpochMilli();
    }

    RingSnapshot snapshot() {
        if (closed) {
            throw new IllegalStateException("the key ring is closed");
        }
        return snapshot;
    }

    Generations generations() {
        return generations;
    }

    /** When the store was last read, by the ring's clock. */
    long freshAtMillis() {
        return freshAtMillis;
    }

    /** Why the last refresh failed; empty if it did not. */
    Optional<String> error() {
        return Optional.ofNullable(error);
    }

    /** Reads the store, puts back what it lost, and reports what is new among the findings. */
    RingSnapshot refresh() {
        try {
            RingSnapshot read = read();
            if (repair(read)) {
                read = read();
            }
            error = null;
            return read;
        } catch (DkmException e) {
            error = e.getMessage();
            throw e;
        }
    }

    /** Puts findings on record that are not on it yet. */
    void report() {
        for (String finding : snapshot.findings()) {
            if (!reported.contains(finding)) {
                settings.audit()
                        .record(new AuditEvent.StoreDoubted(
                                settings.clock().instant(),
                                settings.name(),
                                settings.account().toString(),
                                finding));
                if (reported.size() >= MOST_REPORTED) {
                    reported.clear();
                }
                reported.add(finding);
            }
        }
        reported.retainAll(snapshot.findings());
    }

    private RingSnapshot read() {
        List<StoredRecord> stored = settings.store().read(settings.name());
        if (stored.isEmpty()) {
            throw new StoreUnavailable("the store has no ring " + settings.name() + " any more: restore it");
        }
        Instant now = settings.clock().instant();
        followGenerations(stored);
        RingSnapshot before = snapshot();
        RingSnapshot read = RingReader.read(settings, generations, stored, before, now);
        snapshot = read;
        freshAtMillis = now.toEpochMilli();
        before.keys().forEach((ref, key) -> {
            KeyVersion after = read.key(ref);
            if (after != null && after.metadata().destroyedAt().isPresent()) {
                key.material().destroy();
            }
        });
        if (closed) {
            close();
        }
        report();
        return read;
    }

    /** A generation that this node does not have yet: the root unwraps it, if it can. */
    private void followGenerations(List<StoredRecord> stored) {
        if (Generations.newest(stored) <= generations.newest().generation()) {
            return;
        }
        try {
            Generations opened = Generations.open(settings, stored);
            if (!opened.genesis().hash().equals(generations.genesis().hash())) {
                opened.close();
                throw new RecordNotAuthentic("the store shows another genesis than before");
            }
            generations.close();
            generations = opened;
        } catch (DkmException | IllegalStateException e) {
            // Its records are set aside and reported: the view is incomplete until the root can be asked.
            error = "the newest generation of the master secret cannot be unwrapped: " + e.getMessage();
        }
    }

    private boolean repair(RingSnapshot read) {
        boolean changed = false;
        for (SeenRecord lost : read.repairs().lost()) {
            settings.audit()
                    .record(new AuditEvent.RecordRestored(
                            settings.clock().instant(),
                            settings.name(),
                            settings.account().toString(),
                            lost.name().toString()));
            changed |= settings.store().restore(settings.name(), lost.stored());
        }
        for (SeenRecord buried : read.repairs().buried()) {
            changed |= settings.store().remove(settings.name(), buried.name());
        }
        return changed;
    }

    @Override
    public void close() {
        closed = true;
        generations.close();
        snapshot.keys().values().forEach(key -> key.material().destroy());
    }
}
