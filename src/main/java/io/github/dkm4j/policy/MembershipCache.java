package io.github.dkm4j.policy;

import io.github.dkm4j.key.GroupDirectoryUnavailable;
import java.time.Duration;
import java.time.InstantSource;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * Decides by policy and group directory, and remembers each decision, be it yes or no, for a while. A remembered one
 * costs one map look-up, without lock or allocation. Safe for use by many threads.
 *
 * <p>In the last quarter of its time a decision is asked for again by one caller, or by an executor, while all others go
 * on with it: so that none of them ever waits, unless the decision has expired. Then those who ask the same thing at once
 * share one question.
 *
 * <p>A directory that cannot answer is asked for the same thing once a second. Meanwhile a yes may be prolonged by a
 * grace; a no never is, and neither is what is not known.
 */
public final class MembershipCache {
    /** The most decisions remembered for one operation; threads that add at once may exceed it by one each. */
    static final int MAX_ENTRIES = 10_000;

    private static final long RETRY_MILLIS = 1_000;

    private final GroupDirectory directory;
    private final long ttlMillis;
    private final long aheadMillis;
    private final long graceMillis;
    private final InstantSource clock;
    private final Executor executor;
    private final Map<Operation, ConcurrentHashMap<Caller, Entry>> decisions = new EnumMap<>(Operation.class);
    private final ConcurrentHashMap<Question, CompletableFuture<Entry>> asking = new ConcurrentHashMap<>();
    private volatile @Nullable String trouble;

    /**
     * @param ttl how long a decision holds, counted in whole milliseconds from before the directory was asked; zero
     *     remembers nothing
     * @param grace for how long after that a yes holds while the directory cannot answer; zero for not at all
     * @param clock for {@link #decide(AccessPolicy, Caller, Operation)}
     * @param executor who asks again before a decision expires
     * @throws IllegalArgumentException if a time is negative or longer than a {@code long} counts in milliseconds
     */
    public MembershipCache(
            GroupDirectory directory, Duration ttl, Duration grace, InstantSource clock, Executor executor) {
        this.directory = directory;
        this.ttlMillis = millis(ttl);
        this.aheadMillis = ttlMillis - ttlMillis / 4;
        this.graceMillis = millis(grace);
        this.clock = clock;
        this.executor = executor;
        for (Operation operation : Operation.values()) {
            decisions.put(operation, new ConcurrentHashMap<>());
        }
    }

    private static long millis(Duration time) {
        if (time.isNegative() || time.compareTo(Duration.ofMillis(Long.MAX_VALUE)) > 0) {
            throw new IllegalArgumentException("how long an answer holds must not be negative or without end");
        }
        return time.toMillis();
    }

    /**
     * As {@link #decide(AccessPolicy, Caller, Operation, long)}, now.
     *
     * @throws GroupDirectoryUnavailable if the directory must be asked and cannot answer
     */
    public Decision decide(AccessPolicy policy, Caller caller, Operation operation) {
        return decide(policy, caller, operation, clock.millis());
    }

    /**
     * Whether the policy lets the caller do this. A decision counts for the very policy object that it was found with; one
     * from the future, which a clock set back leaves behind, does not count.
     *
     * @param nowMillis the time, in milliseconds since 1970
     * @throws GroupDirectoryUnavailable if the directory must be asked and cannot answer, or could not a moment ago
     */
    public Decision decide(AccessPolicy policy, Caller caller, Operation operation, long nowMillis) {
        Entry entry = decisions(operation).get(caller);
        if (entry != null && entry.isFor(policy)) {
            long age = nowMillis - entry.askedMillis;
            if (age >= 0 && age < ttlMillis && entry.decision != null) {
                if (age >= aheadMillis && entry.claim(nowMillis)) {
                    askAhead(new Question(policy, caller, operation), nowMillis, entry);
                }
                return entry.decision;
            }
            if (entry.isWaiting(nowMillis)) {
                return graced(entry, nowMillis);
            }
        }
        Entry found = shared(new Question(policy, caller, operation), nowMillis, entry);
        return found.failure == null && found.decision != null ? found.decision : graced(found, nowMillis);
    }

    /** Why the directory could not answer the last question it was asked; empty if it could. */
    public Optional<String> trouble() {
        return Optional.ofNullable(trouble);
    }

    /** How many decisions are remembered, expired ones included. */
    int size(Operation operation) {
        return decisions(operation).size();
    }

    private void askAhead(Question question, long nowMillis, Entry entry) {
        if (asking.containsKey(question)) {
            return; // a slow answer is waited for by one caller, not by one more each second
        }
        try {
            executor.execute(() -> shared(question, nowMillis, entry));
        } catch (RuntimeException e) {
            // The decision at hand still holds, whatever is wrong with the executor or the directory.
            trouble = "asking the group directory ahead of time failed: " + e.getMessage();
        }
    }

    /**
     * Asks, or waits for the answer that somebody else asks for.
     *
     * @param seen what was remembered when this one decided to ask
     */
    @SuppressWarnings("ReferenceEquality")
    private Entry shared(Question question, long nowMillis, @Nullable Entry seen) {
        CompletableFuture<Entry> mine = new CompletableFuture<>();
        CompletableFuture<Entry> theirs = asking.putIfAbsent(question, mine);
        if (theirs != null) {
            return answer(theirs);
        }
        try {
            Entry meanwhile = decisions(question.operation).get(question.caller);
            boolean answered = meanwhile != null && meanwhile != seen && meanwhile.isFor(question.policy);
            mine.complete(answered ? meanwhile : remember(question, ask(question, nowMillis), nowMillis));
        } catch (RuntimeException | Error e) {
            mine.completeExceptionally(e);
        } finally {
            asking.remove(question, mine);
        }
        return answer(mine);
    }

    private static Entry answer(CompletableFuture<Entry> future) {
        try {
            return future.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw e;
        }
    }

    private Entry ask(Question question, long nowMillis) {
        try {
            Decision decision =
                    new Decisions(question.policy, directory, false).decide(question.caller, question.operation);
            trouble = null;
            return new Entry(question.policy, decision, nowMillis);
        } catch (GroupDirectoryUnavailable e) {
            trouble = "the group directory could not be asked: " + e.getMessage();
            Entry known = decisions(question.operation).get(question.caller);
            Entry entry = known != null && known.isFor(question.policy)
                    ? new Entry(question.policy, known.decision, known.askedMillis)
                    : new Entry(question.policy, null, nowMillis);
            entry.failed(e, nowMillis);
            return entry;
        }
    }

    private Entry remember(Question question, Entry entry, long nowMillis) {
        ConcurrentHashMap<Caller, Entry> known = decisions(question.operation);
        if (known.size() >= MAX_ENTRIES && !known.containsKey(question.caller)) {
            makeRoom(known, nowMillis);
        }
        known.put(question.caller, entry);
        return entry;
    }

    /** What counts while the directory cannot answer. */
    private Decision graced(Entry entry, long nowMillis) {
        long age = nowMillis - entry.askedMillis;
        Decision decision = entry.decision;
        // Written so that no sum can overflow.
        if (decision != null && decision.allowed() && age >= 0 && (age < ttlMillis || age - ttlMillis < graceMillis)) {
            return decision;
        }
        throw new GroupDirectoryUnavailable(
                trouble().orElse("the group directory could not be asked a moment ago"), entry.failure);
    }

    private void makeRoom(ConcurrentHashMap<Caller, Entry> known, long nowMillis) {
        known.values().removeIf(entry -> {
            long age = nowMillis - entry.askedMillis;
            return age < 0 || (age >= ttlMillis && age - ttlMillis >= graceMillis);
        });
        if (known.size() >= MAX_ENTRIES) {
            known.clear();
        }
    }

    private ConcurrentHashMap<Caller, Entry> decisions(Operation operation) {
        ConcurrentHashMap<Caller, Entry> known = decisions.get(operation);
        if (known == null) {
            throw new AssertionError(operation);
        }
        return known;
    }

    private record Question(AccessPolicy policy, Caller caller, Operation operation) {
        /** By the policy's identity: comparing contents would cost more than asking. */
        @Override
        @SuppressWarnings("ReferenceEquality")
        public boolean equals(Object other) {
            return other instanceof Question question
                    && policy == question.policy
                    && caller.equals(question.caller)
                    && operation == question.operation;
        }

        @Override
        public int hashCode() {
            return 31 * caller.hashCode() + operation.hashCode();
        }
    }

    /** What was found out, and when; and when the last attempt to find it out again failed. */
    private static final class Entry {
        private final AccessPolicy policy;
        private final @Nullable Decision decision;
        private final long askedMillis;
        private volatile long claimedMillis = Long.MIN_VALUE;
        private @Nullable GroupDirectoryUnavailable failure;

        Entry(AccessPolicy policy, @Nullable Decision decision, long askedMillis) {
            this.policy = policy;
            this.decision = decision;
            this.askedMillis = askedMillis;
        }

        @SuppressWarnings("ReferenceEquality")
        boolean isFor(AccessPolicy current) {
            return policy == current;
        }

        /** Before anybody else sees this. */
        void failed(GroupDirectoryUnavailable why, long nowMillis) {
            failure = why;
            claimedMillis = nowMillis;
        }

        /** Whether the caller is the one who asks again now. */
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

        /** Whether the directory failed to answer a moment ago. */
        boolean isWaiting(long nowMillis) {
            return failure != null && isClaimed(nowMillis);
        }

        private boolean isClaimed(long nowMillis) {
            long since = claimedMillis;
            return since != Long.MIN_VALUE && nowMillis >= since && nowMillis - since < RETRY_MILLIS;
        }
    }
}
