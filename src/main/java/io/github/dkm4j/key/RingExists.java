package io.github.dkm4j.key;

import org.jspecify.annotations.Nullable;

/**
 * The store has a ring of this name already; nothing was touched.
 */
public final class RingExists extends DkmException {
    private static final long serialVersionUID = 1L;

    /** With what happened and what to do. */
    public RingExists(String message) {
        super(message, null);
    }

    /** With what happened, what to do, and why. */
    public RingExists(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
