package io.github.dkm4j.audit;

import io.github.dkm4j.key.AuditUnavailable;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A trail that is begun when it can be: until then no event is recorded, and each tries again. Safe for use by many threads.
 */
public final class OpeningTrail implements AuditSink, AutoCloseable {
    private final AuditTrailBuilder builder;
    private final ReentrantLock lock = new ReentrantLock();
    private volatile @Nullable AuditTrail trail;
    private volatile String trouble = "";
    private volatile @Nullable Consumer<AuditTrail> waiting;
    private boolean closed;

    /** Begins the trail now, if it can be. */
    public OpeningTrail(AuditTrailBuilder builder) {
        this.builder = builder;
        try {
            opened();
        } catch (AuditUnavailable e) {
            // The first event says so, and so do the doubts.
        }
    }

    @Override
    public void record(AuditEvent event) {
        opened().record(event);
    }

    /** Does something with the trail as soon as there is one. */
    public void whenBegun(Consumer<AuditTrail> task) {
        AuditTrail known;
        lock.lock();
        try {
            known = trail;
            waiting = known == null ? task : null;
        } finally {
            lock.unlock();
        }
        if (known != null) {
            task.accept(known);
        }
    }

    private AuditTrail opened() {
        AuditTrail known = trail;
        if (known != null && waiting == null) {
            return known;
        }
        AuditTrail opened;
        Consumer<AuditTrail> task;
        lock.lock();
        try {
            if (closed) {
                throw new AuditUnavailable("the audit trail is closed");
            }
            opened = trail;
            if (opened == null) {
                opened = builder.open();
                trail = opened;
                trouble = "";
            }
            task = waiting;
            waiting = null;
        } catch (AuditUnavailable e) {
            trouble = String.valueOf(e.getMessage());
            throw e;
        } finally {
            lock.unlock();
        }
        if (task != null) {
            begun(task, opened);
        }
        return opened;
    }

    private void begun(Consumer<AuditTrail> task, AuditTrail opened) {
        boolean done = false;
        try {
            task.accept(opened);
            done = true;
        } finally {
            if (!done) {
                waiting = task; // the next event tries again
            }
        }
    }

    @Override
    public List<String> doubts() {
        AuditTrail known = trail;
        return known != null ? known.doubts() : List.of(trouble);
    }

    /** Ends the trail; one that cannot be ended is seen to have no end. */
    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
        } finally {
            lock.unlock();
        }
        AuditTrail known = trail;
        if (known != null) {
            known.abandon();
        }
    }
}
