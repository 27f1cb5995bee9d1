package io.github.dkm4j.ring;

import io.github.dkm4j.audit.AuditEvent;
import io.github.dkm4j.key.EncryptionContext;
import io.github.dkm4j.key.KeyRef;
import io.github.dkm4j.policy.Caller;
import io.github.dkm4j.policy.Operation;
import java.time.Instant;
import java.util.Iterator;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Puts the use of keys on record: one event for each use of a person's, and counts of what services do. Safe for use by
 * many threads; counting takes no lock.
 */
public final class KeyUses {
    private static final long RETRY_MILLIS = 1_000;

    private final RingSettings settings;
    private final Access access;
    private final long period;
    private final ReentrantLock telling = new ReentrantLock();

    /** What is still to be told of intervals that are over: somebody counted late, or it could not be recorded. */
    private final Set<Count> late = ConcurrentHashMap.newKeySet();

    private volatile Interval current;
    private volatile long next;

    KeyUses(RingSettings settings, Access access) {
        this.settings = settings;
        this.access = access;
        this.period = settings.audit().rules().countsEvery().toMillis();
        this.current = new Interval(settings.clock().instant());
        this.next = current.since.toEpochMilli() + period;
    }

    private record What(Caller caller, KeyRef key, Operation operation) {}

    /** What was counted since a time. */
    private static final class Interval {
        private final Instant since;
        private final Map<What, Count> counts = new ConcurrentHashMap<>();
        private volatile boolean over;

        private Interval(Instant since) {
            this.since = since;
        }
    }

    /** How often a caller used a key for one operation in an interval. */
    public static final class Count {
        private final Interval interval;
        private final What what;
        private final boolean each;
        private final LongAdder uses = new LongAdder();
        private long told;

        private Count(Interval interval, What what, boolean each) {
            this.interval = interval;
            this.what = what;
            this.each = each;
        }
    }

    /**
     * Where a use is counted.
     *
     * @param last what this returned to the same user before, who may well ask for the same again
     * @throws io.github.dkm4j.key.AuditUnavailable if nobody may use keys while events cannot be recorded
     */
    @SuppressWarnings("ReferenceEquality")
    public Count of(@Nullable Count last, Caller caller, KeyRef key, Operation operation) {
        settings.audit().check();
        Interval now = current;
        if (last != null
                && last.interval == now
                && last.what.caller == caller
                && last.what.key == key
                && last.what.operation == operation) {
            return last;
        }
        return now.counts.computeIfAbsent(
                new What(caller, key, operation), what -> new Count(now, what, isEachRecorded(caller)));
    }

    /** Puts on record, or counts, that a message was sealed or opened; the message must not be given out before. */
    public void used(Count count, EncryptionContext context) {
        if (count.each) {
            What what = count.what;
            settings.audit()
                    .record(new AuditEvent.KeyUsed(
                            settings.clock().instant(),
                            settings.name(),
                            what.caller.toString(),
                            what.operation.label(),
                            what.key,
                            shown(context)));
        } else {
            count.uses.increment();
            if (count.interval.over) {
                late.add(count); // it may or may not have been seen when the interval was told
            }
        }
    }

    private boolean isEachRecorded(Caller caller) {
        return settings.audit().rules().isEachUseRecorded() || access.mayBeAPerson(caller);
    }

    private String shown(EncryptionContext context) {
        return context.pairs().entrySet().stream()
                .map(pair -> settings.audit().rules().isLoggable(pair.getKey())
                        ? pair.getKey() + "=" + pair.getValue()
                        : pair.getKey())
                .collect(Collectors.joining(", "));
    }

    /** Puts counts on record if it is time to and nobody else is at it. Never fails. */
    void tellIfDue(long nowMillis) {
        if (Maintenance.isDue(next, nowMillis, period) && telling.tryLock()) {
            try {
                if (Maintenance.isDue(next, nowMillis, period)) {
                    // While nothing can be recorded the interval goes on, so that there are not more and more of them.
                    boolean told = tellLate();
                    if (told) {
                        endInterval();
                    }
                    next = nowMillis + (told ? period : Math.min(RETRY_MILLIS, period));
                }
            } finally {
                telling.unlock();
            }
        }
    }

    /** Puts all counts on record that are not yet. */
    void tellAll() {
        telling.lock();
        try {
            endInterval();
            tellLate();
        } finally {
            telling.unlock();
        }
    }

    private void endInterval() {
        Interval ended = current;
        current = new Interval(settings.clock().instant());
        ended.over = true;
        late.addAll(ended.counts.values());
        tellLate();
    }

    /** Returns whether all is told. */
    private boolean tellLate() {
        for (Iterator<Count> counts = late.iterator(); counts.hasNext(); ) {
            Count count = counts.next();
            counts.remove(); // before it is read: whoever counts from now on adds it again
            if (!tell(count)) {
                late.add(count);
                return false;
            }
        }
        return true;
    }

    private boolean tell(Count count) {
        long uses = count.uses.sum();
        What what = count.what;
        boolean told = uses == count.told
                || settings.audit()
                        .tryToRecord(new AuditEvent.KeyUsesCounted(
                                settings.clock().instant(),
                                settings.name(),
                                what.caller.toString(),
                                what.operation.label(),
                                what.key,
                                uses - count.told,
                                count.interval.since));
        count.told = told ? uses : count.told;
        return told;
    }
}
