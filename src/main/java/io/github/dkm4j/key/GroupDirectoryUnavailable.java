package io.github.dkm4j.key;

import org.jspecify.annotations.Nullable;

/**
 * The group directory could not be asked, so that nobody is let in.
 */
public final class GroupDirectoryUnavailable extends DkmException {
    private static final long serialVersionUID = 1L;

    /** With what happened and what to do. */
    public GroupDirectoryUnavailable(String message) {
        super(message, null);
    }

    /** With what happened, what to do, and why. */
    public GroupDirectoryUnavailable(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
