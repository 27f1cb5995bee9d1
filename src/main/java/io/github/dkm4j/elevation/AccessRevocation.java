package io.github.dkm4j.elevation;

import io.github.dkm4j.crypto.Statement;
import java.time.Instant;

/**
 * That a request, or the access that it led to, is over at once, as an approver or an administrator signs it. Immutable.
 *
 * @param ring the ring's identity
 * @param request the request's hash
 * @param by who says so, as he is enrolled
 * @param at when
 * @param reason why
 */
record AccessRevocation(String ring, String request, String by, Instant at, String reason) {
    private static final String KIND = "access-revocation";

    /** What is signed. */
    Statement statement() {
        return Statement.of(KIND)
                .add("ring", ring)
                .add("request", request)
                .add("by", by)
                .add("at", at)
                .add("reason", reason)
                .build();
    }

    /**
     * Reads what {@link #statement} makes.
     *
     * @throws IllegalArgumentException if it is something else
     */
    static AccessRevocation parse(String text) {
        Statement statement = Statement.parse(KIND, text);
        AccessRevocation revocation = new AccessRevocation(
                statement.value("ring"),
                statement.value("request"),
                statement.value("by"),
                statement.instant("at"),
                statement.value("reason"));
        if (!revocation.statement().text().equals(text)) {
            throw new IllegalArgumentException("the revocation is not written as it should be");
        }
        return revocation;
    }
}
