package io.github.dkm4j.key;

import org.jspecify.annotations.Nullable;

/**
 * The configuration asserts something that the ring contradicts, such as another policy or another identity.
 */
public final class ConfigurationMismatch extends DkmException {
    private static final long serialVersionUID = 1L;

    /** With what happened and what to do. */
    public ConfigurationMismatch(String message) {
        super(message, null);
    }

    /** With what happened, what to do, and why. */
    public ConfigurationMismatch(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
