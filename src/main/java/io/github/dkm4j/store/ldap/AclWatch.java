package io.github.dkm4j.store.ldap;

import com.unboundid.ldap.sdk.LDAPException;
import io.github.dkm4j.key.DkmException;
import io.github.dkm4j.key.StoreUnavailable;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Collectors;

/**
 * Checks access control lists when first asked and then once in an interval. A check that fails is a finding until one
 * succeeds, and is tried again after a minute, or the interval if that is shorter. Safe for use by many threads: one checks,
 * and the others go on with what was found before, or wait for the first check.
 */
final class AclWatch {
    private static final String NOT_CHECKED = "access control lists could not be looked at";
    private static final Duration RETRY = Duration.ofMinutes(1);
    private static final int MOST_SAID = 10;

    private final InstantSource clock;
    private final Duration every;
    private final Check check;
    private final ReentrantLock checking = new ReentrantLock();
    private final AtomicLong begun = new AtomicLong();
    private volatile Look last = new Look(0, Instant.EPOCH, 0, Optional.empty(), Optional.empty());

    AclWatch(InstantSource clock, Duration every, Check check) {
        this.clock = clock;
        this.every = every;
        this.check = check;
    }

    /** What is found now. */
    AclFindings now() throws LDAPException {
        return run(begun.incrementAndGet());
    }

    private AclFindings run(long number) throws LDAPException {
        AclFindings found = check.run();
        succeeded(number, found);
        return found;
    }

    /** What the last check found, and why the last one failed if it did. */
    List<String> doubts() {
        Look look = latest();
        List<String> doubts = new ArrayList<>(look.failure().stream().toList());
        look.found().ifPresent(found -> doubts.addAll(found.all()));
        return List.copyOf(doubts);
    }

    /**
     * Refuses to go on if the container of rings or a ring differs. What is in rings does not count: whoever may roll over
     * can put objects there, and could else stop everybody.
     *
     * @throws StoreUnavailable if there is such a difference, or no check has ever succeeded
     */
    void requireNoDrift() {
        Look look = latest();
        List<String> found = look.found()
                .orElseThrow(() -> new StoreUnavailable(look.failure().orElse(NOT_CHECKED)))
                .containers();
        if (!found.isEmpty()) {
            throw new StoreUnavailable("access control lists differ from the baseline: "
                    + found.stream().limit(MOST_SAID).collect(Collectors.joining("; "))
                    + "; an administrator can set them again");
        }
    }

    private Look latest() {
        Look known = last;
        if (!isDue(known)) {
            return known;
        }
        if (known.isNone()) {
            checking.lock();
            try {
                return renewed();
            } finally {
                checking.unlock();
            }
        }
        if (!checking.tryLock()) {
            return known;
        }
        try {
            return renewed();
        } finally {
            checking.unlock();
        }
    }

    private boolean isDue(Look look) {
        Instant now = clock.instant();
        Duration wait = look.failure().isPresent() && every.compareTo(RETRY) > 0 ? RETRY : every;
        return look.isNone()
                || now.isBefore(look.at())
                || !now.isBefore(look.at().plus(wait));
    }

    private Look renewed() {
        if (isDue(last)) {
            long number = begun.incrementAndGet();
            try {
                run(number);
            } catch (LDAPException e) {
                failed(number, Failures.of("read the access control lists", e));
            } catch (StoreUnavailable e) {
                failed(number, e);
            }
        }
        return last;
    }

    // Of checks the one that began last counts, whenever it ends: one before it may have seen what has been mended
    // since.
    // So it is for what was found, and by itself for whether checks fail.

    private synchronized void succeeded(long number, AclFindings found) {
        if (number > last.number()) {
            last = new Look(number, clock.instant(), number, Optional.of(found), Optional.empty());
        } else if (number > last.foundBy()) {
            last = new Look(last.number(), last.at(), number, Optional.of(found), last.failure());
        }
    }

    private synchronized void failed(long number, DkmException e) {
        if (number > last.number()) {
            String failure = Printed.escaped(NOT_CHECKED + ": " + e.getMessage());
            last = new Look(number, clock.instant(), last.foundBy(), last.found(), Optional.of(failure));
        }
    }

    /** Finds what differs. */
    interface Check {
        AclFindings run() throws LDAPException;
    }

    /**
     * The check that began last of those that have ended.
     *
     * @param number how many had begun when it did; zero if there was none
     * @param foundBy the number of the one that began last of those that succeeded
     * @param found by that one
     * @param failure why the last one did not succeed
     */
    private record Look(long number, Instant at, long foundBy, Optional<AclFindings> found, Optional<String> failure) {
        boolean isNone() {
            return number == 0;
        }
    }
}
