package io.github.dkm4j.elevation;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What has become of a request.
 *
 * @param kind in a word
 * @param words in more words: on whom it waits, who ended it, why it does not count
 * @param until until when access is or was given; empty if it never was
 * @param ignored what was said of it that does not count, and why
 */
record AccessState(Kind kind, String words, Optional<Instant> until, List<String> ignored) {
    /** In a word. */
    enum Kind {
        /** It is no request that counts. */
        INVALID,
        /** It is not decided yet. */
        WAITING,
        /** It was not decided in time. */
        LAPSED,
        /** An approver denied it. */
        DENIED,
        /** Access is given. */
        GRANTED,
        /** Access was given, and is over. */
        ENDED,
        /** Somebody ended it. */
        REVOKED
    }

    /** Copies the list. */
    AccessState {
        ignored = List.copyOf(ignored);
    }

    /** Whether messages are opened for him now. */
    boolean isGranted() {
        return kind == Kind.GRANTED;
    }
}
