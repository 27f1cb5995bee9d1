package io.github.dkm4j.key;

import org.jspecify.annotations.Nullable;

/**
 * An audit event that must be written could not be; what it describes was not done.
 */
public final class AuditUnavailable extends DkmException {
    private static final long serialVersionUID = 1L;

    /** With what happened and what to do. */
    public AuditUnavailable(String message) {
        super(message, null);
    }

    /** With what happened, what to do, and why. */
    public AuditUnavailable(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
