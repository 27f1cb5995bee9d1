package io.github.dkm4j.key;

import org.jspecify.annotations.Nullable;

/** This node's clock and the store's differ by more than is tolerated: no key is made before one is put right. */
public final class ClocksDisagree extends DkmException {
    private static final long serialVersionUID = 1L;

    /** With what happened and what to do. */
    public ClocksDisagree(String message) {
        super(message, null);
    }

    /** With what happened, what to do, and why. */
    public ClocksDisagree(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
