package io.github.dkm4j.audit;

import io.github.dkm4j.audit.Witnesses.Telling;
import io.github.dkm4j.key.AuditUnavailable;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A trail of audit events in files, which shows when it was changed: every record has the hash of the one before, and signed
 * checkpoints say what the trail was. What a checkpoint covers that is held out of an attacker's reach cannot be changed
 * without notice; what came after it can by whoever has the trail's key, which is on this machine.
 *
 * <p>Several processes can use one directory: each writes a trail of its own, and goes on with one that nobody writes any
 * more. Every event but a count of uses is on the disk when {@link #record} returns. Safe for use by many threads.
 *
 * <pre>{@code
 * AuditTrail trail = AuditTrail.in(Path.of("/var/log/dkm"), "connected-accounts").open();
 * KeyRing ring = KeyRing.builder("connected-accounts").audit(trail)
 * }</pre>
 */
public final class AuditTrail implements AuditSink, AutoCloseable {
    static final String STARTED = "started";
    static final String ENDED = "ended";
    static final String CHECKPOINT = "checkpoint";
    static final String SEEN = "seen";
    static final String NOTE = "note";

    private static final int LONGEST_VALUE = 4_000;

    private final ReentrantLock lock = new ReentrantLock();
    private final Witnesses witnesses;
    private final TrailFolder folder;
    private final TrailWriter writer;
    private final InstantSource clock;
    private final long rotateAt;
    private final Duration checkpointEvery;
    private Instant checkpointedAt;
    private long events;
    private boolean closed;
    private String trouble = "";

    AuditTrail(AuditTrailBuilder builder, TrailFolder folder, TrailWriter writer) {
        this.folder = folder;
        this.writer = writer;
        this.clock = builder.clock;
        this.rotateAt = builder.rotateAt;
        this.checkpointEvery = builder.checkpointEvery;
        this.checkpointedAt = clock.instant();
        this.witnesses = new Witnesses(builder.executor);
        builder.witnesses.forEach(witness -> witnesses.add(witness, Duration.ZERO));
    }

    /**
     * A trail of a ring's events in a directory, not begun yet.
     *
     * @param directory made if it is not there; for the process's account alone
     */
    public static AuditTrailBuilder in(Path directory, String ring) {
        return new AuditTrailBuilder(directory, ring);
    }

    /** The key that proves this trail's checkpoints; for auditors. */
    public TrailKey key() {
        return folder.verifier();
    }

    /** What others should know of this trail before anything happens to it. */
    public TrailRegistration registration() {
        return TrailRegistration.of(folder.verifier(), folder.path());
    }

    /**
     * Adds a place for checkpoints.
     *
     * @param every how long ago it must have got one before it gets another; the last one it gets in any case, unless nothing has
     *     happened since but that the ring was opened
     */
    public void addWitness(CheckpointWitness witness, Duration every) {
        witnesses.add(witness, every);
    }

    /**
     * Takes checkpoints of other trails in, so that this one tells of them too.
     *
     * @param notes signed notes, at most 4,000 characters each; nobody has verified them
     * @throws AuditUnavailable if they could not be written
     */
    public void seen(List<String> notes) {
        write(Telling.IF_DUE, () -> {
            for (String note : notes) {
                writer.append(clock.instant(), SEEN, Details.of(NOTE, shortened(note)));
            }
            writer.force();
            return "";
        });
    }

    @Override
    public void record(AuditEvent event) {
        Map<String, String> fields = new LinkedHashMap<>();
        fields.put("ring", event.ring());
        fields.put("caller", event.caller());
        event.details().forEach((name, value) -> fields.put(name, shortened(value)));
        boolean mandatory = !(event instanceof AuditEvent.KeyUsesCounted);
        write(Telling.IF_DUE, () -> {
            events += event instanceof AuditEvent.RingOpened ? 0 : 1;
            String note = "";
            if (writer.isFull(rotateAt, event.time())) {
                note = appendCheckpoint(event.time());
                writer.rotate(event.time());
            }
            writer.append(event.time(), event.name(), fields);
            if (mandatory) {
                writer.force();
            }
            return isCheckpointDue(event.time()) ? checkpointIfPossible(event.time()) : note;
        });
    }

    /** A record has a greatest length, and what others write into it is cut rather than not recorded. */
    private static String shortened(String value) {
        return value.length() <= LONGEST_VALUE ? value : value.substring(0, LONGEST_VALUE) + "…";
    }

    private boolean isCheckpointDue(Instant now) {
        Duration age = Duration.between(checkpointedAt, now);
        return age.compareTo(checkpointEvery) >= 0 || age.compareTo(checkpointEvery.negated()) < 0;
    }

    /** The event is recorded whether this succeeds or not. */
    private String checkpointIfPossible(Instant now) {
        try {
            return appendCheckpoint(now);
        } catch (IOException e) {
            trouble = trouble(e);
            return "";
        }
    }

    /**
     * States what the trail is, in the trail and at every witness.
     *
     * @return the signed note
     * @throws AuditUnavailable if it could not be written, or a witness does not keep it, or not within half a minute
     */
    public String checkpoint() {
        String note = write(Telling.AND_WAIT, () -> appendCheckpoint(clock.instant()));
        List<String> refused = witnesses.refusals();
        if (!refused.isEmpty()) {
            throw new AuditUnavailable(String.join("; ", refused));
        }
        return note;
    }

    @Override
    public List<String> doubts() {
        List<String> doubts = new ArrayList<>(witnesses.refusals());
        lock.lock();
        try {
            if (!trouble.isEmpty()) {
                doubts.add(trouble);
            }
        } finally {
            lock.unlock();
        }
        return doubts;
    }

    /** Ends the trail with a checkpoint, for which witnesses have ten seconds. Whoever goes on with it later says so. */
    @Override
    public void close() {
        lock.lock();
        try {
            if (closed) {
                return;
            }
        } finally {
            lock.unlock();
        }
        write(Telling.AT_THE_END, () -> {
            try (folder;
                    writer) {
                closed = true;
                writer.append(clock.instant(), ENDED, Map.of());
                return appendCheckpoint(clock.instant());
            }
        });
    }

    /** Closes the files of a trail that could not be begun. */
    void discard() {
        try (folder;
                writer) {
            closed = true;
        } catch (IOException e) {
            trouble = trouble(e);
        }
    }

    /** As {@link #close}, for whom it is no more than one of several troubles. */
    public void abandon() {
        try {
            close();
        } catch (AuditUnavailable e) {
            // Whoever verifies the trail sees that it has no end.
        }
    }

    /** How many bytes of a record that was not whole were set aside. */
    int torn() {
        return writer.torn();
    }

    /** Writes what a process says first. */
    void start(Map<String, String> fields) {
        write(Telling.IF_DUE, () -> {
            writer.append(clock.instant(), STARTED, fields);
            return appendCheckpoint(clock.instant());
        });
    }

    private interface Writing {
        /** Returns a checkpoint's note for the witnesses, or nothing. */
        String run() throws IOException;
    }

    private String write(Telling telling, Writing writing) {
        String note;
        Witnessed.News news;
        lock.lock();
        // Whoever is interrupted while he writes closes the file for all.
        boolean interrupted = Thread.interrupted();
        try {
            try {
                if (closed) {
                    throw new AuditUnavailable("the audit trail in " + folder.path() + " is closed");
                }
                trouble = "";
                note = writing.run();
                news = new Witnessed.News(writer.size(), note, clock.instant(), events);
            } catch (IOException e) {
                trouble = trouble(e);
                throw new AuditUnavailable(trouble, e);
            } finally {
                lock.unlock();
            }
            if (!note.isEmpty()) {
                witnesses.tell(telling, news);
            }
            return note;
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private String trouble(IOException e) {
        return "the audit trail in " + folder.path() + " cannot be written: " + e
                + "; nothing that must be on record is done until it can be";
    }

    /** Writes a checkpoint over all that is there. */
    private String appendCheckpoint(Instant now) throws IOException {
        Checkpoint checkpoint = new Checkpoint(folder.verifier().name(), writer.size(), writer.root(), now);
        String note = TrailKey.sign(checkpoint, folder.key());
        writer.append(now, CHECKPOINT, Details.of(NOTE, note));
        writer.force();
        checkpointedAt = now;
        return note;
    }
}
