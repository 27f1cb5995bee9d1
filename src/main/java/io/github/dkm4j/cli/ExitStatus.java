package io.github.dkm4j.cli;

import io.github.dkm4j.key.AccessDenied;
import io.github.dkm4j.key.AuthenticationFailed;
import io.github.dkm4j.key.ConfigurationMismatch;
import io.github.dkm4j.key.DestructionRefused;
import io.github.dkm4j.key.DkmException;
import io.github.dkm4j.key.KeyDestroyed;
import io.github.dkm4j.key.KeyRevoked;
import io.github.dkm4j.key.MalformedMessage;
import io.github.dkm4j.key.RecordNotAuthentic;
import io.github.dkm4j.key.RingExists;
import io.github.dkm4j.key.RingNotFound;
import io.github.dkm4j.key.TruncatedMessage;
import io.github.dkm4j.key.UnknownKey;

/** What the tool's exit status says. */
final class ExitStatus {
    static final int DONE = 0;
    static final int INTERNAL = 1;
    static final int USAGE = 2;
    static final int DENIED = 3;
    static final int KEY = 4;
    static final int NOT_AUTHENTIC = 5;
    static final int UNAVAILABLE = 6;
    static final int INCOMPLETE = 7;

    private ExitStatus() {}

    static int of(Throwable error) {
        if (error instanceof UsageError
                || error instanceof IllegalArgumentException
                || error instanceof ConfigurationMismatch
                || error instanceof DestructionRefused
                || error instanceof RingExists
                || error instanceof RingNotFound) {
            return USAGE;
        }
        if (error instanceof AccessDenied) {
            return DENIED;
        }
        if (error instanceof UnknownKey || error instanceof KeyRevoked || error instanceof KeyDestroyed) {
            return KEY;
        }
        if (error instanceof MalformedMessage
                || error instanceof TruncatedMessage
                || error instanceof AuthenticationFailed
                || error instanceof RecordNotAuthentic) {
            return NOT_AUTHENTIC;
        }
        return error instanceof DkmException ? UNAVAILABLE : INTERNAL;
    }
}
