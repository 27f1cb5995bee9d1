package io.github.dkm4j.ring;

import io.github.dkm4j.key.KeyMetadata;
import io.github.dkm4j.key.KeyStatus;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;

/** Which key new writes use: a pure function of key metadata and time, the same on every node. */
public final class ActiveKeySelector {
    private ActiveKeySelector() {}

    /**
     * The highest epoch that has been reached, and of its rivals the usable one with the lowest key id. Empty if every
     * rival of that epoch is revoked: an older epoch is never fallen back to.
     */
    public static Optional<KeyMetadata> select(Collection<KeyMetadata> keys, Instant now) {
        Optional<KeyMetadata> newest = keys.stream()
                .filter(key -> !key.activatesAt().isAfter(now))
                .max(Comparator.comparing(KeyMetadata::epoch));
        return newest.flatMap(reached -> keys.stream()
                .filter(key -> key.epoch().equals(reached.epoch()))
                .filter(key -> !key.activatesAt().isAfter(now))
                .filter(KeyMetadata::isUsable)
                .min(Comparator.comparing(KeyMetadata::keyId)));
    }

    /** Where a key stands, given which one is active. */
    public static KeyStatus status(KeyMetadata key, Optional<KeyMetadata> active, Instant now) {
        if (key.destroyedAt().isPresent()) {
            return KeyStatus.DESTROYED;
        }
        if (key.revokedAt().isPresent()) {
            return KeyStatus.REVOKED;
        }
        if (key.activatesAt().isAfter(now)) {
            return KeyStatus.PENDING;
        }
        return active.isPresent() && active.get().ref().equals(key.ref()) ? KeyStatus.ACTIVE : KeyStatus.ARCHIVED;
    }

    /** When the key was or will be superseded, by a later epoch or a preferred rival; empty if nothing says so. */
    public static Optional<Instant> archivedAt(KeyMetadata key, Collection<KeyMetadata> keys) {
        return keys.stream()
                .filter(other -> other.epoch().compareTo(key.epoch()) > 0
                        || (other.epoch().equals(key.epoch())
                                && other.keyId().compareTo(key.keyId()) < 0
                                && other.isUsable()))
                .map(KeyMetadata::activatesAt)
                .min(Comparator.naturalOrder())
                .map(at -> at.isBefore(key.activatesAt()) ? key.activatesAt() : at);
    }
}
