package io.github.dkm4j.elevation;

import io.github.dkm4j.crypto.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What somebody asks for, as he signs it: to have messages opened for him that services may open only. Immutable.
 *
 * @param ring the ring's identity, the hash of its genesis
 * @param by who asks, as he is enrolled
 * @param epochs of which keys; none for all
 * @param scope pairs that must be in a message's encryption context, with these values; none for all messages
 * @param duration for how long, from the last approval on
 * @param reason why
 * @param ticket where it is asked for
 * @param at when he asked
 * @param nonce tells requests of the same content apart
 */
record AccessRequest(
        String ring,
        String by,
        SortedSet<Long> epochs,
        SortedMap<String, String> scope,
        Duration duration,
        String reason,
        String ticket,
        Instant at,
        String nonce) {
    private static final String KIND = "access-request";

    /** Copies what can be changed. */
    AccessRequest {
        epochs = Collections.unmodifiableSortedSet(new TreeSet<>(epochs));
        scope = Collections.unmodifiableSortedMap(new TreeMap<>(scope));
        if (reason.isBlank() || ticket.isBlank()) {
            throw new IllegalArgumentException("a request has a reason and a ticket");
        }
        if (duration.isNegative() || duration.isZero()) {
            throw new IllegalArgumentException("access is asked for some time");
        }
    }

    /** What is signed. */
    Statement statement() {
        Statement.Builder statement = Statement.of(KIND).add("ring", ring).add("by", by);
        epochs.forEach(epoch -> statement.add("epoch", epoch));
        scope.forEach((name, value) -> statement.add("context", name).add("is", value));
        return statement
                .add("for", duration)
                .add("reason", reason)
                .add("ticket", ticket)
                .add("at", at)
                .add("nonce", nonce)
                .build();
    }

    /**
     * Reads what {@link #statement} makes.
     *
     * @throws IllegalArgumentException if it is something else
     */
    static AccessRequest parse(String text) {
        Statement statement = Statement.parse(KIND, text);
        SortedSet<Long> epochs = new TreeSet<>();
        statement.values("epoch").forEach(epoch -> epochs.add(Long.parseLong(epoch)));
        AccessRequest request = new AccessRequest(
                statement.value("ring"),
                statement.value("by"),
                epochs,
                AccessUse.pairs(statement),
                statement.duration("for"),
                statement.value("reason"),
                statement.value("ticket"),
                statement.instant("at"),
                statement.value("nonce"));
        if (!request.statement().text().equals(text)) {
            throw new IllegalArgumentException("the request is not written as it should be");
        }
        return request;
    }

    /** Whether a message of that key and context is among those that he asked for. */
    boolean covers(long epoch, Map<String, String> context) {
        return (epochs.isEmpty() || epochs.contains(epoch))
                && context.entrySet().containsAll(scope.entrySet());
    }
}
