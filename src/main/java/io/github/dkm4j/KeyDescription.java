package io.github.dkm4j;

import io.github.dkm4j.key.KeyMetadata;
import io.github.dkm4j.key.KeyStatus;
import java.time.Instant;
import java.util.Optional;

/**
 * A key version as it stands at one moment.
 *
 * @param metadata what is recorded about it
 * @param status where it stands
 * @param archivedAt when it was, or is known to become, archived
 */
public record KeyDescription(KeyMetadata metadata, KeyStatus status, Optional<Instant> archivedAt) {}
