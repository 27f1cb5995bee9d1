package io.github.dkm4j.elevation;

import io.github.dkm4j.crypto.Kdf;
import io.github.dkm4j.elevation.AccessState.Kind;
import io.github.dkm4j.elevation.DecisionTree.Said;
import io.github.dkm4j.key.AccessDenied;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A request and what was said of it. What counts is judged anew each time, from signatures alone: nobody keeps a state, so that
 * none can be forged, and access ends without anybody doing anything. For one use.
 */
final class AccessCase {
    /** How far a signed time and the store's may be apart: who signs hands in. */
    static final Duration LATE = Duration.ofMinutes(10);

    static final Duration SKEW = Duration.ofMinutes(1);

    private final AccessRules rules;
    private final People people;
    private final Members members;
    private final List<String> unsigned = new ArrayList<>();
    private final List<String> ignored = new ArrayList<>();

    /** A case under these rules, among these people. */
    AccessCase(AccessRules rules, People people, Members members) {
        this.rules = rules;
        this.people = people;
        Map<List<String>, Boolean> asked = new HashMap<>();
        this.members = (group, name) -> {
            Boolean known = asked.get(List.of(group, name));
            boolean is = known != null ? known : members.isIn(group, name);
            asked.put(List.of(group, name), is);
            return is;
        };
    }

    /** By what decisions are judged. */
    private record Reading(AccessRequest asked, DecisionTree said, Instant now, Members asking) {}

    /** What the state is after some decisions, each of which counts. */
    private record Position(int level, Set<String> approvedHere, Set<String> approvedBefore, Instant at, String hash) {}

    /**
     * What has become of the request.
     *
     * @param request the request
     * @param decisions what was decided, in any order; also what does not count, and of other requests
     * @param revocations the same
     * @throws io.github.dkm4j.key.GroupDirectoryUnavailable if a group must be asked and cannot be
     */
    AccessState judge(Taken request, List<Taken> decisions, List<Taken> revocations, Instant now) {
        AccessState state = judged(request, decisions, revocations, now);
        unsigned.addAll(ignored);
        return new AccessState(state.kind(), state.words(), state.until(), unsigned);
    }

    /**
     * What somebody wants opened, if he may have that message now. Whether he has had it already is not known here.
     *
     * @param use what he has signed
     * @param message the message
     * @param epoch of which epoch its key is
     * @throws AccessDenied if he may not, with the reason
     * @throws io.github.dkm4j.key.GroupDirectoryUnavailable as {@link #judge}
     */
    AccessUse admit(
            Taken request,
            List<Taken> decisions,
            List<Taken> revocations,
            Taken use,
            byte[] message,
            long epoch,
            Instant now) {
        AccessState state = judge(request, decisions, revocations, now);
        if (!state.isGranted()) {
            throw new AccessDenied("there is no access by this request: " + state.words());
        }
        try {
            AccessRequest asked = people.signed(request.note(), AccessRequest::parse, AccessRequest::by);
            AccessUse wanted = people.signed(use.note(), AccessUse::parse, AccessUse::by);
            refusal(asked, wanted, use.storedAt(), message, epoch, now).ifPresent(why -> {
                throw new AccessDenied("the message is not opened: " + why);
            });
            return wanted;
        } catch (IllegalArgumentException e) {
            throw new AccessDenied("the message is not opened: " + e.getMessage(), e);
        }
    }

    private Optional<String> refusal(
            AccessRequest asked, AccessUse wanted, Instant storedAt, byte[] message, long epoch, Instant now) {
        if (!wanted.ring().equals(rules.ring())
                || !wanted.request().equals(asked.statement().hash())) {
            return Optional.of("it is asked for by another request");
        }
        if (!wanted.by().equals(asked.by())) {
            return Optional.of("access was given to " + asked.by() + ", not to " + wanted.by());
        }
        if (!wanted.message().equals(HexFormat.of().formatHex(Kdf.sha256(message)))) {
            return Optional.of("it is another message than the one that was asked for");
        }
        if (!asked.covers(epoch, wanted.context())) {
            return Optional.of("access was not given to messages of this epoch and context");
        }
        return wanted.at().isBefore(now.minus(LATE))
                ? Optional.of("it was asked for at " + wanted.at() + ", which is too long ago")
                : untimely(wanted.at(), storedAt, now);
    }

    private AccessState judged(Taken request, List<Taken> decisions, List<Taken> revocations, Instant now) {
        AccessRequest asked;
        try {
            asked = people.signed(request.note(), AccessRequest::parse, AccessRequest::by);
        } catch (IllegalArgumentException e) {
            return state(Kind.INVALID, String.valueOf(e.getMessage()), null);
        }
        String hash = asked.statement().hash();
        Optional<String> flaw = flaw(asked, request.storedAt(), now);
        if (flaw.isPresent()) {
            return state(Kind.INVALID, flaw.get(), null);
        }
        DecisionTree said = new DecisionTree(rules, asked, hash);
        decisions.forEach(decision -> said.add(decision, people));
        unsigned.addAll(said.unsigned());
        Position start = new Position(0, Set.of(), Set.of(), asked.at(), hash);
        // When access began first is not for groups to change: who leaves one must not prolong it.
        Optional<Instant> first = after(start, new Reading(asked, said, now, (group, name) -> true))
                .until();
        ignored.clear();
        AccessState decided = after(start, new Reading(asked, said, now, members));
        if (decided.until().isPresent()) {
            decided = granted(first.orElseThrow(), now);
        }
        @Nullable Instant until = decided.until().orElse(null);
        Optional<String> revoked = revoked(revocations, hash);
        if (revoked.isPresent()) {
            return state(Kind.REVOKED, revoked.get(), until);
        }
        return said.denied().isEmpty() ? decided : state(Kind.DENIED, said.denied(), until);
    }

    private static AccessState state(Kind kind, String words, @Nullable Instant until) {
        return new AccessState(kind, words, Optional.ofNullable(until), List.of());
    }

    private Optional<String> flaw(AccessRequest request, Instant storedAt, Instant now) {
        if (!request.ring().equals(rules.ring())) {
            return Optional.of("it is a request to another ring");
        }
        return untimely(request.at(), storedAt, now);
    }

    /** Whether a time is not the one at which it was signed, as far as can be told. */
    private static Optional<String> untimely(Instant at, Instant storedAt, Instant now) {
        if (at.isAfter(now.plus(SKEW)) || at.isAfter(storedAt.plus(SKEW))) {
            return Optional.of("its time " + at + " is still to come");
        }
        return storedAt.isAfter(at.plus(LATE))
                ? Optional.of("it says that it was signed at " + at + ", and came at " + storedAt)
                : Optional.empty();
    }

    private Optional<String> revoked(List<Taken> revocations, String request) {
        Optional<String> ended = Optional.empty();
        for (Taken taken : revocations) {
            try {
                Optional<AccessRevocation> revocation = people.signed(
                        taken.note(),
                        AccessRevocation::parse,
                        AccessRevocation::by,
                        said -> said.request().equals(request) && said.ring().equals(rules.ring()));
                if (revocation.isPresent()) {
                    String by = revocation.get().by();
                    if (!rules.mayRevoke(by)) {
                        throw new IllegalArgumentException(by + " may not revoke it");
                    }
                    ended = Optional.of(
                            "revoked by " + by + ": " + revocation.get().reason());
                }
            } catch (IllegalArgumentException e) {
                unsigned.add("a revocation does not count: " + e.getMessage());
            }
        }
        return ended;
    }

    /**
     * The state after what was approved so far. Each decision names the one before, so that they are a tree, and the branch that
     * gets farthest counts; of those that get to the end, the one that did so first: otherwise the last approver alone could give
     * access again and again.
     */
    private AccessState after(Position position, Reading by) {
        if (position.level == rules.levels().size()) {
            Duration time = by.asked.duration().compareTo(rules.longest()) < 0 ? by.asked.duration() : rules.longest();
            return granted(position.at.plus(time), by.now);
        }
        AccessState best = undecided(position, by.asked, by.now);
        for (Said one : by.said.after(position.hash)) {
            Optional<String> flaw = flaw(one, position, by);
            if (flaw.isPresent()) {
                ignored.add("a decision of " + one.decision().by() + " does not count: " + flaw.get());
            } else {
                best = better(best, after(next(position, one), by));
            }
        }
        return best;
    }

    private static AccessState better(AccessState one, AccessState other) {
        if (one.until().isEmpty()) {
            return other;
        }
        boolean earlier =
                other.until().filter(until -> until.isBefore(one.until().get())).isPresent();
        return earlier ? other : one;
    }

    private AccessState undecided(Position position, AccessRequest asked, Instant now) {
        Level level = rules.levels().get(position.level);
        if (now.isAfter(asked.at().plus(rules.decidedWithin()))) {
            return state(Kind.LAPSED, "level " + level.name() + " did not decide in time", null);
        }
        return state(
                Kind.WAITING,
                "waits for level " + level.name() + ", " + position.approvedHere.size() + " of " + level.threshold(),
                null);
    }

    private static AccessState granted(Instant until, Instant now) {
        return now.isBefore(until)
                ? state(Kind.GRANTED, "until " + until, until)
                : state(Kind.ENDED, "it ended at " + until, until);
    }

    private Position next(Position position, Said said) {
        Set<String> here = new HashSet<>(position.approvedHere);
        here.add(said.decision().by());
        Level level = rules.levels().get(position.level);
        if (here.size() < level.threshold()) {
            return new Position(
                    position.level,
                    here,
                    position.approvedBefore,
                    said.decision().at(),
                    said.hash());
        }
        here.addAll(position.approvedBefore);
        return new Position(position.level + 1, Set.of(), here, said.decision().at(), said.hash());
    }

    /** Why a decision does not count where it stands. */
    private Optional<String> flaw(Said said, Position position, Reading by) {
        AccessDecision decision = said.decision();
        Level level = rules.levels().get(position.level);
        if (!decision.approved()) {
            return Optional.of("he may not deny it");
        }
        if (decision.policy() != rules.policy()) {
            return Optional.of("it was made under version " + decision.policy() + " of the policy, which is "
                    + rules.policy() + " now");
        }
        if (!decision.level().equals(level.name())) {
            return Optional.of("it is of level " + decision.level() + ", and level " + level.name() + " is to decide");
        }
        if (decision.by().equals(by.asked.by())) {
            return Optional.of("nobody decides on his own request");
        }
        if (position.approvedHere.contains(decision.by()) || position.approvedBefore.contains(decision.by())) {
            return Optional.of("he has decided already");
        }
        if (!level.approvers().contains(decision.by())) {
            return Optional.of("he is no approver of level " + level.name());
        }
        if (decision.at().isBefore(position.at)
                || decision.at().isAfter(by.asked.at().plus(rules.decidedWithin()))) {
            return Optional.of("its time " + decision.at() + " is before what it follows, or too late");
        }
        Optional<String> untimely = untimely(decision.at(), said.storedAt(), by.now);
        if (untimely.isPresent()) {
            return untimely;
        }
        return level.group()
                .filter(group -> !by.asking.isIn(group, decision.by()))
                .map(group -> "he is not in " + group);
    }
}
