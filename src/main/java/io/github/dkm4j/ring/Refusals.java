package io.github.dkm4j.ring;

import io.github.dkm4j.audit.AuditEvent;
import io.github.dkm4j.policy.Caller;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Puts refusals on record. One that is repeated again and again costs one write to the disk each second, which says how often:
 * otherwise whoever is refused could fill the disk and hold up the others. What cannot be recorded is told when it can be.
 * Safe for use by many threads.
 */
final class Refusals {
    private static final long PERIOD_MILLIS = 1_000;

    /** How many different refusals are counted one by one; those beyond, by their operation. */
    private static final int MOST = 1_000;

    /** How many are told by one caller whose turn it is. */
    private static final int FEW = 20;

    private final RingSettings settings;
    private final ReentrantLock lock = new ReentrantLock();
    private final ReentrantLock telling = new ReentrantLock();

    /** Those told the longest ago come first. */
    private final Map<What, Untold> recent = new LinkedHashMap<>();

    private volatile long next = Long.MAX_VALUE;
    private boolean closed;

    Refusals(RingSettings settings) {
        this.settings = settings;
    }

    private record What(String caller, String operation, String reason) {
        /** Any other caller: nobody's name is empty. */
        What ofOthers() {
            return new What("", operation, "one of more than " + MOST + " different refusals");
        }
    }

    /** How often something was refused that is not on record, and since when nothing of it was put there. */
    private record Untold(long since, long times) {}

    void record(Caller caller, String operation, String reason) {
        long now = settings.clock().millis();
        What what;
        Untold before;
        lock.lock();
        try {
            what = counted(new What(caller.toString(), operation, reason));
            before = recent.get(what);
            if (before != null && !isOver(before, now) && !closed) {
                recent.put(what, new Untold(before.since, before.times + 1));
                return;
            }
            recent.remove(what);
            put(what, new Untold(now, 0));
        } finally {
            lock.unlock();
        }
        tell(what, before == null ? 1 : before.times + 1, now);
    }

    /** As what it is counted. */
    private What counted(What what) {
        return recent.containsKey(what) || recent.size() < MOST ? what : what.ofOthers();
    }

    private void put(What what, Untold untold) {
        recent.put(what, untold);
        next = Math.min(next, untold.since + PERIOD_MILLIS);
    }

    private static boolean isOver(Untold untold, long now) {
        return Maintenance.isDue(untold.since + PERIOD_MILLIS, now, PERIOD_MILLIS);
    }

    /** Puts on record some of what was repeated and is not there yet, if it is time to. */
    void tellIfDue(long now) {
        if (Maintenance.isDue(next, now, PERIOD_MILLIS) && next != Long.MAX_VALUE && telling.tryLock()) {
            try {
                tellFew(now);
            } finally {
                telling.unlock();
            }
        }
    }

    private void tellFew(long now) {
        boolean told = true;
        for (Map.Entry<What, Long> untold : takeFew(now).entrySet()) {
            if (told) {
                told = tell(untold.getKey(), untold.getValue(), now);
            } else {
                putBack(untold.getKey(), untold.getValue(), now);
            }
        }
        if (!told) {
            next = now + PERIOD_MILLIS; // the others could not be recorded either
        }
    }

    /** Takes out a few of those that are to be told now, and all about which there is nothing to tell. */
    private Map<What, Long> takeFew(long now) {
        Map<What, Long> few = new LinkedHashMap<>();
        lock.lock();
        try {
            next = Long.MAX_VALUE;
            Iterator<Map.Entry<What, Untold>> all = recent.entrySet().iterator();
            while (all.hasNext()) {
                Map.Entry<What, Untold> entry = all.next();
                Untold untold = entry.getValue();
                if (!isOver(untold, now) || (untold.times > 0 && few.size() == FEW)) {
                    next = Math.min(next, untold.since + PERIOD_MILLIS);
                    continue;
                }
                if (untold.times > 0) {
                    few.put(entry.getKey(), untold.times);
                }
                all.remove();
            }
        } finally {
            lock.unlock();
        }
        return few;
    }

    /** Puts all on record that is not there yet; from then on each refusal at once. */
    void tellAll() {
        telling.lock(); // what somebody is just telling is on record behind this
        try {
            long now = settings.clock().millis();
            takeAll().forEach((what, untold) -> {
                if (untold.times > 0) {
                    tell(what, untold.times, now);
                }
            });
        } finally {
            telling.unlock();
        }
    }

    private Map<What, Untold> takeAll() {
        lock.lock();
        try {
            closed = true;
            Map<What, Untold> all = new LinkedHashMap<>(recent);
            recent.clear();
            next = Long.MAX_VALUE;
            return all;
        } finally {
            lock.unlock();
        }
    }

    /** The last of so many is told as a refusal, those before it as its repetitions; returns whether they are on record. */
    private boolean tell(What what, long times, long now) {
        boolean told = settings.audit()
                .tryToRecord(new AuditEvent.AccessRefused(
                        settings.clock().instant(),
                        settings.name(),
                        what.caller,
                        what.operation,
                        what.reason,
                        times - 1));
        if (!told) {
            putBack(what, times, now);
        }
        return told;
    }

    private void putBack(What what, long times, long now) {
        lock.lock();
        try {
            What counted = counted(what);
            Untold since = recent.getOrDefault(counted, new Untold(now, 0));
            put(counted, new Untold(since.since, since.times + times));
        } finally {
            lock.unlock();
        }
    }
}
