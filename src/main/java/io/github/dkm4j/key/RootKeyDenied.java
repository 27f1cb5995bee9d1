package io.github.dkm4j.key;

import org.jspecify.annotations.Nullable;

/**
 * The root key is the wrong one for this ring, or it refused: a wrong passphrase or password, another key.
 */
public final class RootKeyDenied extends DkmException {
    private static final long serialVersionUID = 1L;

    /** With what happened and what to do. */
    public RootKeyDenied(String message) {
        super(message, null);
    }

    /** With what happened, what to do, and why. */
    public RootKeyDenied(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
