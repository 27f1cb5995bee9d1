package io.github.dkm4j.key;

import org.jspecify.annotations.Nullable;

/**
 * The message ends early.
 */
public final class TruncatedMessage extends DkmException {
    private static final long serialVersionUID = 1L;

    /** With what happened and what to do. */
    public TruncatedMessage(String message) {
        super(message, null);
    }

    /** With what happened, what to do, and why. */
    public TruncatedMessage(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
