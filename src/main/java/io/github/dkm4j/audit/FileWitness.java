package io.github.dkm4j.audit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.nio.file.StandardOpenOption.APPEND;
import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.WRITE;

import io.github.dkm4j.key.AuditUnavailable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Appends checkpoints to a file, with an empty line behind each. It is a witness if the file is where the trail's host can
 * append and no more, such as a share of another machine or an append-only file. Safe for use by many threads.
 */
public final class FileWitness implements CheckpointWitness {
    private final Path file;
    private final ReentrantLock lock = new ReentrantLock();

    /** Appends to that file, which is made if it is not there. */
    public FileWitness(Path file) {
        this.file = file;
    }

    @Override
    public void keep(String note) {
        lock.lock();
        try (FileChannel channel = FileChannel.open(file, CREATE, WRITE, APPEND)) {
            // One write: several processes may append to one file.
            TrailFolder.writeFully(channel, (note + "\n").getBytes(UTF_8));
            channel.force(true);
        } catch (IOException e) {
            throw new AuditUnavailable("a checkpoint could not be written to " + file + ": " + e, e);
        } finally {
            lock.unlock();
        }
    }
}
