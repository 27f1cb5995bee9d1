package io.github.dkm4j.ring;

import io.github.dkm4j.audit.AuditEvent;
import io.github.dkm4j.audit.AuditRules;
import io.github.dkm4j.audit.AuditSink;
import io.github.dkm4j.key.AuditUnavailable;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Records events: those without which nothing may be done, and those that must stop nobody. Safe for use by many threads.
 */
public final class Recorder {
    private final AuditSink sink;
    private final AuditRules rules;
    private volatile @Nullable String trouble;

    /** Records to that sink. */
    public Recorder(AuditSink sink, AuditRules rules) {
        this.sink = sink;
        this.rules = rules;
    }

    AuditRules rules() {
        return rules;
    }

    /** Records what may only be done if it is on record. */
    void record(AuditEvent event) {
        try {
            sink.record(event);
            trouble = null;
        } catch (AuditUnavailable e) {
            trouble = e.getMessage();
            throw e;
        }
    }

    /** Records what is done whether it is on record or not: it stops somebody, or is a service's own; returns whether it is. */
    boolean tryToRecord(AuditEvent event) {
        try {
            record(event);
            return true;
        } catch (AuditUnavailable e) {
            return false; // health tells of it
        }
    }

    /** Throws if services are to stop because the last event could not be recorded. */
    void check() {
        String known = trouble;
        if (known != null && rules.isStoppingWithoutAudit()) {
            throw new AuditUnavailable("keys are not used while events cannot be recorded: " + known);
        }
    }

    /** What keeps events from being recorded as they should, in words. */
    List<String> doubts() {
        List<String> doubts = new ArrayList<>(sink.doubts());
        String known = trouble;
        if (known != null && !doubts.contains(known)) {
            doubts.add(known);
        }
        return doubts;
    }
}
