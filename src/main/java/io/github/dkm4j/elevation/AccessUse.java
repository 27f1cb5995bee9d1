package io.github.dkm4j.elevation;

import io.github.dkm4j.crypto.Statement;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * That somebody who was given access wants one message opened, as he signs it: once, and that message alone. Immutable.
 *
 * @param ring the ring's identity
 * @param request the hash of the request that led to his access
 * @param by who, as he is enrolled
 * @param message SHA-256 of the message, 64 hexadecimal digits
 * @param context the message's encryption context
 * @param at when
 * @param nonce under this it is used up
 */
record AccessUse(
        String ring,
        String request,
        String by,
        String message,
        SortedMap<String, String> context,
        Instant at,
        String nonce) {
    private static final String KIND = "access-use";

    /** Copies what can be changed. */
    AccessUse {
        context = Collections.unmodifiableSortedMap(new TreeMap<>(context));
    }

    /** What is signed. */
    Statement statement() {
        Statement.Builder statement = Statement.of(KIND)
                .add("ring", ring)
                .add("request", request)
                .add("by", by)
                .add("message", message);
        context.forEach((name, value) -> statement.add("context", name).add("is", value));
        return statement.add("at", at).add("nonce", nonce).build();
    }

    /**
     * Reads what {@link #statement} makes.
     *
     * @throws IllegalArgumentException if it is something else
     */
    static AccessUse parse(String text) {
        Statement statement = Statement.parse(KIND, text);
        AccessUse use = new AccessUse(
                statement.value("ring"),
                statement.value("request"),
                statement.value("by"),
                statement.value("message"),
                pairs(statement),
                statement.instant("at"),
                statement.value("nonce"));
        if (!use.statement().text().equals(text)) {
            throw new IllegalArgumentException("the use is not written as it should be");
        }
        return use;
    }

    /** The lines {@code context} and {@code is} of a statement. */
    static SortedMap<String, String> pairs(Statement statement) {
        List<String> names = statement.values("context");
        List<String> values = statement.values("is");
        SortedMap<String, String> pairs = new TreeMap<>();
        for (int i = 0; i < Math.min(names.size(), values.size()); i++) {
            pairs.put(names.get(i), values.get(i));
        }
        return pairs;
    }
}
