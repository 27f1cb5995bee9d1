package io.github.dkm4j.ring;

import io.github.dkm4j.key.AccessDenied;
import io.github.dkm4j.key.DkmException;
import io.github.dkm4j.policy.Operation;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Does what is due: refresh, statements of use, roll-over. On the thread of the caller whose turn it is, or on the user's
 * executor; nobody waits for it, and it never fails anybody's own operation. Safe for use by many threads.
 */
final class Maintenance {
    private static final long RETRY_MILLIS = 1_000;
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final RingSettings settings;
    private final Access access;
    private final Refresher refresher;
    private final Usage usage;
    private final RollOver rollOver;
    private final KeySearch search;
    private final ReentrantLock work;
    private final long period;
    private final AtomicBoolean handedOver = new AtomicBoolean();
    private volatile long next;
    private volatile @Nullable String error;

    Maintenance(
            RingSettings settings,
            Access access,
            Refresher refresher,
            Usage usage,
            RollOver rollOver,
            KeySearch search,
            ReentrantLock work) {
        this.settings = settings;
        this.access = access;
        this.refresher = refresher;
        this.usage = usage;
        this.rollOver = rollOver;
        this.search = search;
        this.work = work;
        this.period = settings.refreshEvery().toMillis();
        // Due at once: whoever uses a ring for a moment only, as a command does, rolls it over all the same.
        this.next = refresher.freshAtMillis();
    }

    /** Does what is due now; returns whether anything was. */
    boolean run(long nowMillis) {
        if (!isDue(next, nowMillis, period)) {
            return false;
        }
        runOrHandOver(nowMillis);
        // After a long idle time the snapshot is old: then nobody goes on with it, unless the store was just asked in
        // vain.
        if (isLongAgo(nowMillis)) {
            attempt(() -> refresher.refreshWithin(PATIENCE, () -> isLongAgo(nowMillis)));
        }
        return true;
    }

    private boolean isLongAgo(long nowMillis) {
        return nowMillis - Math.max(refresher.freshAtMillis(), refresher.attemptedAtMillis()) > 2 * period;
    }

    private void runOrHandOver(long nowMillis) {
        if (settings.executor().isEmpty()) {
            runHere(nowMillis);
        } else if (handedOver.compareAndSet(false, true)) {
            try {
                settings.executor().get().execute(() -> {
                    handedOver.set(false);
                    runHere(nowMillis);
                });
            } catch (RuntimeException e) {
                handedOver.set(false);
                error = "the executor refused: " + e;
            }
        }
    }

    /** Reads the store again if that is due, and does nothing else. */
    void refresh(long nowMillis) {
        boolean justAsked = !isDue(refresher.attemptedAtMillis() + RETRY_MILLIS, nowMillis, RETRY_MILLIS);
        if (!justAsked && isDue(refresher.freshAtMillis() + period, nowMillis, period)) {
            attempt(refresher::refreshIfFree);
        }
    }

    private static void attempt(Runnable refresh) {
        try {
            refresh.run();
        } catch (DkmException e) {
            // The reason is in the refresher's error; whatever is done next goes by what there is.
        }
    }

    /** What failed the last time; empty if nothing did. */
    Optional<String> error() {
        return Optional.ofNullable(error);
    }

    /** Due, or the clock went back so far that waiting for it would be wrong. */
    static boolean isDue(long at, long nowMillis, long period) {
        return nowMillis >= at || nowMillis < at - 2 * period;
    }

    private void runHere(long nowMillis) {
        if (!isDue(next, nowMillis, period)) {
            return;
        }
        try {
            long age = nowMillis - refresher.freshAtMillis();
            if ((age >= period || age < 0) && !refresher.refreshIfFree()) {
                return;
            }
            search.forget();
            next = refresher.freshAtMillis() + period;
            // A lock of its own: a node whose minter hangs in the store goes on reading.
            if (work.tryLock()) {
                try {
                    error = null;
                    usage.tell(false);
                    rollOverIfDue();
                } finally {
                    work.unlock();
                }
            }
        } catch (AccessDenied e) {
            next = nowMillis + period; // at once it would be refused again
            error = "the last maintenance was refused: " + e.getMessage();
        } catch (RuntimeException e) {
            // Whatever fails here, be it the store or the user's audit sink, must not fail the caller's own operation.
            next = nowMillis + Math.min(RETRY_MILLIS, period);
            error = "the last maintenance failed: " + e.getMessage();
        }
    }

    private void rollOverIfDue() {
        Instant now = settings.clock().instant();
        if (!rollOver.isDue(now)) {
            return;
        }
        if (access.allows(
                refresher.snapshot().policy(), settings.account(), Operation.CREATE_NEXT, now.toEpochMilli())) {
            rollOver.ensureSuccessor(settings.account(), false);
        } else {
            error = "roll-over is due, and " + settings.account() + " lacks " + Operation.CREATE_NEXT.label();
        }
    }
}
