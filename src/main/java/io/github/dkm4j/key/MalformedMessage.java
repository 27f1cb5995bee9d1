package io.github.dkm4j.key;

import org.jspecify.annotations.Nullable;

/**
 * The bytes are no message of this format.
 */
public final class MalformedMessage extends DkmException {
    private static final long serialVersionUID = 1L;

    /** With what happened and what to do. */
    public MalformedMessage(String message) {
        super(message, null);
    }

    /** With what happened, what to do, and why. */
    public MalformedMessage(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
