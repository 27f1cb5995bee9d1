package io.github.dkm4j;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * How a ring's durations must fit one another.
 *
 * @param refresh how often the store is read again
 * @param replication how long the store may take to show a record everywhere
 * @param skew how far clocks may be apart
 */
record DurationRules(Duration refresh, Duration replication, Duration skew) {
    private static final Duration LONGEST = Duration.ofDays(36_500);

    DurationRules {
        check(refresh);
        check(replication);
        check(skew);
    }

    DurationRules check(List<Duration> others) {
        others.forEach(DurationRules::check);
        return this;
    }

    /** A new key must have reached every node before any node uses it, and before its successor is due. */
    DurationRules checkWindow(Duration window, boolean singleNode, Optional<Duration> rolloverEvery) {
        check(window);
        Duration needed = refresh.plus(replication).plus(skew);
        if (window.compareTo(needed) <= 0 && !singleNode) {
            throw new IllegalArgumentException("the propagation window of " + window
                    + " must be longer than refresh interval, replication bound and clock skew together, " + needed
                    + ", or a node could write with a key that another has not read; a ring that one process alone"
                    + " uses says so with singleNode (store.single-node=true)");
        }
        if (rolloverEvery.isPresent() && rolloverEvery.get().compareTo(window) <= 0) {
            throw new IllegalArgumentException("rolloverEvery must be longer than the propagation window");
        }
        return this;
    }

    /** When the store is out of reach, encryption stops before decryption, and neither before the next refresh. */
    DurationRules checkStaleness(Duration encrypt, Duration decrypt) {
        check(List.of(encrypt, decrypt));
        if (encrypt.compareTo(refresh) < 0 || decrypt.compareTo(encrypt) < 0) {
            throw new IllegalArgumentException(
                    "encryption must not stop before the next refresh is due, and"
                            + " decryption not before encryption: refreshEvery <= encryption staleness <= decryption staleness");
        }
        return this;
    }

    /** A destroyed key must not be met any more by a node that lags behind, or in what comes back from queues. */
    void checkRetention(Duration retention, Duration stalenessWindowAndBackups) {
        check(List.of(retention, stalenessWindowAndBackups));
        Duration kept = stalenessWindowAndBackups.plus(skew);
        if (retention.compareTo(kept) <= 0) {
            throw new IllegalArgumentException("destroyRetention must be longer than decryption staleness,"
                    + " propagation window, clock skew and backup age together, " + kept);
        }
    }

    private static void check(Duration duration) {
        if (duration.isNegative() || duration.compareTo(LONGEST) > 0) {
            throw new IllegalArgumentException("durations must not be negative or longer than " + LONGEST);
        }
    }
}
