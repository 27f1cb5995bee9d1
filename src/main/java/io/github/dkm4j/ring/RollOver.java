package io.github.dkm4j.ring;

import io.github.dkm4j.audit.AuditEvent;
import io.github.dkm4j.crypto.KeyMaterial;
import io.github.dkm4j.key.ClocksDisagree;
import io.github.dkm4j.key.Epoch;
import io.github.dkm4j.key.KeyId;
import io.github.dkm4j.key.KeyMetadata;
import io.github.dkm4j.key.KeyRef;
import io.github.dkm4j.key.StoreUnavailable;
import io.github.dkm4j.policy.Caller;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Makes keys: the successor of the active key, or at once after a revocation. Whoever calls holds the ring's work lock
 * and has just refreshed. No key is made because something failed: only from a complete view, only when the clocks
 * agree, and only if its record is taken by the store and read back.
 */
final class RollOver {
    private final RingSettings settings;
    private final Refresher refresher;
    private final Usage usage;

    RollOver(RingSettings settings, Refresher refresher, Usage usage) {
        this.settings = settings;
        this.refresher = refresher;
        this.usage = usage;
    }

    /** Whether a new key is due: by age, by use, or because every key of the newest epoch was revoked. */
    boolean isDue(Instant now) {
        RingSnapshot snapshot = refresher.snapshot();
        Optional<KeyMetadata> active = snapshot.active(now.toEpochMilli()).map(KeyVersion::metadata);
        if (isEmergency(now)) {
            return !isAtHand(successor(now), now);
        }
        if (active.isEmpty()) {
            return false;
        }
        boolean old = settings.rolloverEvery()
                .map(age -> !now.isBefore(active.get().activatesAt().plus(age).minus(settings.propagation())))
                .orElse(false);
        return (old || usage.isSpent(active.get().ref())) && successor(now).isEmpty();
    }

    /** The key that will take over within the window; a key that some clock far ahead made is none. */
    Optional<KeyMetadata> successor(Instant now) {
        RingSnapshot snapshot = refresher.snapshot();
        Optional<Epoch> active =
                snapshot.active(now.toEpochMilli()).map(key -> key.metadata().epoch());
        int generation = snapshot.generations().newest().generation();
        Instant latest = now.plus(settings.propagation().multipliedBy(2)).plus(settings.clockSkew());
        return snapshot.selectable().stream()
                .filter(key -> key.activatesAt().isAfter(now) && key.isUsable())
                .filter(key -> !key.createdAt().isAfter(now.plus(settings.clockSkew())))
                .filter(key -> !key.activatesAt().isAfter(latest))
                .filter(key -> snapshot.generationOf(key.ref()) == generation)
                .filter(key -> active.isEmpty() || key.epoch().compareTo(active.get()) > 0)
                .min(Comparator.comparing(KeyMetadata::activatesAt));
    }

    /**
     * Makes the successor, unless there is one; after a revocation one that is active at once.
     *
     * @param commanded whether somebody wants it so: then it is put on record first or not done
     */
    KeyMetadata ensureSuccessor(Caller caller, boolean commanded) {
        Instant now = settings.clock().instant();
        Optional<KeyMetadata> successor = successor(now);
        boolean emergency = isEmergency(now);
        if (emergency ? isAtHand(successor, now) : successor.isPresent()) {
            return successor.orElseThrow();
        }
        return make(caller, emergency ? Duration.ZERO : settings.propagation(), commanded && !emergency);
    }

    /** Whether the successor is an emergency key of a node whose clock is a little ahead, or as good as one. */
    private boolean isAtHand(Optional<KeyMetadata> successor, Instant now) {
        return successor
                .filter(key -> !key.activatesAt().isAfter(now.plus(settings.clockSkew())))
                .isPresent();
    }

    /**
     * Makes a key of the next epoch that becomes active after the given window.
     *
     * @param commanded as in {@link #ensureSuccessor}
     */
    KeyMetadata make(Caller caller, Duration window, boolean commanded) {
        RingSnapshot snapshot = refresher.snapshot();
        if (!snapshot.isComplete()) {
            throw new StoreUnavailable("no key is made while the view of the ring is incomplete: "
                    + String.join("; ", snapshot.findings()));
        }
        Instant now = agreedTime().truncatedTo(ChronoUnit.MILLIS);
        Epoch epoch = nextEpoch(snapshot);
        // A process that was cloned while it ran draws the same bytes as its clone: the time keeps their ids apart.
        KeyId id = new KeyId(KeyId.random(settings.random()).bits() ^ now.toEpochMilli());
        KeyMetadata metadata = KeyMetadata.of(new KeyRef(epoch, id), now, now.plus(window));
        byte[] bytes = new byte[KeyMaterial.LENGTH];
        settings.random().nextBytes(bytes);
        try (KeyMaterial material = KeyMaterial.copyOf(bytes)) {
            Generations generations = snapshot.generations();
            RecordText record = RingRecords.key(
                    generations.genesis().value("ring-id"),
                    metadata,
                    material,
                    snapshot.heads(),
                    generations.newest(),
                    settings.ciphers(),
                    settings.random());
            AuditEvent created = new AuditEvent.KeyCreated(
                    now, settings.name(), caller.toString(), metadata.ref(), metadata.activatesAt());
            if (commanded) {
                settings.audit().record(created);
            } else {
                settings.audit().tryToRecord(created);
            }
            settings.store().add(settings.name(), RingRecords.stored(record));
        } finally {
            Arrays.fill(bytes, (byte) 0);
        }
        // Read back before it counts: the store may have taken a rival's record instead, which then is the successor.
        return refresher.refresh().selectable().stream()
                .filter(key -> key.epoch().equals(epoch) && key.isUsable())
                .min(Comparator.comparing(KeyMetadata::keyId))
                .orElseThrow(() -> new StoreUnavailable("the store does not show the key of epoch " + epoch
                        + " that it took: it is not used before it does"));
    }

    /** Now, if our clock and the store's agree well enough to date what cannot be taken back. */
    Instant agreedTime() {
        Instant theirs = settings.store().now();
        Instant ours = settings.clock().instant();
        if (Duration.between(theirs, ours).abs().compareTo(settings.clockSkew()) > 0) {
            throw new ClocksDisagree("no key is made or destroyed while this node's clock says " + ours
                    + " and the store's " + theirs + ": more than the tolerated " + settings.clockSkew() + " apart");
        }
        return ours;
    }

    /** The epoch after all that count, whose slot no record of a closed generation has taken. */
    private static Epoch nextEpoch(RingSnapshot snapshot) {
        Set<Epoch> taken = snapshot.keys().keySet().stream().map(KeyRef::epoch).collect(Collectors.toSet());
        Epoch next = snapshot.selectable().stream()
                .map(KeyMetadata::epoch)
                .max(Comparator.naturalOrder())
                .map(Epoch::next)
                .orElse(Epoch.FIRST);
        while (taken.contains(next)) {
            next = next.next();
        }
        return next;
    }

    /** Whether a key is needed at once: nothing is active because of a revocation. */
    private boolean isEmergency(Instant now) {
        RingSnapshot snapshot = refresher.snapshot();
        boolean revokedBefore = snapshot.generations().newest().generation() > MasterSecret.FIRST_GENERATION;
        return snapshot.active(now.toEpochMilli()).isEmpty() && (revokedBefore || isRevoked(snapshot, now));
    }

    /** Also where an accepted loss has cut off every key: then all open messages, and none may be active. */
    private static boolean isRevoked(RingSnapshot snapshot, Instant now) {
        if (snapshot.selectable().isEmpty()) {
            return true;
        }
        return snapshot.selectable().stream()
                .filter(key -> !key.activatesAt().isAfter(now))
                .max(Comparator.comparing(KeyMetadata::epoch))
                .map(newest -> !newest.isUsable())
                .orElse(false);
    }
}
