package io.github.dkm4j.elevation;

import java.time.Instant;

/**
 * A signed note as the store has it.
 *
 * @param note nobody has verified it yet
 * @param storedAt when the store took it, by its own clock
 */
record Taken(String note, Instant storedAt) {}
