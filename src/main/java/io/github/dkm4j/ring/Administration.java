package io.github.dkm4j.ring;

import io.github.dkm4j.audit.AuditEvent;
import io.github.dkm4j.crypto.KeyMaterial;
import io.github.dkm4j.key.DestructionRefused;
import io.github.dkm4j.key.KeyMetadata;
import io.github.dkm4j.key.KeyRef;
import io.github.dkm4j.key.KeyStatus;
import io.github.dkm4j.key.StoreUnavailable;
import io.github.dkm4j.key.UnknownKey;
import io.github.dkm4j.policy.Caller;
import io.github.dkm4j.root.RootWrap;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** What people do to keys: revoke, destroy, undo, accept a loss. Whoever calls holds the ring's work lock. */
final class Administration {
    private static final int MOST_ATTEMPTS = 5;

    /** As many hashes as fit into one record. */
    private static final int MOST_LOST = 400;

    private final RingSettings settings;
    private final Refresher refresher;
    private final RollOver rollOver;

    Administration(RingSettings settings, Refresher refresher, RollOver rollOver) {
        this.settings = settings;
        this.refresher = refresher;
        this.rollOver = rollOver;
    }

    /**
     * Revokes a key, starts a new generation of the master secret, and makes a key under it that is active at once. May
     * be called again after a crash or failure in between: it goes on where it was.
     */
    KeyMetadata revoke(KeyRef ref, String reason, Caller caller) {
        KeyMetadata key = current(ref);
        if (key.revokedAt().isEmpty()) {
            Instant now = settings.now();
            // A full disk must not keep a stolen key in use: the store has it on record.
            settings.audit()
                    .tryToRecord(new AuditEvent.KeyRevoked(now, settings.name(), caller.toString(), ref, reason));
            add(new KeyEvent(
                    KeyEvent.What.REVOKED, ref, 1, now, caller.name(), reason, Optional.empty(), Optional.empty()));
            refresher.refreshWhole();
        }
        // A rival may have started a generation without knowing of this revocation: then one more is needed.
        for (int attempt = 0; !refresher.snapshot().ledger().isClosedAfterRevocation(ref); attempt++) {
            if (attempt == MOST_ATTEMPTS) {
                throw new StoreUnavailable("key " + ref + " is revoked, but no new generation of the master secret"
                        + " came about: try again");
            }
            startGeneration(ref, caller);
        }
        // A rival may have taken the epoch: then the next one is needed.
        for (int attempt = 0; !hasKeyOfNewestGeneration(); attempt++) {
            if (attempt == MOST_ATTEMPTS) {
                throw new StoreUnavailable(
                        "key " + ref + " is revoked, but its successor could not be made: try again");
            }
            rollOver.make(caller, Duration.ZERO, false);
        }
        return current(ref);
    }

    /**
     * Asks for a key's destruction or, when its delay is over, completes it.
     *
     * @param override destroy although nobody could say that no message uses it
     */
    KeyMetadata destroy(KeyRef ref, String reason, boolean override, Caller caller) {
        KeyMetadata key = current(ref);
        Instant now = rollOver.agreedTime().truncatedTo(ChronoUnit.MILLIS);
        KeyStatus status = ActiveKeySelector.status(
                key, refresher.snapshot().active(now.toEpochMilli()).map(KeyVersion::metadata), now);
        if (status == KeyStatus.DESTROYED) {
            return key;
        }
        if (status != KeyStatus.ARCHIVED && status != KeyStatus.REVOKED) {
            throw new DestructionRefused("key " + ref + " is " + status + ": only an archived or revoked key can be"
                    + " destroyed; roll over first");
        }
        KeyHistory history = refresher.snapshot().ledger().history();
        Optional<KeyEvent> pending = history.pendingDestruction(ref);
        try {
            checkUnused(ref, override);
        } catch (DestructionRefused e) {
            if (pending.isPresent()) {
                end(KeyEvent.What.UNDO, pending.get(), "cancelled: " + e.getMessage(), Optional.empty(), caller);
            }
            throw e;
        }
        if (pending.isEmpty()) {
            Instant due = now.plus(settings.destroyRetention());
            settings.audit()
                    .record(new AuditEvent.DestructionRequested(
                            now, settings.name(), caller.toString(), ref, due, override, reason));
            add(new KeyEvent(
                    KeyEvent.What.DESTROY,
                    ref,
                    refresher.snapshot().ledger().nextDestruction(ref),
                    now,
                    caller.name(),
                    reason,
                    Optional.of(due),
                    Optional.empty()));
        } else if (!now.isBefore(pending.get().due().orElse(Instant.MAX))) {
            finish(key, pending.get(), caller);
        }
        refresher.refreshWhole();
        return current(ref);
    }

    /** Ends a destruction that was asked for and not completed. */
    KeyMetadata undo(KeyRef ref, String reason, Caller caller) {
        current(ref);
        KeyEvent pending = refresher
                .snapshot()
                .ledger()
                .history()
                .pendingDestruction(ref)
                .orElseThrow(() -> new DestructionRefused("key " + ref + " has no destruction to undo"));
        end(KeyEvent.What.UNDO, pending, reason, Optional.empty(), caller);
        return current(ref);
    }

    /** Declares that records which others name are lost for good; returns how many. */
    int acceptRestore(String reason, Caller caller) {
        RingSnapshot snapshot = refresher.refresh();
        List<Hash> lost = List.copyOf(snapshot.ledger().missing());
        for (int from = 0; from < lost.size(); from += MOST_LOST) {
            List<Hash> some = lost.subList(from, Math.min(lost.size(), from + MOST_LOST));
            Instant now = settings.now();
            settings.audit()
                    .record(new AuditEvent.RestoreAccepted(
                            now, settings.name(), caller.toString(), some.size(), reason));
            RingSnapshot current = refresher.refresh();
            Generations generations = current.generations();
            RecordText record = EventRecords.accepted(
                    generations.genesis().value("ring-id"),
                    settings.randomId(),
                    now,
                    caller.name(),
                    reason,
                    some,
                    current.heads(),
                    generations.newest());
            settings.store().add(settings.name(), RingRecords.stored(record));
        }
        if (!lost.isEmpty() && refresher.refreshWhole().selectable().isEmpty()) {
            // A lost record was all that connected the newest generation with the keys before it.
            rollOver.make(caller, Duration.ZERO, false);
        }
        return lost.size();
    }

    private void finish(KeyMetadata key, KeyEvent pending, Caller caller) {
        SeenRecord record = refresher.snapshot().records().values().stream()
                .filter(candidate -> key.ref().equals(candidate.key()))
                .findFirst()
                .orElseThrow(() -> new UnknownKey("key " + key.ref() + " has no record here"));
        end(
                KeyEvent.What.DESTROYED,
                pending,
                pending.reason(),
                Optional.of(new KeyEvent.Tomb(
                        record.hash(),
                        record.previous(),
                        refresher.snapshot().ledger().barred().contains(key.ref()),
                        key.createdAt(),
                        key.activatesAt())),
                caller);
    }

    private void end(KeyEvent.What what, KeyEvent pending, String reason, Optional<KeyEvent.Tomb> tomb, Caller caller) {
        Instant now = settings.now();
        if (what == KeyEvent.What.UNDO) {
            settings.audit()
                    .tryToRecord(new AuditEvent.DestructionUndone(
                            now, settings.name(), caller.toString(), pending.key(), reason));
        } else {
            settings.audit()
                    .record(new AuditEvent.KeyDestroyed(
                            now, settings.name(), caller.toString(), pending.key(), reason));
        }
        add(new KeyEvent(what, pending.key(), pending.number(), now, caller.name(), reason, Optional.empty(), tomb));
        refresher.refreshWhole();
    }

    private void checkUnused(KeyRef ref, boolean override) {
        if (override) {
            return;
        }
        long uses = settings.inventory()
                .orElseThrow(() -> new DestructionRefused("nobody can say whether messages still use key " + ref
                        + ": give the ring an inventory, or override explicitly"))
                .messagesUnder(ref);
        if (uses > 0) {
            throw new DestructionRefused(uses + " messages still use key " + ref + ": rewrite them first");
        }
    }

    private void startGeneration(KeyRef revoked, Caller caller) {
        RingSnapshot snapshot = refresher.snapshot();
        Generations generations = snapshot.generations();
        String ringId = generations.genesis().value("ring-id");
        String wrapId = settings.randomId();
        int number = generations.newest().generation() + 1;
        Instant now = settings.now();
        byte[] secret = new byte[KeyMaterial.LENGTH];
        settings.random().nextBytes(secret);
        try (KeyMaterial material = KeyMaterial.copyOf(secret);
                MasterSecret master = new MasterSecret(material, generations.ringId(), number);
                KeyMaterial earlier = generations.secret(settings)) {
            try (MasterSecret before = new MasterSecret(
                    earlier, generations.ringId(), generations.newest().generation())) {
                if (!before.commitment().equals(generations.newest().commitment())) {
                    throw new StoreUnavailable("the store does not show the newest generation that this node knows");
                }
            }
            RootWrap wrap = RingFounder.wrapped(settings, ringId, number, wrapId, secret);
            settings.audit()
                    .tryToRecord(new AuditEvent.GenerationStarted(now, settings.name(), caller.toString(), number));
            RecordText root = RingRecords.root(ringId, wrapId, settings.root().kind(), wrap, master);
            if (!settings.store().add(settings.name(), RingRecords.stored(root))) {
                throw new StoreUnavailable(
                        "the store has another record in the place of the new generation's root: try again");
            }
            RecordText generation = RingRecords.generation(
                    ringId,
                    wrapId,
                    now,
                    caller.name(),
                    earlier,
                    snapshot.ledger().policyRecord(),
                    snapshot.headsForGeneration(revoked),
                    master,
                    settings.ciphers(),
                    settings.random());
            settings.store().add(settings.name(), RingRecords.stored(generation));
        } finally {
            Arrays.fill(secret, (byte) 0);
        }
        refresher.refreshWhole();
    }

    private boolean hasKeyOfNewestGeneration() {
        int newest = refresher.snapshot().generations().newest().generation();
        return refresher.snapshot().records().values().stream()
                .filter(record -> record.generation() == newest && record.key() != null)
                .map(SeenRecord::key)
                .anyMatch(ref -> refresher.snapshot().selectable().stream()
                        .anyMatch(key -> key.ref().equals(ref) && key.isUsable()));
    }

    private void add(KeyEvent event) {
        RingSnapshot snapshot = refresher.snapshot();
        Generations generations = snapshot.generations();
        RecordText record = EventRecords.event(
                generations.genesis().value("ring-id"),
                event,
                settings.randomId(),
                snapshot.heads(),
                generations.newest());
        settings.store().add(settings.name(), RingRecords.stored(record));
        // That somebody else has revoked the key meanwhile is as good; a late revocation counts, and nothing else does.
        boolean revocation = event.what() == KeyEvent.What.REVOKED;
        // What is there says whether it was added: a store may refuse the second of two attempts of its own.
        boolean counts = refresher.refresh().ledger().counts(record.hash());
        if (!counts && !revocation) {
            throw new StoreUnavailable(
                    "somebody else changed key " + event.key() + " at the same time: look at it, then try again");
        }
    }

    private KeyMetadata current(KeyRef ref) {
        RingSnapshot snapshot = refresher.refreshWhole();
        KeyVersion key = snapshot.key(ref);
        if (key == null) {
            throw new UnknownKey("the ring has no key " + ref);
        }
        return key.metadata();
    }
}
