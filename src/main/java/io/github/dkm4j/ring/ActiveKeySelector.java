package io.github.dkm4j.ring;

import io.github.dkm4j.key.Epoch;
import io.github.dkm4j.key.KeyMetadata;
import io.github.dkm4j.key.KeyRef;
import io.github.dkm4j.key.KeyStatus;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
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

    /**
     * What {@link #select} says now and at every time at which its answer can change.
     *
     * @param at from when
     * @param active the active key from then on
     */
    record Change(Instant at, Optional<KeyMetadata> active) {}

    /** The answer now, then all later changes in order of time. */
    static List<Change> schedule(Collection<KeyMetadata> keys, Instant now) {
        Optional<Epoch> reached = keys.stream()
                .filter(key -> !key.activatesAt().isAfter(now))
                .map(KeyMetadata::epoch)
                .max(Comparator.naturalOrder());
        Optional<KeyMetadata> active = select(keys, now);
        List<Change> changes = new ArrayList<>(List.of(new Change(now, active)));
        List<KeyMetadata> pending = keys.stream()
                .filter(key -> key.activatesAt().isAfter(now))
                .sorted(Comparator.comparing(KeyMetadata::activatesAt))
                .toList();
        for (KeyMetadata key : pending) {
            int order = reached.map(key.epoch()::compareTo).orElse(1);
            if (order > 0) {
                reached = Optional.of(key.epoch());
                active = Optional.of(key).filter(KeyMetadata::isUsable);
            } else if (order == 0 && key.isUsable()) {
                boolean preferred =
                        active.isEmpty() || key.keyId().compareTo(active.get().keyId()) < 0;
                active = preferred ? Optional.of(key) : active;
            }
            changes.add(new Change(key.activatesAt(), active));
        }
        return changes;
    }

    /**
     * For each key that was or will be superseded, by a later epoch or a preferred rival, when. A pure function of the
     * metadata in linear time.
     */
    public static Map<KeyRef, Instant> archivedAt(Collection<KeyMetadata> keys) {
        Map<KeyRef, Instant> archived = new HashMap<>();
        List<KeyMetadata> newestFirst = new ArrayList<>(keys);
        // Of rivals the preferred one, with the lowest key id, comes first.
        newestFirst.sort(Comparator.comparing(KeyMetadata::epoch).reversed().thenComparing(KeyMetadata::keyId));
        Optional<Instant> laterEpochs = Optional.empty();
        Optional<Instant> preferredRivals = Optional.empty();
        for (int i = 0; i < newestFirst.size(); i++) {
            KeyMetadata key = newestFirst.get(i);
            boolean sameEpoch = i > 0 && newestFirst.get(i - 1).epoch().equals(key.epoch());
            if (i > 0 && !sameEpoch) {
                laterEpochs = earliest(laterEpochs, epochStart(newestFirst, i - 1));
                preferredRivals = Optional.empty();
            }
            earliest(laterEpochs, preferredRivals)
                    .map(at -> at.isBefore(key.activatesAt()) ? key.activatesAt() : at)
                    .ifPresent(at -> archived.put(key.ref(), at));
            if (key.isUsable()) {
                preferredRivals = earliest(preferredRivals, Optional.of(key.activatesAt()));
            }
        }
        return archived;
    }

    /** When the epoch whose last key stands at that index is first reached. */
    private static Optional<Instant> epochStart(List<KeyMetadata> keys, int last) {
        Instant start = keys.get(last).activatesAt();
        for (int i = last; i >= 0 && keys.get(i).epoch().equals(keys.get(last).epoch()); i--) {
            start = keys.get(i).activatesAt().isBefore(start) ? keys.get(i).activatesAt() : start;
        }
        return Optional.of(start);
    }

    private static Optional<Instant> earliest(Optional<Instant> one, Optional<Instant> other) {
        return one.isPresent() && other.isPresent()
                ? Optional.of(one.get().isBefore(other.get()) ? one.get() : other.get())
                : one.or(() -> other);
    }
}
