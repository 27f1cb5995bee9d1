package io.github.dkm4j;

import io.github.dkm4j.key.KeyMetadata;
import io.github.dkm4j.key.KeyRef;
import io.github.dkm4j.key.KeyStatus;
import io.github.dkm4j.ring.ActiveKeySelector;
import io.github.dkm4j.ring.KeyVersion;
import io.github.dkm4j.ring.RingSnapshot;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A key version as it stands at one moment.
 *
 * @param metadata what is recorded about it
 * @param status where it stands
 * @param archivedAt when it was, or is known to become, archived
 */
public record KeyDescription(KeyMetadata metadata, KeyStatus status, Optional<Instant> archivedAt) {
    /** All keys of a snapshot, by epoch and key id. */
    static List<KeyDescription> all(RingSnapshot snapshot, long nowMillis) {
        Collection<KeyMetadata> keys = snapshot.metadata();
        Map<KeyRef, Instant> archived = ActiveKeySelector.archivedAt(keys);
        Optional<KeyMetadata> active = snapshot.active(nowMillis).map(KeyVersion::metadata);
        return keys.stream()
                .map(key -> new KeyDescription(
                        key,
                        ActiveKeySelector.status(key, active, Instant.ofEpochMilli(nowMillis)),
                        Optional.ofNullable(archived.get(key.ref()))))
                .toList();
    }
}
