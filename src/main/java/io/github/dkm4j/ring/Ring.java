package io.github.dkm4j.ring;

import io.github.dkm4j.audit.AuditEvent;
import io.github.dkm4j.key.ConfigurationMismatch;
import io.github.dkm4j.key.DkmException;
import io.github.dkm4j.key.KeyMetadata;
import io.github.dkm4j.key.KeyRef;
import io.github.dkm4j.key.NoActiveKey;
import io.github.dkm4j.key.StoreUnavailable;
import io.github.dkm4j.policy.AccessPolicy;
import io.github.dkm4j.policy.Caller;
import io.github.dkm4j.policy.Operation;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * An open ring. Safe for use by many threads.
 *
 * <p>Readers take the snapshot with one volatile read. Work that is due is done by one caller, who gets the lock, or by
 * the user's executor; all others go on with the snapshot they have.
 */
public final class Ring implements AutoCloseable {
    private static final long RETRY_MILLIS = 1_000;
    private static final int MOST_ABSENT = 10_000;

    private final RingSettings settings;
    private final Access access;
    private final Refresher refresher;
    private final Usage usage;
    private final RollOver rollOver;
    private final Administration administration;
    private final ReentrantLock work = new ReentrantLock();
    private final AtomicBoolean handedOver = new AtomicBoolean();
    private final Map<KeyRef, Long> absent = new ConcurrentHashMap<>();
    private volatile long nextRefresh;
    private volatile long nextSearch;
    private volatile @Nullable String workError;

    private Ring(RingSettings settings) {
        this.settings = settings;
        this.access = new Access(settings);
        this.refresher = new Refresher(settings);
        this.usage = new Usage(settings, refresher);
        this.rollOver = new RollOver(settings, refresher, usage);
        this.administration = new Administration(settings, refresher, rollOver);
        // Work is due at once: whoever uses a ring for a moment only, as a command does, rolls it over all the same.
        this.nextRefresh = refresher.freshAtMillis();
    }

    /** Makes the ring. */
    public static void create(RingSettings settings, AccessPolicy policy) {
        RingFounder.create(settings, policy);
    }

    /** Opens an existing ring; never creates one. */
    public static Ring open(RingSettings settings) {
        Ring ring = new Ring(settings);
        try {
            RingSnapshot snapshot = ring.snapshot();
            settings.policy()
                    .filter(policy -> !policy.equals(snapshot.policy()))
                    .ifPresent(policy -> {
                        throw new ConfigurationMismatch("the configured policy differs from the ring's, which is "
                                + snapshot.policy() + ": the ring's counts, change the configuration");
                    });
            ring.audit(new AuditEvent.RingOpened(
                    settings.clock().instant(),
                    settings.name(),
                    settings.account().toString(),
                    snapshot.keys().size()));
            ring.refresher.report();
            return ring;
        } catch (RuntimeException e) {
            ring.close();
            throw e;
        }
    }

    /** What this node knows now. */
    public RingSnapshot snapshot() {
        return refresher.snapshot();
    }

    /** The hash of the ring's genesis. */
    public String identity() {
        return refresher.generations().genesis().hash().toString();
    }

    /** Throws unless the policy lets the caller do this. */
    public void check(Caller caller, Operation operation, long nowMillis) {
        access.check(snapshot().policy(), caller, operation, nowMillis);
    }

    /** Throws unless the policy lets the caller do anything at all. */
    public void checkAny(Caller caller, String what, long nowMillis) {
        access.checkAny(snapshot().policy(), caller, what, nowMillis);
    }

    /** The key that new writes use. */
    public KeyVersion activeKey(long nowMillis) {
        RingSnapshot current = snapshot();
        if (!current.isComplete()) {
            throw new NoActiveKey("nothing is encrypted while the view of the ring is incomplete: "
                    + String.join("; ", current.findings()));
        }
        checkFresh(settings.encryptStaleness(), "encrypted", nowMillis);
        Optional<KeyVersion> active = current.active(nowMillis);
        if (active.isEmpty()) {
            throw new NoActiveKey("the ring has no active key at this time: look at its keys");
        }
        return active.get();
    }

    /** Counts what was sealed. */
    public void sealed(KeyVersion key, long bytes) {
        usage.count(key.metadata().ref(), bytes);
    }

    /**
     * The key of that name; null if there is none. If it is not known, the store is read again: at most once a second
     * for the whole ring, and once in a refresh interval for the same name.
     */
    public @Nullable KeyVersion key(KeyRef ref, long nowMillis) {
        checkFresh(settings.decryptStaleness(), "decrypted", nowMillis);
        KeyVersion known = snapshot().key(ref);
        if (known != null) {
            return known;
        }
        Long until = absent.get(ref);
        boolean remembered =
                until != null && !due(until, nowMillis, settings.refreshEvery().toMillis());
        if (remembered || !due(nextSearch, nowMillis, RETRY_MILLIS) || !lockedInTime()) {
            return snapshot().key(ref);
        }
        try {
            known = snapshot().key(ref);
            if (known == null) {
                nextSearch = nowMillis + RETRY_MILLIS;
                known = searched(ref, nowMillis);
            }
            return known;
        } finally {
            work.unlock();
        }
    }

    /** Does what is due, on this caller's thread or the user's executor, if nobody else is at it. Never fails. */
    public void maintain(long nowMillis) {
        if (!due(nextRefresh, nowMillis, settings.refreshEvery().toMillis())) {
            return;
        }
        if (settings.executor().isEmpty()) {
            workIfFree(nowMillis);
        } else if (handedOver.compareAndSet(false, true)) {
            try {
                settings.executor().get().execute(() -> {
                    handedOver.set(false);
                    workIfFree(nowMillis);
                });
            } catch (RuntimeException e) {
                handedOver.set(false);
                workError = "the executor refused: " + e;
            }
        }
    }

    /** Makes the successor of the active key, unless one is PENDING; returns the one there is then. */
    public KeyMetadata rollOver(Caller caller) {
        return working(() -> {
            refresher.refresh();
            return rollOver.ensureSuccessor(caller);
        });
    }

    /** Revokes a key and replaces the active one and the master secret. */
    public KeyMetadata revoke(KeyRef key, String reason, Caller caller) {
        return working(() -> administration.revoke(key, reason, caller));
    }

    /** Asks for a destruction, or completes it when its delay is over. */
    public KeyMetadata destroy(KeyRef key, String reason, boolean override, Caller caller) {
        return working(() -> administration.destroy(key, reason, override, caller));
    }

    /** Ends a destruction that was not completed. */
    public KeyMetadata undo(KeyRef key, String reason, Caller caller) {
        return working(() -> administration.undo(key, reason, caller));
    }

    /** Declares that missing records are lost for good; returns how many. */
    public int acceptRestore(String reason, Caller caller) {
        return working(() -> administration.acceptRestore(reason, caller));
    }

    /** Puts on record that a message under a revoked key is opened. */
    public void openedDespiteRevocation(KeyRef key, Caller caller) {
        audit(new AuditEvent.RevokedKeyUsed(settings.clock().instant(), settings.name(), caller.toString(), key));
    }

    /** When the store was last read. */
    public Instant freshAt() {
        return Instant.ofEpochMilli(refresher.freshAtMillis());
    }

    /** Why the last refresh failed; empty if it did not. */
    public Optional<String> lastError() {
        return refresher.error();
    }

    /** Whether nothing is encrypted any more because the snapshot is too old. */
    public boolean isTooStale(long nowMillis) {
        return age(nowMillis) > settings.encryptStaleness().toMillis();
    }

    /** What is wrong, in words; empty if all is well. */
    public List<String> problems() {
        List<String> problems = new ArrayList<>(snapshot().findings());
        refresher.error().ifPresent(error -> problems.add("the last refresh failed: " + error));
        Optional.ofNullable(workError).ifPresent(problems::add);
        return problems;
    }

    @Override
    public void close() {
        if (work.tryLock()) {
            try {
                usage.tell(true);
            } catch (DkmException | IllegalStateException e) {
                workError = e.getMessage();
            } finally {
                work.unlock();
            }
        }
        refresher.close();
    }

    private <T> T working(Supplier<T> task) {
        work.lock();
        try {
            return task.get();
        } finally {
            work.unlock();
        }
    }

    private boolean lockedInTime() {
        try {
            return work.tryLock(RETRY_MILLIS, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private @Nullable KeyVersion searched(KeyRef ref, long nowMillis) {
        try {
            refresher.refresh();
        } catch (DkmException e) {
            return snapshot().key(ref); // the reason is kept for health
        }
        KeyVersion found = snapshot().key(ref);
        if (found == null) {
            if (absent.size() >= MOST_ABSENT) {
                absent.clear();
            }
            absent.put(ref, nowMillis + settings.refreshEvery().toMillis());
        }
        return found;
    }

    private void workIfFree(long nowMillis) {
        long period = settings.refreshEvery().toMillis();
        if (!due(nextRefresh, nowMillis, period) || !work.tryLock()) {
            return;
        }
        try {
            nextRefresh = nowMillis + Math.min(RETRY_MILLIS, period);
            if (age(nowMillis) >= period || age(nowMillis) < 0) {
                refresher.refresh();
                absent.clear();
            }
            nextRefresh = refresher.freshAtMillis() + period;
            workError = null;
            usage.tell(false);
            rollOverIfDue();
        } catch (RuntimeException e) {
            // Whatever fails here, be it the store or the user's audit sink, must not fail the caller's own operation.
            workError = "the last maintenance failed: " + e.getMessage();
        } finally {
            work.unlock();
        }
    }

    private void rollOverIfDue() {
        Instant now = settings.clock().instant();
        if (!rollOver.isDue(now)) {
            return;
        }
        if (access.allows(snapshot().policy(), settings.account(), Operation.CREATE_NEXT, now.toEpochMilli())) {
            rollOver.ensureSuccessor(settings.account());
        } else {
            workError = "roll-over is due, and " + settings.account() + " lacks " + Operation.CREATE_NEXT.label();
        }
    }

    private void checkFresh(Duration bound, String what, long nowMillis) {
        long age = age(nowMillis);
        if (age > bound.toMillis()) {
            throw new StoreUnavailable("nothing is " + what + " any more: the ring was last read at " + freshAt()
                    + ", which is longer ago than " + bound
                    + refresher.error().map(error -> "; " + error).orElse(""));
        }
    }

    private long age(long nowMillis) {
        return nowMillis - refresher.freshAtMillis();
    }

    private void audit(AuditEvent event) {
        settings.audit().record(event);
    }

    /** Due, or the clock went back so far that waiting for it would be wrong. */
    private static boolean due(long at, long nowMillis, long period) {
        return nowMillis >= at || nowMillis < at - 2 * period;
    }
}
