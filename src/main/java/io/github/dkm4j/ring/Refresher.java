package io.github.dkm4j.ring;

import io.github.dkm4j.audit.AuditEvent;
import io.github.dkm4j.key.DkmException;
import io.github.dkm4j.key.StoreUnavailable;
import io.github.dkm4j.store.StoredRecord;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Holds the snapshot and replaces it by one that knows at least as much. Safe for use by many threads: one refreshes at a
 * time.
 */
final class Refresher implements AutoCloseable {
    /** More findings than anybody reads. */
    private static final int MOST_REPORTED = 1_000;

    private final RingSettings settings;
    private final Runnable forget;
    private final Repairer repairer;
    private final Set<String> reported = new HashSet<>();
    private final ReentrantLock lock = new ReentrantLock();
    private final GenerationFollower generations;
    private volatile RingSnapshot snapshot;
    private volatile long freshAtMillis;
    private volatile @Nullable String error;
    private volatile @Nullable String pinError;
    private volatile List<String> doubts = List.of();
    private final Optional<PinFile> pinFile;
    private final Set<Hash> pinned;
    private volatile boolean closed;
    private volatile long attemptedAtMillis;

    /**
     * Opens the ring: asks the root, reads everything.
     *
     * @param forget run when keys were destroyed: whoever derived something from them wipes it
     */
    Refresher(RingSettings settings, Runnable forget) {
        this.settings = settings;
        this.forget = forget;
        this.repairer = new Repairer(settings);
        Instant now = settings.clock().instant(); // before reading: what is read is at least as old as that
        List<StoredRecord> stored = settings.store().read(settings.name());
        this.generations = new GenerationFollower(settings, stored);
        try {
            this.pinFile = settings.pinFile().map(PinFile::new);
            Hash identity = generations.current().genesis().hash();
            this.pinned = pinFile.map(file -> file.read(identity)).orElse(Set.of());
            this.snapshot = RingReader.read(settings, generations.current(), stored, null, pinned, now);
            pin();
        } catch (RuntimeException e) {
            generations.close();
            throw e;
        }
        this.freshAtMillis = now.toEpochMilli();
        this.attemptedAtMillis = freshAtMillis;
        this.doubts = storesDoubts();
    }

    RingSnapshot snapshot() {
        if (closed) {
            throw new IllegalStateException("the key ring is closed");
        }
        return snapshot;
    }

    Generations generations() {
        return snapshot.generations();
    }

    /** When the store was last read, by the ring's clock. */
    long freshAtMillis() {
        return freshAtMillis;
    }

    /** Why the last refresh failed; empty if it did not. */
    Optional<String> error() {
        return Optional.ofNullable(error).or(generations::error).or(() -> Optional.ofNullable(pinError));
    }

    /** What keeps the store from holding what it promises, and from taking back what it lost; empty if nothing does. */
    List<String> doubts() {
        List<String> all = new ArrayList<>(doubts);
        all.addAll(repairer.refusals());
        return all;
    }

    /** Reads the store, puts back what it lost, and reports what is new among the findings. */
    RingSnapshot refresh() {
        lock.lock();
        try {
            return refreshLocked();
        } finally {
            lock.unlock();
        }
    }

    /** The same, for whoever wants to change something, which takes a whole view. */
    RingSnapshot refreshWhole() {
        RingSnapshot snapshot = refresh();
        if (!snapshot.isComplete()) {
            throw new StoreUnavailable("nothing is changed while the view of the ring is incomplete: "
                    + String.join("; ", snapshot.findings()));
        }
        return snapshot;
    }

    /** The same, unless somebody else is at it; returns whether it was done. */
    boolean refreshIfFree() {
        if (!lock.tryLock()) {
            return false;
        }
        try {
            refreshLocked();
            return true;
        } finally {
            lock.unlock();
        }
    }

    /**
     * The same, if it is still wanted once nobody else is at it, which is waited for no longer than told; returns whether it
     * was done.
     */
    boolean refreshWithin(Duration wait, BooleanSupplier wanted) {
        try {
            if (!lock.tryLock(wait.toMillis(), TimeUnit.MILLISECONDS)) {
                return false;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
        try {
            boolean asked = wanted.getAsBoolean();
            if (asked) {
                refreshLocked();
            }
            return asked;
        } finally {
            lock.unlock();
        }
    }

    /** When the store was last asked, whether it answered or not. */
    long attemptedAtMillis() {
        return attemptedAtMillis;
    }

    private RingSnapshot refreshLocked() {
        try {
            RingSnapshot read = read();
            if (repairer.repair(read.repairs())) {
                read = read();
            }
            error = null;
            return read;
        } catch (DkmException e) {
            error = e.getMessage();
            throw e;
        } finally {
            attemptedAtMillis = settings.clock().millis();
        }
    }

    /** Puts findings on record that are not on it yet. */
    void report() {
        List<String> all = new ArrayList<>(snapshot.findings());
        all.addAll(snapshot.remarks());
        all.addAll(snapshot.ledger().remarks());
        all.addAll(doubts);
        if (all.size() > MOST_REPORTED) {
            all.subList(MOST_REPORTED, all.size()).clear();
            all.add("there are more than " + MOST_REPORTED + " findings: look at the ring's health");
        }
        for (String finding : all) {
            if (!reported.contains(finding)
                    && settings.audit()
                            .tryToRecord(new AuditEvent.StoreDoubted(
                                    settings.clock().instant(),
                                    settings.name(),
                                    settings.account().toString(),
                                    finding))) {
                reported.add(finding);
            }
        }
        reported.retainAll(all);
    }

    private RingSnapshot read() {
        Instant now = settings.clock().instant(); // before reading: what is read is at least as old as that
        List<StoredRecord> stored = settings.store().read(settings.name());
        if (stored.isEmpty()) {
            throw new StoreUnavailable("the store has no ring " + settings.name() + " any more: restore it");
        }
        RingSnapshot before = snapshot();
        Generations toRead = generations.toRead(stored);
        RingSnapshot read = RingReader.read(settings, toRead, stored, before, pinned, now);
        generations.accept(toRead);
        snapshot = read;
        freshAtMillis = now.toEpochMilli();
        destroyMaterial(before, read);
        pin();
        if (closed) {
            close();
        }
        doubts = storesDoubts();
        report();
        return read;
    }

    private List<String> storesDoubts() {
        try {
            return List.copyOf(settings.store().doubts());
        } catch (DkmException e) {
            return List.of("the store does not say what keeps it from holding what it promises: " + e.getMessage());
        }
    }

    /** Writes down what was seen, if all of it is there. */
    private void pin() {
        if (pinFile.isEmpty() || !snapshot.isComplete()) {
            return;
        }
        try {
            pinFile.get().write(generations.current().genesis().hash(), snapshot.heads());
            pinError = null;
        } catch (IOException e) {
            pinError = "the pin file cannot be written: " + e.getMessage();
        }
    }

    private void destroyMaterial(RingSnapshot before, RingSnapshot after) {
        boolean destroyed = false;
        for (KeyVersion key : before.keys().values()) {
            KeyVersion now = after.key(key.metadata().ref());
            if (now != null && now.material().isDestroyed() && !key.material().isDestroyed()) {
                key.material().destroy();
                destroyed = true;
            }
        }
        if (destroyed) {
            forget.run();
        }
    }

    @Override
    public void close() {
        closed = true;
        generations.close();
        snapshot.keys().values().forEach(key -> key.material().destroy());
    }
}
