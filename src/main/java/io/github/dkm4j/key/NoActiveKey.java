package io.github.dkm4j.key;

import org.jspecify.annotations.Nullable;

/**
 * The ring has no key that new writes may use: its view of the store is incomplete, or the active key was revoked
 * and its successor is not active yet.
 */
public final class NoActiveKey extends DkmException {
    private static final long serialVersionUID = 1L;

    /** With what happened and what to do. */
    public NoActiveKey(String message) {
        super(message, null);
    }

    /** With what happened, what to do, and why. */
    public NoActiveKey(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
