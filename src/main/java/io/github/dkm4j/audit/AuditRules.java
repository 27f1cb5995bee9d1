package io.github.dkm4j.audit;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * How the use of keys is recorded. Administration always is, one event for each act, before it is done; so is each use by a
 * person, where the group directory tells persons from services. What services encrypt and decrypt is counted. Immutable.
 */
public final class AuditRules {
    private static final AuditRules STANDARD = new AuditRules(Duration.ofMinutes(1), false, false, Set.of());

    private final Duration countsEvery;
    private final boolean eachUse;
    private final boolean stopping;
    private final Set<String> values;

    private AuditRules(Duration countsEvery, boolean eachUse, boolean stopping, Set<String> values) {
        this.countsEvery = countsEvery;
        this.eachUse = eachUse;
        this.stopping = stopping;
        this.values = values;
    }

    /** Counts each minute, and services go on when events cannot be recorded; health tells of it. */
    public static AuditRules standard() {
        return STANDARD;
    }

    /** How often counts are recorded, at least each second. */
    public AuditRules countingEvery(Duration time) {
        if (time.compareTo(Duration.ofSeconds(1)) < 0) {
            throw new IllegalArgumentException("counts are recorded each second at most");
        }
        return new AuditRules(time, eachUse, stopping, values);
    }

    /** Services' uses are recorded one by one too, which costs a write to the disk for each. */
    public AuditRules recordingEachUse() {
        return new AuditRules(countsEvery, true, stopping, values);
    }

    /** Services stop too while events cannot be recorded. */
    public AuditRules stoppingWithoutAudit() {
        return new AuditRules(countsEvery, eachUse, true, values);
    }

    /** Of these names in encryption contexts the values are recorded as well; of all others only the name is. */
    public AuditRules withValuesOf(String... names) {
        return new AuditRules(countsEvery, eachUse, stopping, new TreeSet<>(List.of(names)));
    }

    /** How often counts are recorded. */
    public Duration countsEvery() {
        return countsEvery;
    }

    /** Whether each use is recorded, whoever's it is. */
    public boolean isEachUseRecorded() {
        return eachUse;
    }

    /** Whether services stop while events cannot be recorded. */
    public boolean isStoppingWithoutAudit() {
        return stopping;
    }

    /** Whether values of that name may be recorded. */
    public boolean isLoggable(String name) {
        return values.contains(name);
    }
}
