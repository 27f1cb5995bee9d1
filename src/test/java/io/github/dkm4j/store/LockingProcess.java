package io.github.dkm4j.store;

import io.github.dkm4j.key.StoreUnavailable;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;

/** Tries once for the writers' lock of a directory; the exit code says whether it got it. */
final class LockingProcess {
    static final int GOT = 10;
    static final int REFUSED = 11;

    private LockingProcess() {}

    /** Argument: the directory. */
    public static void main(String[] arguments) throws IOException {
        int exit = REFUSED;
        try {
            WriterLock.holding(Path.of(arguments[0]), Duration.ZERO, () -> true);
            exit = GOT;
        } catch (StoreUnavailable e) {
            // Refused, as the exit code says.
        }
        System.exit(exit);
    }
}
