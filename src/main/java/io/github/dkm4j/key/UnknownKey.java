package io.github.dkm4j.key;

import org.jspecify.annotations.Nullable;

/**
 * The message names a key version that this ring does not have, not even after reading the store again: it comes
 * from another ring, or its key has not reached this node's store yet.
 */
public final class UnknownKey extends DkmException {
    private static final long serialVersionUID = 1L;

    /** With what happened and what to do. */
    public UnknownKey(String message) {
        super(message, null);
    }

    /** With what happened, what to do, and why. */
    public UnknownKey(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
