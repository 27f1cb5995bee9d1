package io.github.dkm4j.audit;

import io.github.dkm4j.key.KeyRef;
import java.time.Instant;

/** Something that happened to a ring. Events never hold key material, plaintext or context values. */
public sealed interface AuditEvent {
    /** When, by the ring's clock. */
    Instant time();

    /** The ring's name. */
    String ring();

    /** Who: a caller's name, with the account that asserts it where that is another. */
    String caller();

    /** The ring was made. */
    record RingCreated(Instant time, String ring, String caller, String identity) implements AuditEvent {}

    /** The ring's keys were released to this process. */
    record RingOpened(Instant time, String ring, String caller, int keys) implements AuditEvent {}

    /** The policy refused an operation. */
    record AccessRefused(Instant time, String ring, String caller, String operation, String reason)
            implements AuditEvent {}

    /** A key version was made. */
    record KeyCreated(Instant time, String ring, String caller, KeyRef key, Instant activatesAt)
            implements AuditEvent {}

    /** A record of the store was set aside because it is not authentic, or records are missing. */
    record StoreDoubted(Instant time, String ring, String caller, String finding) implements AuditEvent {}
}
