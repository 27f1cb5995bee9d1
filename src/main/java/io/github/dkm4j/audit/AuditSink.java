package io.github.dkm4j.audit;

import java.util.List;

/** Takes audit events. Implementations are safe for use by many threads. */
@FunctionalInterface
public interface AuditSink {
    /**
     * Records the event; when this returns, it is recorded as safely as the sink can.
     *
     * @throws io.github.dkm4j.key.AuditUnavailable if it could not be
     */
    void record(AuditEvent event);

    /** What keeps this from recording events as it should, in words; empty if nothing does. */
    default List<String> doubts() {
        return List.of();
    }
}
