package io.github.dkm4j.ring;

import io.github.dkm4j.audit.AuditEvent;
import io.github.dkm4j.policy.Caller;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Puts refusals on record. One that is repeated again and again costs one write to the disk each second, which says how often:
 * otherwise whoever is refused could fill the disk and hold up the others. Safe for use by many threads.
 */
final class Refusals {
    private static final long PERIOD_MILLIS = 1_000;
    private static final int MOST = 1_000;

    private final RingSettings settings;
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<What, Repeated> recent = new HashMap<>();
    private volatile long next = Long.MAX_VALUE;

    Refusals(RingSettings settings) {
        this.settings = settings;
    }

    private record What(Caller caller, String operation, String reason) {}

    /** How often something was refused again since a time, and is not on record yet. */
    private record Repeated(long since, long times) {}

    void record(Caller caller, String operation, String reason) {
        What what = new What(caller, operation, reason);
        long now = settings.clock().millis();
        Repeated before;
        lock.lock();
        try {
            before = recent.get(what);
            if (before != null && !isOver(before, now)) {
                recent.put(what, new Repeated(before.since, before.times + 1));
                return;
            }
            if (before != null || recent.size() < MOST) {
                recent.put(what, new Repeated(now, 0));
                next = Math.min(next, now + PERIOD_MILLIS);
            }
        } finally {
            lock.unlock();
        }
        tell(what, before == null ? 0 : before.times);
    }

    private static boolean isOver(Repeated repeated, long now) {
        return Maintenance.isDue(repeated.since + PERIOD_MILLIS, now, PERIOD_MILLIS);
    }

    /** Puts on record what was repeated and is not there yet, if it is time to. */
    void tellIfDue(long now) {
        if (Maintenance.isDue(next, now, PERIOD_MILLIS) && next != Long.MAX_VALUE) {
            tellThose(now, false);
        }
    }

    /** Puts all on record that is not there yet. */
    void tellAll() {
        tellThose(settings.clock().millis(), true);
    }

    private void tellThose(long now, boolean all) {
        Map<What, Repeated> over = new HashMap<>();
        lock.lock();
        try {
            recent.forEach((what, repeated) -> {
                if (all || isOver(repeated, now)) {
                    over.put(what, repeated);
                }
            });
            recent.keySet().removeAll(over.keySet());
            next = recent.isEmpty() ? Long.MAX_VALUE : now + PERIOD_MILLIS;
        } finally {
            lock.unlock();
        }
        // The last of them is told as a refusal, those before it as its repetitions.
        over.forEach((what, repeated) -> {
            if (repeated.times > 0) {
                tell(what, repeated.times - 1);
            }
        });
    }

    private void tell(What what, long repeated) {
        settings.audit()
                .tryToRecord(new AuditEvent.AccessRefused(
                        settings.clock().instant(),
                        settings.name(),
                        what.caller.toString(),
                        what.operation,
                        what.reason,
                        repeated));
    }
}
