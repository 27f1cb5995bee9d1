package io.github.dkm4j.audit;

import io.github.dkm4j.crypto.Percent;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Base64;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * A record of a trail, which is a line: {@code NUMBER PREVIOUS TIME TYPE name=value …}. Immutable.
 *
 * @param number its place in the trail, from 0 on
 * @param previous the hash of the record before, base64url; {@value #NONE} for the first
 * @param time when it was written, by the process's clock
 * @param type what happened
 * @param fields the details, in the order in which they are written
 */
record TrailLine(long number, String previous, Instant time, String type, Map<String, String> fields) {
    static final String NONE = "-";

    /** A line is no longer, so that a reader knows what to expect. */
    static final int LONGEST = 64 * 1024;

    private static final Pattern NUMBER = Pattern.compile("0|[1-9][0-9]{0,17}");
    private static final Pattern PREVIOUS = Pattern.compile("-|[A-Za-z0-9_-]{43}");
    private static final Pattern NAME = Pattern.compile("[a-zA-Z][a-zA-Z0-9]*");

    TrailLine {
        fields = Collections.unmodifiableMap(new LinkedHashMap<>(fields));
    }

    /** The value of a field; empty if there is none of that name. */
    String field(String name) {
        return fields.getOrDefault(name, "");
    }

    /** The line without its end; values are printable ASCII, and all else in them is as in a URL. */
    String text() {
        StringBuilder text = new StringBuilder(200);
        text.append(number).append(' ').append(previous).append(' ').append(time);
        text.append(' ').append(type);
        fields.forEach(
                (name, value) -> text.append(' ').append(name).append('=').append(Percent.encode(value)));
        return text.toString();
    }

    /** The record's hash. */
    static byte[] hash(String text) {
        return MerkleTree.leaf(text.getBytes(StandardCharsets.US_ASCII));
    }

    /** The record's hash, as the next one has it. */
    static String link(String text) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(hash(text));
    }

    /**
     * Reads a line as {@link #text} writes it.
     *
     * @throws IllegalArgumentException if it is anything else
     */
    static TrailLine parse(String text) {
        String[] parts = text.split(" ", -1);
        boolean formed = parts.length >= 4
                && NUMBER.matcher(parts[0]).matches()
                && PREVIOUS.matcher(parts[1]).matches()
                && NAME.matcher(parts[3]).matches();
        if (!formed) {
            throw new IllegalArgumentException("it is not written as a record is");
        }
        Map<String, String> fields = new LinkedHashMap<>();
        for (int i = 4; i < parts.length; i++) {
            int equals = parts[i].indexOf('=');
            if (equals < 0 || !NAME.matcher(parts[i].substring(0, equals)).matches()) {
                throw new IllegalArgumentException("it has something that is not name=value");
            }
            fields.put(parts[i].substring(0, equals), Percent.decode(parts[i].substring(equals + 1)));
        }
        try {
            TrailLine line =
                    new TrailLine(Long.parseLong(parts[0]), parts[1], Instant.parse(parts[2]), parts[3], fields);
            if (!line.text().equals(text)) {
                throw new IllegalArgumentException("it is not written as a record is");
            }
            return line;
        } catch (DateTimeException e) {
            throw new IllegalArgumentException("it has no time", e);
        }
    }
}
