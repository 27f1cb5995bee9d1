package io.github.dkm4j.ring;

import io.github.dkm4j.audit.AuditEvent;
import io.github.dkm4j.key.AuditUnavailable;
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

    /** Who was a person in the interval before this one: what counts while the directory cannot answer. */
    private volatile Map<Caller, Boolean> persons = Map.of();

    private volatile long nextProbe;
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
        private final Map<Caller, Boolean> persons = new ConcurrentHashMap<>();
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
     */
    @SuppressWarnings("ReferenceEquality")
    public Count of(@Nullable Count last, Caller caller, KeyRef key, Operation operation) {
        Interval now = current;
        if (last != null
                && last.interval == now
                && last.what.caller == caller
                && last.what.key == key
                && last.what.operation == operation) {
            return last;
        }
        What what = new What(caller, key, operation);
        Count known = now.counts.get(what);
        if (known != null) {
            return known;
        }
        boolean each = isEachRecorded(now, caller); // asked before the map is locked
        return now.counts.computeIfAbsent(what, same -> new Count(now, what, each));
    }

    /**
     * Puts on record, or counts, that a key is used; the result must not be given out before.
     *
     * @throws AuditUnavailable if it must be recorded and cannot be
     */
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
            if (settings.audit().stopped() != null) {
                requireAudit();
            }
            count.uses.increment();
            if (count.interval.over) {
                late.add(count); // it may or may not have been seen when the interval was told
            }
        }
    }

    /** Services stop while nothing can be recorded, and each second one of them finds out whether that is still so. */
    private void requireAudit() {
        long now = settings.clock().millis();
        if (Maintenance.isDue(nextProbe, now, RETRY_MILLIS) && telling.tryLock()) {
            try {
                nextProbe = now + RETRY_MILLIS;
                settings.audit()
                        .tryToRecord(new AuditEvent.AuditResumed(
                                settings.clock().instant(),
                                settings.name(),
                                settings.account().toString()));
            } finally {
                telling.unlock();
            }
        }
        String stopped = settings.audit().stopped();
        if (stopped != null) {
            throw new AuditUnavailable("keys are not used while events cannot be recorded: " + stopped);
        }
    }

    /** Asked once for each caller in an interval. */
    private boolean isEachRecorded(Interval interval, Caller caller) {
        if (settings.audit().rules().isEachUseRecorded()) {
            return true;
        }
        Boolean known = interval.persons.get(caller);
        if (known == null) {
            known = access.mayBeAPerson(caller, persons.get(caller));
            interval.persons.put(caller, known);
        }
        return known;
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
        persons = ended.persons;
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
