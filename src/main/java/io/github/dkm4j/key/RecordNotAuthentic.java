package io.github.dkm4j.key;

import org.jspecify.annotations.Nullable;

/**
 * A record of the ring was altered or forged, or does not belong to it. The store needs an administrator: restore
 * the record from a backup.
 */
public final class RecordNotAuthentic extends DkmException {
    private static final long serialVersionUID = 1L;

    /** With what happened and what to do. */
    public RecordNotAuthentic(String message) {
        super(message, null);
    }

    /** With what happened, what to do, and why. */
    public RecordNotAuthentic(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
