package io.github.dkm4j.key;

import org.jspecify.annotations.Nullable;

/**
 * The root key could not be reached or read. Trying again may help.
 */
public final class RootKeyUnavailable extends DkmException {
    private static final long serialVersionUID = 1L;

    /** With what happened and what to do. */
    public RootKeyUnavailable(String message) {
        super(message, null);
    }

    /** With what happened, what to do, and why. */
    public RootKeyUnavailable(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
