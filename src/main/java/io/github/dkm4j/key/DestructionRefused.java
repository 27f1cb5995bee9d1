package io.github.dkm4j.key;

import org.jspecify.annotations.Nullable;

/** A key is not destroyed, or a destruction not undone: the message says what stands in the way. */
public final class DestructionRefused extends DkmException {
    private static final long serialVersionUID = 1L;

    /** With what happened and what to do. */
    public DestructionRefused(String message) {
        super(message, null);
    }

    /** With what happened, what to do, and why. */
    public DestructionRefused(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
