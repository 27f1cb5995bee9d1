package io.github.dkm4j.audit;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
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
    private @Nullable News news;
    private List<CountDownLatch> waiting = new ArrayList<>();
    private boolean busy;
    private volatile @Nullable Instant toldAt;
    private volatile long toldEvents;
    private volatile String refusal = "";

    Witnessed(CheckpointWitness witness, Duration every, Executor executor) {
        this.witness = witness;
        this.every = every;
        this.executor = executor;
    }

    /**
     * A checkpoint.
     *
     * @param note the signed note
     * @param at when it was made
     * @param events how many events there were until then that are worth a checkpoint of their own
     */
    record News(String note, Instant at, long events) {}

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

    /** Tells it of a checkpoint, without waiting for that. */
    void tell(News checkpoint) {
        tell(checkpoint, new CountDownLatch(0));
    }

    /** Tells it of a checkpoint, and waits until it has been told, but not for ever. */
    void tellAndWait(News checkpoint, Duration patience) {
        CountDownLatch told = new CountDownLatch(1);
        tell(checkpoint, told);
        await(told, patience);
    }

    private void tell(News checkpoint, CountDownLatch told) {
        boolean begin;
        lock.lock();
        try {
            news = checkpoint;
            if (told.getCount() > 0) {
                waiting.add(told);
            }
            begin = !busy;
            busy = true;
        } finally {
            lock.unlock();
        }
        if (begin) {
            begin();
        }
    }

    private void begin() {
        try {
            executor.execute(this::work);
        } catch (RejectedExecutionException e) {
            refusal = "nobody tells a witness of the audit trail's checkpoints: the executor refuses";
            lock.lock();
            try {
                busy = false;
            } finally {
                lock.unlock();
            }
        }
    }

    private void work() {
        News newest = take(List.of());
        while (newest != null) {
            List<CountDownLatch> told = waiters();
            try {
                keep(newest);
            } finally {
                newest = take(told);
            }
        }
    }

    private List<CountDownLatch> waiters() {
        lock.lock();
        try {
            List<CountDownLatch> now = waiting;
            waiting = new ArrayList<>();
            return now;
        } finally {
            lock.unlock();
        }
    }

    /** The next that it should be told; null if there is none, and nobody is at it any more. */
    private @Nullable News take(List<CountDownLatch> told) {
        told.forEach(CountDownLatch::countDown);
        lock.lock();
        try {
            News next = news;
            news = null;
            busy = next != null;
            return next;
        } finally {
            lock.unlock();
        }
    }

    private void keep(News checkpoint) {
        try {
            witness.keep(checkpoint.note);
            toldAt = checkpoint.at;
            toldEvents = checkpoint.events;
            refusal = "";
        } catch (RuntimeException e) {
            // Whatever is wrong with somebody's witness, the event is recorded.
            refusal = "a witness does not keep the audit trail's checkpoints: " + e.getMessage();
        }
    }

    private void await(CountDownLatch told, Duration patience) {
        try {
            if (!told.await(patience.toMillis(), TimeUnit.MILLISECONDS)) {
                refusal = "a witness of the audit trail's checkpoints has not answered for " + patience;
            }
        } catch (InterruptedException e) {
            refusal = "a witness of the audit trail's checkpoints was not waited for: interrupted";
            Thread.currentThread().interrupt();
        }
    }

    /** Why it did not keep the last checkpoint; empty if it did. */
    String refusal() {
        return refusal;
    }
}
