package io.github.dkm4j.key;

import org.jspecify.annotations.Nullable;

/**
 * The family of errors that this library throws beside {@link IllegalArgumentException} and {@link
 * IllegalStateException}. Each subtype is one thing that a caller would do differently. Messages never hold key
 * material, plaintext or context values.
 */
public abstract sealed class DkmException extends RuntimeException
        permits AccessDenied,
                UnknownKey,
                KeyRevoked,
                KeyDestroyed,
                NoActiveKey,
                ClocksDisagree,
                DestructionRefused,
                AuthenticationFailed,
                MalformedMessage,
                TruncatedMessage,
                RootKeyUnavailable,
                RootKeyDenied,
                StoreUnavailable,
                RecordNotAuthentic,
                RingNotFound,
                RingExists,
                ConfigurationMismatch,
                GroupDirectoryUnavailable,
                AuditUnavailable {
    private static final long serialVersionUID = 1L;

    DkmException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
