package io.github.dkm4j.elevation;

import io.github.dkm4j.crypto.Kdf;
import io.github.dkm4j.elevation.AccessState.Kind;
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
    private final List<String> ignored = new ArrayList<>();
    private final Map<String, List<Said>> saidAfter = new HashMap<>();

    /** A case under these rules, among these people. */
    AccessCase(AccessRules rules, People people, Members members) {
        this.rules = rules;
        this.people = people;
        this.members = members;
    }

    /** A decision that its maker has signed, and its hash. */
    private record Said(AccessDecision decision, String hash, Instant storedAt) {}

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
        return new AccessState(state.kind(), state.words(), state.until(), ignored);
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
        return now.isAfter(wanted.at().plus(LATE))
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
        for (Taken decision : decisions) {
            sort(decision, hash);
        }
        Optional<String> ended = revoked(revocations, hash);
        AccessState decided = after(new Position(0, Set.of(), Set.of(), asked.at(), hash), asked, now);
        return ended.map(words -> state(Kind.REVOKED, words, decided.until().orElse(null)))
                .orElse(decided);
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

    private void sort(Taken taken, String request) {
        try {
            AccessDecision decision = people.signed(taken.note(), AccessDecision::parse, AccessDecision::by);
            if (decision.request().equals(request)) {
                saidAfter
                        .computeIfAbsent(decision.previous(), previous -> new ArrayList<>())
                        .add(new Said(decision, decision.statement().hash(), taken.storedAt()));
            }
        } catch (IllegalArgumentException e) {
            ignored.add("a decision does not count: " + e.getMessage());
        }
    }

    private Optional<String> revoked(List<Taken> revocations, String request) {
        Optional<String> ended = Optional.empty();
        for (Taken taken : revocations) {
            try {
                AccessRevocation revocation =
                        people.signed(taken.note(), AccessRevocation::parse, AccessRevocation::by);
                if (!revocation.request().equals(request)) {
                    continue;
                }
                if (!revocation.ring().equals(rules.ring()) || !rules.mayRevoke(revocation.by())) {
                    throw new IllegalArgumentException(revocation.by() + " may not revoke it");
                }
                ended = Optional.of("revoked by " + revocation.by() + ": " + revocation.reason());
            } catch (IllegalArgumentException e) {
                ignored.add("a revocation does not count: " + e.getMessage());
            }
        }
        return ended;
    }

    /**
     * The state after what was decided so far. Each decision names the one before, so that they are a tree; a denial anywhere
     * counts, and of approvals the branch that gets farthest.
     */
    private AccessState after(Position position, AccessRequest asked, Instant now) {
        if (position.level == rules.levels().size()) {
            return granted(position.at, asked, now);
        }
        AccessState best = undecided(position, asked, now);
        for (Said said : saidAfter.getOrDefault(position.hash, List.of())) {
            Optional<String> flaw = flaw(said, position, asked, now);
            if (flaw.isPresent()) {
                ignored.add("a decision of " + said.decision.by() + " does not count: " + flaw.get());
                continue;
            }
            AccessState next = said.decision.approved()
                    ? after(next(position, said), asked, now)
                    : state(
                            Kind.DENIED,
                            "denied by " + said.decision.by() + " on level " + said.decision.level() + ": "
                                    + said.decision.reason(),
                            null);
            best = better(best, next);
        }
        return best;
    }

    /**
     * A denial counts more than anything, and access given earlier more than later: otherwise the last approver alone could
     * give it again and again.
     */
    private static AccessState better(AccessState one, AccessState other) {
        if (one.kind() == Kind.DENIED || other.kind() == Kind.DENIED) {
            return one.kind() == Kind.DENIED ? one : other;
        }
        if (one.until().isPresent() && other.until().isEmpty()) {
            return one;
        }
        boolean later = one.until().isPresent()
                && other.until()
                        .filter(until -> until.isAfter(one.until().get()))
                        .isPresent();
        return later ? one : other;
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

    private AccessState granted(Instant from, AccessRequest asked, Instant now) {
        Duration time = asked.duration().compareTo(rules.longest()) < 0 ? asked.duration() : rules.longest();
        Instant until = from.plus(time);
        return now.isBefore(until)
                ? state(Kind.GRANTED, "until " + until, until)
                : state(Kind.ENDED, "it ended at " + until, until);
    }

    private Position next(Position position, Said said) {
        Set<String> here = new HashSet<>(position.approvedHere);
        here.add(said.decision.by());
        Level level = rules.levels().get(position.level);
        if (here.size() < level.threshold()) {
            return new Position(position.level, here, position.approvedBefore, said.decision.at(), said.hash);
        }
        here.addAll(position.approvedBefore);
        return new Position(position.level + 1, Set.of(), here, said.decision.at(), said.hash);
    }

    /** Why a decision does not count where it stands. */
    private Optional<String> flaw(Said said, Position position, AccessRequest asked, Instant now) {
        AccessDecision decision = said.decision;
        Level level = rules.levels().get(position.level);
        if (!decision.ring().equals(rules.ring())) {
            return Optional.of("it is of another ring");
        }
        if (decision.policy() != rules.policy()) {
            return Optional.of("it was made under version " + decision.policy() + " of the policy, which is "
                    + rules.policy() + " now");
        }
        if (!decision.level().equals(level.name())) {
            return Optional.of("it is of level " + decision.level() + ", and level " + level.name() + " is to decide");
        }
        if (decision.by().equals(asked.by())) {
            return Optional.of("nobody decides on his own request");
        }
        if (position.approvedHere.contains(decision.by()) || position.approvedBefore.contains(decision.by())) {
            return Optional.of("he has decided already");
        }
        if (!level.approvers().contains(decision.by())) {
            return Optional.of("he is no approver of level " + level.name());
        }
        if (decision.at().isBefore(position.at)
                || decision.at().isAfter(asked.at().plus(rules.decidedWithin()))) {
            return Optional.of("its time " + decision.at() + " is before what it follows, or too late");
        }
        Optional<String> untimely = untimely(decision.at(), said.storedAt, now);
        if (untimely.isPresent()) {
            return untimely;
        }
        return level.group()
                .filter(group -> !members.isIn(group, decision.by()))
                .map(group -> "he is not in " + group);
    }
}
