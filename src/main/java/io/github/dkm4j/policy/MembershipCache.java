package io.github.dkm4j.policy;

import io.github.dkm4j.key.GroupDirectoryUnavailable;
import java.time.Duration;
import java.time.InstantSource;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
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
 * <p>A directory that cannot answer is asked for the same thing by one caller at a time, a second after it failed. Meanwhile
 * a yes may be prolonged by a grace, and all others go on with it; a no never is, and neither is what is not known.
 */
public final class MembershipCache {
    /** The most decisions remembered for one operation; threads that add at once may exceed it by one each. */
    static final int MAX_ENTRIES = 10_000;

    private final GroupDirectory directory;
    private final long ttlMillis;
    private final long aheadMillis;
    private final long graceMillis;
    private final InstantSource clock;
    private final Executor executor;
    private final Map<Operation, ConcurrentHashMap<Caller, Remembered>> decisions = new EnumMap<>(Operation.class);
    private final SingleFlight<Question, Remembered> asking = new SingleFlight<>();
    private volatile @Nullable String trouble;

    /**
     * @param ttl how long a decision holds, counted in whole milliseconds from before the directory was asked; zero
     *     remembers nothing
     * @param grace for how long after that a yes holds while the directory cannot answer; zero for not at all
     * @param clock for {@link #decide(AccessPolicy, Caller, Operation)}, and to know how long an answer took
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
        Remembered entry = decisions(operation).get(caller);
        if (entry == null || !entry.isFor(policy)) {
            return asked(new Question(policy, caller, operation), nowMillis, null);
        }
        long age = nowMillis - entry.askedMillis();
        Decision decision = entry.decision();
        if (decision != null && age >= 0 && age < ttlMillis) {
            return age < aheadMillis || !entry.claim(nowMillis)
                    ? decision
                    : aheadOfTime(new Question(policy, caller, operation), nowMillis, entry);
        }
        Question question = new Question(policy, caller, operation);
        // Who knows that the directory fails does not wait for it, but for the one whose turn it is to try again.
        boolean failing = entry.failure() != null && (!entry.claim(nowMillis) || asking.isUnderWay(question));
        return failing ? graced(entry, nowMillis) : asked(question, nowMillis, entry);
    }

    /** Why the directory could not answer the last question it was asked; empty if it could. */
    public Optional<String> trouble() {
        return Optional.ofNullable(trouble);
    }

    /** How many decisions are remembered, expired ones included. */
    int size(Operation operation) {
        return decisions(operation).size();
    }

    /** Has the question asked by the executor; the decision that counts now, which may be the new one. */
    private Decision aheadOfTime(Question question, long nowMillis, Remembered entry) {
        if (!asking.isUnderWay(question)) { // a slow answer is waited for by one caller, not by one more each second
            try {
                executor.execute(() -> askQuietly(question, nowMillis, entry));
            } catch (RuntimeException e) {
                // The decision at hand still holds, whatever is wrong with the executor.
                trouble = "asking the group directory ahead of time failed: " + e.getMessage();
            }
        }
        Remembered now = decisions(question.operation).get(question.caller);
        Decision newest = now != null && now.isFor(question.policy) ? now.decision() : null;
        return newest != null ? newest : decided(entry);
    }

    private static Decision decided(Remembered entry) {
        Decision decision = entry.decision();
        if (decision == null) {
            throw new AssertionError("asked ahead of time for what was never known");
        }
        return decision;
    }

    private void askQuietly(Question question, long nowMillis, Remembered entry) {
        try {
            shared(question, nowMillis, entry);
        } catch (RuntimeException e) {
            // The decision at hand still holds, whatever is wrong with the directory.
            trouble = "asking the group directory ahead of time failed: " + e.getMessage();
        }
    }

    private Decision asked(Question question, long nowMillis, @Nullable Remembered seen) {
        Remembered found = shared(question, nowMillis, seen);
        // What somebody else asked may have been asked too long ago for this caller.
        for (long age = nowMillis - found.askedMillis(); age > 0 && age >= ttlMillis && found.failure() == null; ) {
            found = shared(question, nowMillis, found);
            age = nowMillis - found.askedMillis();
        }
        Decision decision = found.decision();
        return found.failure() == null && decision != null ? decision : graced(found, nowMillis);
    }

    /**
     * Asks, or waits for the answer that somebody else asks for.
     *
     * @param seen what was remembered when this one decided to ask
     */
    @SuppressWarnings("ReferenceEquality")
    private Remembered shared(Question question, long nowMillis, @Nullable Remembered seen) {
        return asking.run(question, () -> {
            Remembered meanwhile = decisions(question.operation).get(question.caller);
            boolean answered = meanwhile != null && meanwhile != seen && meanwhile.isFor(question.policy);
            return answered ? meanwhile : remember(question, ask(question, nowMillis), nowMillis);
        });
    }

    private Remembered ask(Question question, long nowMillis) {
        Optional<Decision> plain = Decisions.withoutDirectory(question.policy, question.caller, question.operation);
        if (plain.isPresent()) {
            return Remembered.answered(question.policy, plain.get(), nowMillis);
        }
        try {
            Decision decision =
                    new Decisions(question.policy, directory, false).decide(question.caller, question.operation);
            trouble = null;
            return Remembered.answered(question.policy, decision, nowMillis);
        } catch (GroupDirectoryUnavailable e) {
            trouble = "the group directory could not be asked: " + e.getMessage();
            Remembered known = decisions(question.operation).get(question.caller);
            // The pause begins when the failure is known: a time-out is longer than it.
            long failed = Math.max(nowMillis, clock.millis());
            return known != null && known.isFor(question.policy)
                    ? known.failed(e, failed)
                    : Remembered.unknown(question.policy, nowMillis).failed(e, failed);
        }
    }

    private Remembered remember(Question question, Remembered entry, long nowMillis) {
        ConcurrentHashMap<Caller, Remembered> known = decisions(question.operation);
        if (known.size() >= MAX_ENTRIES && !known.containsKey(question.caller)) {
            makeRoom(known, nowMillis);
        }
        known.put(question.caller, entry);
        return entry;
    }

    /** What counts while the directory cannot answer. */
    private Decision graced(Remembered entry, long nowMillis) {
        Decision decision = entry.decision();
        if (decision != null && decision.allowed() && isGraced(entry, nowMillis)) {
            return decision;
        }
        throw new GroupDirectoryUnavailable(
                trouble().orElse("the group directory could not be asked a moment ago"), entry.failure());
    }

    /** Written so that no sum can overflow. */
    private boolean isGraced(Remembered entry, long nowMillis) {
        long age = nowMillis - entry.askedMillis();
        return age >= 0 && (age < ttlMillis || age - ttlMillis < graceMillis);
    }

    /** What was never known goes first, then every no: only a yes is of use when the directory fails. */
    private void makeRoom(ConcurrentHashMap<Caller, Remembered> known, long nowMillis) {
        known.values().removeIf(entry -> entry.decision() == null || !isGraced(entry, nowMillis));
        if (known.size() >= MAX_ENTRIES) {
            known.values()
                    .removeIf(entry ->
                            entry.decision() == null || !entry.decision().allowed());
        }
        if (known.size() >= MAX_ENTRIES) {
            known.clear();
        }
    }

    private ConcurrentHashMap<Caller, Remembered> decisions(Operation operation) {
        ConcurrentHashMap<Caller, Remembered> known = decisions.get(operation);
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
}
