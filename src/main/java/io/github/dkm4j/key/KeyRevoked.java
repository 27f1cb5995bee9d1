package io.github.dkm4j.key;

import org.jspecify.annotations.Nullable;

/**
 * The key version that the message names was revoked.
 */
public final class KeyRevoked extends DkmException {
    private static final long serialVersionUID = 1L;

    /** With what happened and what to do. */
    public KeyRevoked(String message) {
        super(message, null);
    }

    /** With what happened, what to do, and why. */
    public KeyRevoked(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
