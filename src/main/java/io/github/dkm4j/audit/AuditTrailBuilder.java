package io.github.dkm4j.audit;

import io.github.dkm4j.key.AuditUnavailable;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;

/** Settings of a trail. For one thread. */
public final class AuditTrailBuilder {
    private static final long DEFAULT_SIZE = 64L << 20;
    private static final long LEAST_SIZE = 4096;

    final List<CheckpointWitness> witnesses = new ArrayList<>();
    InstantSource clock = InstantSource.system();
    Executor executor = AuditTrailBuilder::onAThreadOfItsOwn;
    long rotateAt = DEFAULT_SIZE;
    Duration checkpointEvery = Duration.ofMinutes(5);
    private final Path directory;
    private final String ring;
    private SecureRandom random = new SecureRandom();

    AuditTrailBuilder(Path directory, String ring) {
        this.directory = directory;
        this.ring = ring;
    }

    /** The clock that dates what the trail itself writes; the system's by default. */
    public AuditTrailBuilder clock(InstantSource clock) {
        this.clock = clock;
        return this;
    }

    /** Where the trail's key comes from; a {@code SecureRandom} of its own by default. */
    public AuditTrailBuilder random(SecureRandom random) {
        this.random = random;
        return this;
    }

    /** Who tells the witnesses, by default a daemon thread for each that has something to be told; nobody waits for it. */
    public AuditTrailBuilder executor(Executor executor) {
        this.executor = executor;
        return this;
    }

    private static void onAThreadOfItsOwn(Runnable telling) {
        Thread thread = new Thread(telling, "dkm4j-audit-witness");
        thread.setDaemon(true);
        thread.start();
    }

    /** At how many bytes a file is followed by a new one, 64 MiB by default and at least 4 KiB; each day (UTC) has new files. */
    public AuditTrailBuilder rotateAt(long bytes) {
        if (bytes < LEAST_SIZE) {
            throw new IllegalArgumentException("a file of a trail has at least " + LEAST_SIZE + " bytes");
        }
        rotateAt = bytes;
        return this;
    }

    /**
     * How old the last checkpoint may be when an event is recorded, 5 minutes by default; zero for one with each event. It is in
     * the trail when the event is; witnesses get it a moment later.
     */
    public AuditTrailBuilder checkpointEvery(Duration age) {
        if (age.isNegative()) {
            throw new IllegalArgumentException("a checkpoint's age is not negative");
        }
        checkpointEvery = age;
        return this;
    }

    /** Adds a place for checkpoints. */
    public AuditTrailBuilder witness(CheckpointWitness witness) {
        witnesses.add(witness);
        return this;
    }

    /**
     * Begins a trail, or goes on with one of this ring that nobody writes any more.
     *
     * @throws AuditUnavailable if it cannot be written, or is damaged
     */
    public AuditTrail open() {
        try {
            AuditTrail trail = writing(TrailFolder.take(directory, ring, random));
            boolean begun = false;
            try {
                trail.start(Details.of(
                        "host",
                        TrailRegistration.hostName(),
                        "process",
                        ProcessHandle.current().pid(),
                        "torn",
                        trail.torn()));
                begun = true;
                return trail;
            } finally {
                if (!begun) {
                    trail.discard();
                }
            }
        } catch (IOException e) {
            throw new AuditUnavailable("there can be no audit trail in " + directory + ": " + e.getMessage(), e);
        }
    }

    private AuditTrail writing(TrailFolder folder) throws IOException {
        boolean open = false;
        try {
            AuditTrail trail = new AuditTrail(this, folder, TrailWriter.open(folder, clock.instant()));
            open = true;
            return trail;
        } finally {
            if (!open) {
                folder.close();
            }
        }
    }
}
