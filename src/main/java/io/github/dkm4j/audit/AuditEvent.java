package io.github.dkm4j.audit;

import io.github.dkm4j.key.KeyRef;
import java.time.Instant;
import java.util.Map;

/** Something that happened to a ring. Events never hold key material, plaintext or context values. */
public sealed interface AuditEvent {
    /** When, by the ring's clock. */
    Instant time();

    /** The ring's name. */
    String ring();

    /** Who: a caller's name, with the account that asserts it where that is another. */
    String caller();

    /** What happened, as trails name it, such as {@code keyCreated}. */
    default String name() {
        String type = getClass().getSimpleName();
        return Character.toLowerCase(type.charAt(0)) + type.substring(1);
    }

    /** All else that there is to say, by name and in a fixed order. */
    Map<String, String> details();

    /** The ring was made. */
    record RingCreated(Instant time, String ring, String caller, String identity) implements AuditEvent {
        @Override
        public Map<String, String> details() {
            return Details.of("identity", identity);
        }
    }

    /** The ring's keys were released to this process, under that version of the policy. */
    record RingOpened(Instant time, String ring, String caller, int keys, int policy) implements AuditEvent {
        @Override
        public Map<String, String> details() {
            return Details.of("keys", keys, "policy", policy);
        }
    }

    /**
     * The policy refused an operation.
     *
     * @param repeated how often it has refused the same before and that is on record nowhere else
     */
    record AccessRefused(Instant time, String ring, String caller, String operation, String reason, long repeated)
            implements AuditEvent {
        @Override
        public Map<String, String> details() {
            return Details.of("operation", operation, "reason", reason, "repeated", repeated);
        }
    }

    /** The ring's policy was changed. */
    record PolicyChanged(Instant time, String ring, String caller, int version, String policy, String reason)
            implements AuditEvent {
        @Override
        public Map<String, String> details() {
            return Details.of("version", version, "policy", policy, "reason", reason);
        }
    }

    /** A key version was made. */
    record KeyCreated(Instant time, String ring, String caller, KeyRef key, Instant activatesAt) implements AuditEvent {
        @Override
        public Map<String, String> details() {
            return Details.of("key", key, "activatesAt", activatesAt);
        }
    }

    /** A key version was revoked. */
    record KeyRevoked(Instant time, String ring, String caller, KeyRef key, String reason) implements AuditEvent {
        @Override
        public Map<String, String> details() {
            return Details.of("key", key, "reason", reason);
        }
    }

    /** A new generation of the master secret was started. */
    record GenerationStarted(Instant time, String ring, String caller, int generation) implements AuditEvent {
        @Override
        public Map<String, String> details() {
            return Details.of("generation", generation);
        }
    }

    /** A message under a revoked key was opened for somebody who may. */
    record RevokedKeyUsed(Instant time, String ring, String caller, KeyRef key) implements AuditEvent {
        @Override
        public Map<String, String> details() {
            return Details.of("key", key);
        }
    }

    /** A key version's destruction was asked for; it can be undone until it is completed, at that time or later. */
    record DestructionRequested(
            Instant time, String ring, String caller, KeyRef key, Instant due, boolean override, String reason)
            implements AuditEvent {
        @Override
        public Map<String, String> details() {
            return Details.of("key", key, "due", due, "override", override, "reason", reason);
        }
    }

    /** A destruction was undone, or cancelled because messages still use the key. */
    record DestructionUndone(Instant time, String ring, String caller, KeyRef key, String reason)
            implements AuditEvent {
        @Override
        public Map<String, String> details() {
            return Details.of("key", key, "reason", reason);
        }
    }

    /** A key version was destroyed for good. */
    record KeyDestroyed(Instant time, String ring, String caller, KeyRef key, String reason) implements AuditEvent {
        @Override
        public Map<String, String> details() {
            return Details.of("key", key, "reason", reason);
        }
    }

    /** A record that the store had lost was put back by a process that still had it. */
    record RecordRestored(Instant time, String ring, String caller, String record) implements AuditEvent {
        @Override
        public Map<String, String> details() {
            return Details.of("record", record);
        }
    }

    /** An administrator declared that records are lost for good. */
    record RestoreAccepted(Instant time, String ring, String caller, int records, String reason) implements AuditEvent {
        @Override
        public Map<String, String> details() {
            return Details.of("records", records, "reason", reason);
        }
    }

    /** A record of the store was set aside because it is not authentic, or records are missing. */
    record StoreDoubted(Instant time, String ring, String caller, String finding) implements AuditEvent {
        @Override
        public Map<String, String> details() {
            return Details.of("finding", finding);
        }
    }

    /**
     * A caller used a key that often since a time. What services do is counted so, and of an event for each message there
     * would be too many.
     */
    record KeyUsesCounted(
            Instant time, String ring, String caller, String operation, KeyRef key, long count, Instant since)
            implements AuditEvent {
        @Override
        public Map<String, String> details() {
            return Details.of("operation", operation, "key", key, "count", count, "since", since);
        }
    }

    /**
     * A caller used a key once.
     *
     * @param context the names in the message's encryption context, with the values of those that may be recorded
     */
    record KeyUsed(Instant time, String ring, String caller, String operation, KeyRef key, String context)
            implements AuditEvent {
        @Override
        public Map<String, String> details() {
            return Details.of("operation", operation, "key", key, "context", context);
        }
    }

    /** Events can be recorded again, after some could not be. */
    record AuditResumed(Instant time, String ring, String caller) implements AuditEvent {
        @Override
        public Map<String, String> details() {
            return Map.of();
        }
    }
}
