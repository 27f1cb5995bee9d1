package io.github.dkm4j.key;

import org.jspecify.annotations.Nullable;

/**
 * The store has no ring of this name. Opening never creates one.
 */
public final class RingNotFound extends DkmException {
    private static final long serialVersionUID = 1L;

    /** With what happened and what to do. */
    public RingNotFound(String message) {
        super(message, null);
    }

    /** With what happened, what to do, and why. */
    public RingNotFound(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
