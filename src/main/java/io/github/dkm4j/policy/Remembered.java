package io.github.dkm4j.policy;

import io.github.dkm4j.key.GroupDirectoryUnavailable;
import org.jspecify.annotations.Nullable;

/**
 * What was found out about a caller and an operation, and when; and how the last attempt to find it out again failed. Safe
 * for use by many threads.
 */
final class Remembered {
    private static final long RETRY_MILLIS = 1_000;
    private static final long NEVER = Long.MIN_VALUE;

    private final AccessPolicy policy;
    private final @Nullable Decision decision;
    private final long askedMillis;
    private final @Nullable GroupDirectoryUnavailable failure;
    private volatile long claimedMillis;

    private Remembered(
            AccessPolicy policy,
            @Nullable Decision decision,
            long askedMillis,
            @Nullable GroupDirectoryUnavailable failure,
            long claimedMillis) {
        this.policy = policy;
        this.decision = decision;
        this.askedMillis = askedMillis;
        this.failure = failure;
        this.claimedMillis = claimedMillis;
    }

    static Remembered answered(AccessPolicy policy, Decision decision, long askedMillis) {
        return new Remembered(policy, decision, askedMillis, null, NEVER);
    }

    static Remembered unknown(AccessPolicy policy, long askedMillis) {
        return new Remembered(policy, null, askedMillis, null, NEVER);
    }

    /** The same, after an attempt to find it out again. */
    Remembered failed(GroupDirectoryUnavailable why, long nowMillis) {
        return new Remembered(policy, decision, askedMillis, why, nowMillis);
    }

    @Nullable Decision decision() {
        return decision;
    }

    long askedMillis() {
        return askedMillis;
    }

    /** Null if the last attempt did not fail. */
    @Nullable GroupDirectoryUnavailable failure() {
        return failure;
    }

    @SuppressWarnings("ReferenceEquality")
    boolean isFor(AccessPolicy current) {
        return policy == current;
    }

    /** Whether the caller is the one who asks again now: the first within a second. */
    boolean claim(long nowMillis) {
        if (isClaimed(nowMillis)) {
            return false;
        }
        synchronized (this) {
            boolean free = !isClaimed(nowMillis);
            claimedMillis = free ? nowMillis : claimedMillis;
            return free;
        }
    }

    private boolean isClaimed(long nowMillis) {
        long since = claimedMillis;
        // Also for who looked at the clock a little earlier.
        return since != NEVER && Math.abs(nowMillis - since) < RETRY_MILLIS;
    }
}
