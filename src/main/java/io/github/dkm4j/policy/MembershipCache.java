package io.github.dkm4j.policy;

import java.time.Duration;
import java.time.InstantSource;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Decides by policy and group directory, and remembers each decision, be it yes or no, for a while. A remembered one
 * costs one map look-up, without lock or allocation. Safe for use by many threads, which may ask the directory the
 * same thing at once.
 */
public final class MembershipCache {
    /** The most answers remembered for one operation; threads that add at once may exceed it by one each. */
    static final int MAX_ENTRIES = 10_000;

    private final GroupDirectory directory;
    private final long ttlMillis;
    private final InstantSource clock;
    private final Map<Operation, ConcurrentHashMap<Caller, Entry>> answers = new EnumMap<>(Operation.class);

    /**
     * @param ttl how long an answer holds, counted in whole milliseconds from before the directory was asked; zero
     *     remembers nothing
     * @param clock for {@link #isAllowed(AccessPolicy, Caller, Operation)}
     * @throws IllegalArgumentException if the time is negative or longer than a {@code long} counts in milliseconds
     */
    public MembershipCache(GroupDirectory directory, Duration ttl, InstantSource clock) {
        if (ttl.isNegative() || ttl.compareTo(Duration.ofMillis(Long.MAX_VALUE)) > 0) {
            throw new IllegalArgumentException("how long an answer holds must not be negative or without end");
        }
        this.directory = directory;
        this.ttlMillis = ttl.toMillis();
        this.clock = clock;
        for (Operation operation : Operation.values()) {
            answers.put(operation, new ConcurrentHashMap<>());
        }
    }

    /**
     * As {@link #isAllowed(AccessPolicy, Caller, Operation, long)}, now.
     *
     * @throws io.github.dkm4j.key.GroupDirectoryUnavailable if the directory must be asked and cannot answer
     */
    public boolean isAllowed(AccessPolicy policy, Caller caller, Operation operation) {
        return isAllowed(policy, caller, operation, clock.millis());
    }

    /**
     * Whether the caller's name is in one of the groups that the policy lets do this. An answer counts for the very
     * policy object that it was found with; one from the future, which a clock set back leaves behind, does not count.
     *
     * @param nowMillis the time, in milliseconds since 1970
     * @throws io.github.dkm4j.key.GroupDirectoryUnavailable if the directory must be asked and cannot answer;
     *     nothing is remembered then
     */
    public boolean isAllowed(AccessPolicy policy, Caller caller, Operation operation, long nowMillis) {
        ConcurrentHashMap<Caller, Entry> known = answers(operation);
        Entry entry = known.get(caller);
        if (entry != null && entry.isFor(policy) && isFresh(entry, nowMillis)) {
            return entry.allowed;
        }
        boolean allowed = ask(policy, caller, operation);
        if (known.size() >= MAX_ENTRIES && !known.containsKey(caller)) {
            makeRoom(known, nowMillis);
        }
        known.put(caller, new Entry(policy, allowed, nowMillis));
        return allowed;
    }

    /** How many answers are remembered, expired ones included. */
    int size(Operation operation) {
        return answers(operation).size();
    }

    private boolean ask(AccessPolicy policy, Caller caller, Operation operation) {
        for (String group : policy.groups(operation)) {
            if (directory.isMember(caller.name(), group)) {
                return true;
            }
        }
        return false;
    }

    private void makeRoom(ConcurrentHashMap<Caller, Entry> known, long nowMillis) {
        known.values().removeIf(entry -> !isFresh(entry, nowMillis));
        if (known.size() >= MAX_ENTRIES) {
            known.clear();
        }
    }

    private boolean isFresh(Entry entry, long nowMillis) {
        return nowMillis >= entry.askedMillis && nowMillis - entry.askedMillis < ttlMillis;
    }

    private ConcurrentHashMap<Caller, Entry> answers(Operation operation) {
        @Nullable ConcurrentHashMap<Caller, Entry> known = answers.get(operation);
        if (known == null) {
            throw new AssertionError(operation);
        }
        return known;
    }

    private record Entry(AccessPolicy policy, boolean allowed, long askedMillis) {
        /** By identity: comparing contents would cost more than the look-up. */
        @SuppressWarnings("ReferenceEquality")
        boolean isFor(AccessPolicy current) {
            return policy == current;
        }
    }
}
