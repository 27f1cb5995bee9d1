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

    /** The ring's policy was changed. */
    record PolicyChanged(Instant time, String ring, String caller, int version, String policy, String reason)
            implements AuditEvent {}

    /** A key version was made. */
    record KeyCreated(Instant time, String ring, String caller, KeyRef key, Instant activatesAt)
            implements AuditEvent {}

    /** A key version was revoked. */
    record KeyRevoked(Instant time, String ring, String caller, KeyRef key, String reason) implements AuditEvent {}

    /** A new generation of the master secret was started. */
    record GenerationStarted(Instant time, String ring, String caller, int generation) implements AuditEvent {}

    /** A message under a revoked key was opened for somebody who may. */
    record RevokedKeyUsed(Instant time, String ring, String caller, KeyRef key) implements AuditEvent {}

    /** A key version's destruction was asked for; it can be undone until it is completed, at that time or later. */
    record DestructionRequested(
            Instant time, String ring, String caller, KeyRef key, Instant due, boolean override, String reason)
            implements AuditEvent {}

    /** A destruction was undone, or cancelled because messages still use the key. */
    record DestructionUndone(Instant time, String ring, String caller, KeyRef key, String reason)
            implements AuditEvent {}

    /** A key version was destroyed for good. */
    record KeyDestroyed(Instant time, String ring, String caller, KeyRef key, String reason) implements AuditEvent {}

    /** A record that the store had lost was put back by a process that still had it. */
    record RecordRestored(Instant time, String ring, String caller, String record) implements AuditEvent {}

    /** An administrator declared that records are lost for good. */
    record RestoreAccepted(Instant time, String ring, String caller, int records, String reason)
            implements AuditEvent {}

    /** A record of the store was set aside because it is not authentic, or records are missing. */
    record StoreDoubted(Instant time, String ring, String caller, String finding) implements AuditEvent {}
}
