package io.github.dkm4j;

import io.github.dkm4j.StoredTrails.StoredCheckpoint;
import io.github.dkm4j.audit.AuditTrail;
import io.github.dkm4j.audit.CheckpointWitness;
import io.github.dkm4j.audit.TrailRegistration;
import io.github.dkm4j.key.AccessDenied;
import io.github.dkm4j.key.RingNotFound;
import io.github.dkm4j.key.StoreUnavailable;
import io.github.dkm4j.store.KeyRingStore;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Puts a trail's key and checkpoints into the ring's store, and tells the trail of others' that it finds there. Safe for use
 * by many threads.
 */
final class StoreWitness implements CheckpointWitness {
    /** Records of a store are never deleted: a trail puts one there when it ends, and so often before. */
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
    private final Map<String, Long> seen = new HashMap<>();
    private boolean registered;

    StoreWitness(KeyRingStore store, String ring, InstantSource clock, AuditTrail trail) {
        this.store = store;
        this.ring = ring;
        this.clock = clock;
        this.trail = trail;
        this.registration = trail.registration();
        this.lookedAt = clock.instant();
    }

    /** Lets a trail put its key and its checkpoints into the store. */
    static void attach(KeyRingStore store, String ring, InstantSource clock, AuditTrail trail) {
        StoreWitness witness = new StoreWitness(store, ring, clock, trail);
        try {
            witness.register();
        } catch (StoreUnavailable | AccessDenied | RingNotFound e) {
            // The first checkpoint tries again, and says so if that fails.
        }
        trail.addWitness(witness, EVERY);
    }

    private void register() {
        if (!registered) {
            // If it is there already, it was put there when the trail was begun.
            store.add(ring, StoredTrails.record(registration));
            registered = true;
        }
    }

    @Override
    public void keep(String note) {
        lock.lock();
        try {
            register();
            // If it is there already, it is this one, as its name has its hash.
            store.add(ring, StoredTrails.record(registration.key(), note));
            if (Duration.between(lookedAt, clock.instant()).abs().compareTo(EVERY) >= 0) {
                lookedAt = clock.instant();
                takeInOthers();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Of each trail the newest; if there are too many, any: who adds many of his own must not keep out the others for ever. */
    private void takeInOthers() {
        Map<String, StoredCheckpoint> newest = StoredTrails.of(
                        ring, store.readTrails(ring, store.now().minus(RECENT)))
                .newest();
        newest.remove(registration.key().name());
        seen.keySet().retainAll(newest.keySet());
        newest.values().removeIf(one -> one.size() <= seen.getOrDefault(one.trail(), -1L));
        List<StoredCheckpoint> news = new ArrayList<>(newest.values());
        Collections.shuffle(news);
        news = news.subList(0, Math.min(MOST_SEEN, news.size()));
        if (!news.isEmpty()) {
            trail.seen(news.stream().map(StoredCheckpoint::note).toList());
            news.forEach(one -> seen.put(one.trail(), one.size()));
        }
    }
}
