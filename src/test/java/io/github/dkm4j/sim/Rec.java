package io.github.dkm4j.sim;

import io.github.dkm4j.key.Epoch;
import io.github.dkm4j.key.KeyId;
import io.github.dkm4j.key.KeyRef;
import io.github.dkm4j.store.StoredRecord;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A record that the store once took, as the simulation follows it: it can read what is not secret. */
final class Rec {
    final StoredRecord stored;
    final String type;
    final int generation;
    /** Which wrap of the master secret it is or names. */
    final String wrap;

    final @Nullable KeyRef key;
    /** Active from the moment at which it was made. */
    final boolean emergency;
    /** What happened, if this is an event. */
    final String what;
    /** Which destruction of its key it belongs to, if this is an event. */
    final String number;
    /** A fault took it from some replica once. */
    boolean damaged;
    /** Nobody has it any more. */
    boolean lost;
    /** It was removed because its key was destroyed. */
    boolean buried;

    Rec(StoredRecord stored) {
        this.stored = stored;
        String text = new String(stored.content(), StandardCharsets.US_ASCII);
        this.type = text.substring("dkm4j ".length(), text.indexOf(' ', "dkm4j ".length()));
        this.generation = Integer.parseInt(line(text, "generation").orElse("1"));
        this.wrap = line(text, "wrap-id").orElse("");
        boolean ofKey = type.equals("key") || type.equals("event");
        this.key = ofKey
                ? new KeyRef(
                        new Epoch(Long.parseLong(line(text, "epoch").orElseThrow())),
                        KeyId.parse(line(text, "key-id").orElseThrow()))
                : null;
        this.what = type.equals("event") ? line(text, "what").orElseThrow() : "";
        this.number = line(text, "number").orElse("");
        this.emergency = type.equals("key") && line(text, "created").equals(line(text, "activates"));
    }

    String name() {
        return stored.name().toString();
    }

    /** A key as it is known by name. */
    boolean isKey() {
        return type.equals("key");
    }

    private static Optional<String> line(String text, String name) {
        int at = text.indexOf("\n" + name + ": ");
        if (at < 0) {
            return Optional.empty();
        }
        int from = at + name.length() + 3;
        return Optional.of(text.substring(from, text.indexOf('\n', from)));
    }
}
