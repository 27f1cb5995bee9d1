package io.github.dkm4j.key;

import org.jspecify.annotations.Nullable;

/**
 * The key version that the message names was destroyed: its messages cannot be read any more.
 */
public final class KeyDestroyed extends DkmException {
    private static final long serialVersionUID = 1L;

    /** With what happened and what to do. */
    public KeyDestroyed(String message) {
        super(message, null);
    }

    /** With what happened, what to do, and why. */
    public KeyDestroyed(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
