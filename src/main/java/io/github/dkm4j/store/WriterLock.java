package io.github.dkm4j.store;

import static java.nio.file.LinkOption.NOFOLLOW_LINKS;
import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;

import io.github.dkm4j.key.StoreUnavailable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Lets one writer at a time into a store's directory, over all threads and all processes of the machine. The
 * operating system frees the lock when its holder dies.
 *
 * <p>Two files are locked. {@code .lock} shuts out other processes; but a POSIX lock is gone as soon as its process
 * closes <em>any</em> channel of the locked file, so that a second thread which merely opened and closed it would let
 * strangers in. {@code .gate} prevents that: the virtual machine itself refuses a second lock of it within the
 * process, whatever the system does, and {@code .lock} is opened and closed only behind it.
 */
final class WriterLock {
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final Duration POLL = Duration.ofMillis(2);

    private WriterLock() {}

    /** Something done while the lock is held. */
    interface Action {
        boolean run() throws IOException;
    }

    private interface Attempt {
        @Nullable FileLock tryLock() throws IOException;
    }

    static boolean holding(Path directory, Action action) throws IOException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        Path lockFile = directory.resolve(".lock");
        try (FileChannel gate = open(directory.resolve(".gate"))) {
            // Shared, as it is meant for this process alone.
            await(() -> gate.tryLock(0, Long.MAX_VALUE, true), deadline, lockFile);
            try (FileChannel lock = open(lockFile)) {
                await(lock::tryLock, deadline, lockFile);
                return action.run();
            }
        }
    }

    private static FileChannel open(Path path) throws IOException {
        return FileChannel.open(path, Set.of(CREATE, READ, WRITE, NOFOLLOW_LINKS), Directories.OWNER_FILE);
    }

    private static void await(Attempt attempt, long deadline, Path lockFile) throws IOException {
        while (!succeeds(attempt)) {
            if (System.nanoTime() - deadline > 0) {
                throw new StoreUnavailable("another process holds " + lockFile + ", or another thread of this one,"
                        + " for more than " + PATIENCE.toSeconds() + " seconds: see what it is doing, then try again");
            }
            LockSupport.parkNanos(POLL.toNanos());
        }
    }

    private static boolean succeeds(Attempt attempt) throws IOException {
        try {
            return attempt.tryLock() != null;
        } catch (OverlappingFileLockException e) {
            return false;
        }
    }
}
