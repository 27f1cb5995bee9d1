package io.github.dkm4j.key;

import org.jspecify.annotations.Nullable;

/**
 * The message was altered, belongs to another encryption context, or was made with another key. Which one is not
 * said.
 */
public final class AuthenticationFailed extends DkmException {
    private static final long serialVersionUID = 1L;

    /** With what happened and what to do. */
    public AuthenticationFailed(String message) {
        super(message, null);
    }

    /** With what happened, what to do, and why. */
    public AuthenticationFailed(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
