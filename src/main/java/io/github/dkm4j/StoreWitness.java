package io.github.dkm4j;

import io.github.dkm4j.audit.AuditTrail;
import io.github.dkm4j.audit.CheckpointWitness;
import io.github.dkm4j.audit.TrailRegistration;
import io.github.dkm4j.key.AuditUnavailable;
import io.github.dkm4j.store.KeyRingStore;
import io.github.dkm4j.store.StoredRecord;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Puts a trail's key and checkpoints into the ring's store, and tells the trail of others' that it finds there. Safe for use
 * by many threads.
 */
final class StoreWitness implements CheckpointWitness {
    /** Records of a store are never deleted: a trail puts one there when it begins, ends, and this often in between. */
    static final Duration EVERY = Duration.ofHours(6);

    private static final Duration RECENT = Duration.ofDays(1);
    private static final int MOST_SEEN = 1_000;

    private final KeyRingStore store;
    private final String ring;
    private final InstantSource clock;
    private final AuditTrail trail;
    private final TrailRegistration registration;
    private final ReentrantLock lock = new ReentrantLock();
    private Instant lookedAt;
    private Set<String> seen = Set.of();
    private boolean registered;

    StoreWitness(KeyRingStore store, String ring, InstantSource clock, AuditTrail trail) {
        this.store = store;
        this.ring = ring;
        this.clock = clock;
        this.trail = trail;
        this.registration = trail.registration();
        this.lookedAt = clock.instant();
    }

    @Override
    public void keep(String note) {
        lock.lock();
        try {
            register();
            put(note);
            if (Duration.between(lookedAt, clock.instant()).abs().compareTo(EVERY) >= 0) {
                lookedAt = clock.instant();
                takeInOthers();
            }
        } finally {
            lock.unlock();
        }
    }

    private void register() {
        if (!registered) {
            // If it is there already, it was put there when the trail was begun.
            store.add(ring, StoredTrails.record(registration));
            registered = true;
        }
    }

    private void put(String note) {
        StoredRecord record = StoredTrails.record(note);
        boolean kept = store.add(ring, record)
                || store.readTrails(ring, Instant.EPOCH).stream().anyMatch(other -> StoredTrails.isSame(other, record));
        if (!kept) {
            throw new AuditUnavailable("in the store of ring " + ring + " something else stands where this trail's"
                    + " checkpoint belongs, " + record.name());
        }
    }

    private void takeInOthers() {
        StoredTrails recent = StoredTrails.of(store.readTrails(ring, store.now().minus(RECENT)));
        List<String> news = recent.checkpoints().stream()
                .filter(note -> !seen.contains(note)
                        && !note.startsWith(registration.key().name() + "\n"))
                .limit(MOST_SEEN)
                .toList();
        if (!news.isEmpty()) {
            trail.seen(news);
        }
        seen = Set.copyOf(recent.checkpoints());
    }
}
