package io.github.dkm4j.key;

import org.jspecify.annotations.Nullable;

/**
 * The key ring store could not be read or written. Trying again may help.
 */
public final class StoreUnavailable extends DkmException {
    private static final long serialVersionUID = 1L;

    /** With what happened and what to do. */
    public StoreUnavailable(String message) {
        super(message, null);
    }

    /** With what happened, what to do, and why. */
    public StoreUnavailable(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
