package io.github.dkm4j.elevation;

import io.github.dkm4j.crypto.Statement;
import java.time.Instant;

/**
 * What an approver says of a request, as he signs it. Each names the one before, so that none can be moved, left out or put into
 * another order. Immutable.
 *
 * @param ring the ring's identity
 * @param policy the version of the policy under which it is decided
 * @param request the request's hash
 * @param level on which level
 * @param approved whether he lets it be; if not, that ends it
 * @param by who decides, as he is enrolled
 * @param at when
 * @param previous the hash of the decision before; of the request for the first
 * @param reason in words, may be empty
 */
record AccessDecision(
        String ring,
        int policy,
        String request,
        String level,
        boolean approved,
        String by,
        Instant at,
        String previous,
        String reason) {
    private static final String KIND = "access-decision";
    private static final String APPROVED = "approved";
    private static final String DENIED = "denied";

    /** What is signed. */
    Statement statement() {
        return Statement.of(KIND)
                .add("ring", ring)
                .add("policy", policy)
                .add("request", request)
                .add("level", level)
                .add("decision", approved ? APPROVED : DENIED)
                .add("by", by)
                .add("at", at)
                .add("previous", previous)
                .add("reason", reason)
                .build();
    }

    /**
     * Reads what {@link #statement} makes.
     *
     * @throws IllegalArgumentException if it is something else
     */
    static AccessDecision parse(String text) {
        Statement statement = Statement.parse(KIND, text);
        AccessDecision decision = new AccessDecision(
                statement.value("ring"),
                statement.number("policy"),
                statement.value("request"),
                statement.value("level"),
                statement.value("decision").equals(APPROVED),
                statement.value("by"),
                statement.instant("at"),
                statement.value("previous"),
                statement.value("reason"));
        if (!decision.statement().text().equals(text)) {
            throw new IllegalArgumentException("the decision is not written as it should be");
        }
        return decision;
    }
}
