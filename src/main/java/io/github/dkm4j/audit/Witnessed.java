package io.github.dkm4j.audit;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A witness, when it was told last, and why it refused if it did. It is told on another thread, so that one that hangs holds up
 * nobody; what it has not been told when there is a newer checkpoint it need not know. Safe for use by many threads.
 */
final class Witnessed {
    private final CheckpointWitness witness;
    private final Duration every;
    private final Executor executor;
    private final ReentrantLock lock = new ReentrantLock();
    private @Nullable Task next;
    private boolean busy;
    private volatile @Nullable Instant toldAt;
    private volatile long toldEvents;
    private volatile long toldOrder = -1;
    private volatile String refusal = "";

    Witnessed(CheckpointWitness witness, Duration every, Executor executor) {
        this.witness = witness;
        this.every = every;
        this.executor = executor;
    }

    /**
     * A checkpoint.
     *
     * @param order tells newer from older ones
     * @param note the signed note
     * @param at when it was made
     * @param events how many events there were until then that are worth a checkpoint of their own
     */
    record News(long order, String note, Instant at, long events) {}

    /** A checkpoint that it is to be told, and what is counted down then. */
    private record Task(News news, CountDownLatch told) {}

    /** Whether it is time for another checkpoint. */
    boolean isDue(Instant now) {
        Instant last = toldAt;
        if (last == null) {
            return true;
        }
        Duration age = Duration.between(last, now);
        return age.compareTo(every) >= 0 || age.compareTo(every.negated()) < 0;
    }

    /** Whether it should have a trail's last checkpoint: it wants each, or something has happened since. */
    boolean isDueAtTheEnd(long events) {
        return every.isZero() || events > toldEvents;
    }

    /** Begins to tell it of a checkpoint; what this returns is counted down when it has that or a newer one, or refused it. */
    CountDownLatch tell(News checkpoint) {
        CountDownLatch told;
        lock.lock();
        try {
            Task before = next;
            told = before == null ? new CountDownLatch(1) : before.told;
            // Who was held up must not overtake the end of the trail with what was before.
            boolean newer = before == null || before.news.order < checkpoint.order;
            next = newer ? new Task(checkpoint, told) : before;
            if (busy) {
                return told;
            }
            busy = true;
        } finally {
            lock.unlock();
        }
        begin(told);
        return told;
    }

    private void begin(CountDownLatch told) {
        try {
            executor.execute(this::work);
        } catch (RuntimeException | Error e) {
            refusal = "nobody tells a witness of the audit trail's checkpoints: " + e;
            lock.lock();
            try {
                busy = false;
                next = null; // the next checkpoint says all that this one does
            } finally {
                lock.unlock();
            }
            told.countDown();
        }
    }

    private void work() {
        for (Task task = take(); task != null; task = take()) {
            keep(task.news);
            task.told.countDown();
        }
    }

    /** What it should be told next; null if there is nothing, and nobody is at it any more. */
    private @Nullable Task take() {
        lock.lock();
        try {
            Task task = next;
            next = null;
            busy = task != null;
            return task;
        } finally {
            lock.unlock();
        }
    }

    private void keep(News checkpoint) {
        if (checkpoint.order < toldOrder) {
            return;
        }
        try {
            witness.keep(checkpoint.note);
            toldOrder = checkpoint.order;
            toldAt = checkpoint.at;
            toldEvents = checkpoint.events;
            refusal = "";
        } catch (RuntimeException | Error e) {
            // Whatever is wrong with somebody's witness, the event is recorded.
            refusal = "a witness does not keep the audit trail's checkpoints: " + e.getMessage();
        }
    }

    /** Notes that it has not answered in time. */
    void gaveUp(Duration patience) {
        refusal = "a witness of the audit trail's checkpoints has not answered for " + patience;
    }

    /** Why it did not keep the last checkpoint; empty if it did. */
    String refusal() {
        return refusal;
    }
}
