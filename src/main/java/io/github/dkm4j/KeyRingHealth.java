package io.github.dkm4j;

import io.github.dkm4j.key.KeyStatus;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * How a ring is, as this node sees it.
 *
 * @param state whether it works
 * @param freshAt when the store was last read
 * @param lastError why it could not be read since; empty if it could
 * @param keys how many keys there are of each status
 * @param problems what is wrong, in words; empty if all is well
 */
public record KeyRingHealth(
        State state, Instant freshAt, Optional<String> lastError, Map<KeyStatus, Integer> keys, List<String> problems) {

    /** Whether a ring works. */
    public enum State {
        /** The store was read when it was due. */
        FRESH,
        /** The store cannot be read; the ring goes on with what it has. */
        STALE,
        /** Nothing is encrypted: the ring was not read for too long, its view is incomplete, or no key is active. */
        REFUSING
    }

    static KeyRingHealth of(
            Instant freshAt,
            boolean tooStale,
            Optional<String> lastError,
            Map<KeyStatus, Integer> keys,
            List<String> problems,
            boolean complete) {
        boolean refusing = tooStale || !complete || !keys.containsKey(KeyStatus.ACTIVE);
        State state = refusing ? State.REFUSING : lastError.isPresent() ? State.STALE : State.FRESH;
        return new KeyRingHealth(state, freshAt, lastError, Map.copyOf(keys), List.copyOf(problems));
    }

    /** Whether nothing needs anybody's attention. */
    public boolean isHealthy() {
        return state == State.FRESH && problems.isEmpty();
    }
}
