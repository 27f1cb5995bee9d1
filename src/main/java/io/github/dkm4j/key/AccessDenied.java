package io.github.dkm4j.key;

import org.jspecify.annotations.Nullable;

/**
 * The caller is in none of the groups that the policy lets do this. Asking again will not help: an administrator
 * must change the group or the policy.
 */
public final class AccessDenied extends DkmException {
    private static final long serialVersionUID = 1L;

    /** With what happened and what to do. */
    public AccessDenied(String message) {
        super(message, null);
    }

    /** With what happened, what to do, and why. */
    public AccessDenied(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
