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
        } catch (RuntimeException e) {
            // Whatever is wrong with somebody's sink, it must not keep a key from being revoked.
            trouble = "the audit sink failed: " + e;
            throw new AuditUnavailable(trouble, e);
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

    /** Why services are to stop, since the last event could not be recorded; null if they are not to. */
    @Nullable String stopped() {
        return rules.isStoppingWithoutAudit() ? trouble : null;
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
