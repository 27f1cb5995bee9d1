package io.github.dkm4j.elevation;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What was decided on a request, by what it follows. Whether a decision counts where it stands is not known here. */
final class DecisionTree {
    private final AccessRules rules;
    private final AccessRequest asked;
    private final String request;
    private final Map<String, List<Said>> after = new HashMap<>();
    private final List<String> unsigned = new ArrayList<>();
    private String denied = "";

    DecisionTree(AccessRules rules, AccessRequest asked, String request) {
        this.rules = rules;
        this.asked = asked;
        this.request = request;
    }

    /**
     * A decision that its maker has signed.
     *
     * @param hash what the next one names
     */
    record Said(AccessDecision decision, String hash, Instant storedAt) {}

    /** Adds a decision if it is on this request and signed by whom it says. */
    void add(Taken taken, People people) {
        try {
            people.signed(
                            taken.note(),
                            AccessDecision::parse,
                            AccessDecision::by,
                            decision -> decision.request().equals(request)
                                    && decision.ring().equals(rules.ring()))
                    .ifPresent(decision ->
                            add(new Said(decision, decision.statement().hash(), taken.storedAt())));
        } catch (IllegalArgumentException e) {
            unsigned.add("a decision does not count: " + e.getMessage());
        }
    }

    private void add(Said said) {
        if (isDenial(said.decision)) {
            denied = "denied by " + said.decision.by() + " on level " + said.decision.level() + ": "
                    + said.decision.reason();
            return;
        }
        // Of copies, which anybody can make, the one that was there first.
        List<Said> same = after.computeIfAbsent(said.decision.previous(), previous -> new ArrayList<>());
        boolean late =
                same.stream().anyMatch(one -> one.hash.equals(said.hash) && !said.storedAt.isBefore(one.storedAt));
        if (!late) {
            same.removeIf(one -> one.hash.equals(said.hash));
            same.add(said);
        }
    }

    /** A denial counts whatever it follows, whenever it was signed and under which version of the policy: it ends things. */
    private boolean isDenial(AccessDecision decision) {
        return !decision.approved()
                && !decision.by().equals(asked.by())
                && rules.levels().stream()
                        .filter(level -> level.name().equals(decision.level()))
                        .anyMatch(level -> level.approvers().contains(decision.by()));
    }

    /** What follows a decision, or the request. */
    List<Said> after(String hash) {
        return after.getOrDefault(hash, List.of());
    }

    /** Who has denied it, in words; empty if nobody has. */
    String denied() {
        return denied;
    }

    /** What does not count by its form or its signature. */
    List<String> unsigned() {
        return unsigned;
    }
}
