package io.github.dkm4j.store.jdbc;

import io.github.dkm4j.key.AccessDenied;
import io.github.dkm4j.key.StoreUnavailable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Looks at who may do what when it is first asked and then once in an interval; in between it says again what it saw. A
 * database that has never been seen to keep readers and writers apart is not found fault with. Safe for use by many threads;
 * two that ask at once may both look.
 */
final class AccessWatch {
    private final Duration every;
    private final LongSupplier nanoTime;
    private volatile @Nullable Look last;

    /**
     * A watch that has seen nothing yet.
     *
     * @param nanoTime a monotonic clock, in nanoseconds
     * @throws IllegalArgumentException if the interval is not positive
     */
    AccessWatch(Duration every, LongSupplier nanoTime) {
        if (every.isNegative() || every.isZero()) {
            throw new IllegalArgumentException("the interval between checks of access must be positive: " + every);
        }
        this.every = every;
        this.nanoTime = nanoTime;
    }

    /** The same clock with another interval, having seen nothing yet. */
    AccessWatch every(Duration other) {
        return new AccessWatch(other, nanoTime);
    }

    /**
     * What was found when it was last looked, which is now if that was too long ago. That it cannot be looked now is added to
     * what was found before, and it is tried again at the next call.
     */
    List<String> findings(Supplier<Access> check) {
        long now = nanoTime.getAsLong();
        Look look = last;
        if (look == null || Duration.ofNanos(now - look.at).compareTo(every) >= 0) {
            Access access;
            try {
                access = check.get();
            } catch (StoreUnavailable | AccessDenied e) {
                List<String> findings = new ArrayList<>(look == null ? List.of() : look.findings);
                findings.add("who may do what was not checked: " + e.getMessage());
                return List.copyOf(findings);
            }
            boolean controlled = access.controlled() || (look != null && look.controlled);
            look = new Look(now, controlled, controlled ? access.findings() : List.of());
            last = look;
        }
        return look.findings;
    }

    private record Look(long at, boolean controlled, List<String> findings) {}
}
