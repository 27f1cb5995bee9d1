package io.github.dkm4j.cli;

/** The command line or the configuration is wrong: exit status 2. */
final class UsageError extends RuntimeException {
    private static final long serialVersionUID = 1L;

    UsageError(String message) {
        super(message);
    }
}
