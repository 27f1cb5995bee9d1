package io.github.dkm4j.ring;

import io.github.dkm4j.key.KeyRef;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Something that was done to a key version, as a record says it.
 *
 * @param what the act
 * @param key the key version
 * @param number which destruction of this key it belongs to, from 1; 1 for a revocation
 * @param at when, by the clock of who did it
 * @param by who, as the policy knew them
 * @param reason why
 * @param due from when a destruction may be completed
 * @param tomb what stays of a destroyed key
 */
record KeyEvent(
        What what,
        KeyRef key,
        int number,
        Instant at,
        String by,
        String reason,
        Optional<Instant> due,
        Optional<Tomb> tomb) {

    /** The acts. UNDO and DESTROYED stand in one slot, so that only one of them can end a destruction. */
    enum What {
        REVOKED("revoked"),
        DESTROY("destroy"),
        UNDO("ended"),
        DESTROYED("ended");

        private final String slot;

        What(String slot) {
            this.slot = slot;
        }

        String label() {
            return name().toLowerCase(Locale.ROOT);
        }

        static What of(String label) {
            for (What what : values()) {
                if (what.label().equals(label)) {
                    return what;
                }
            }
            throw new IllegalArgumentException("unknown act");
        }
    }

    /**
     * What stays of a destroyed key.
     *
     * @param record the hash of its record, which the store has no more
     * @param previous the hashes that its record named
     * @param barred whether it could never be active
     * @param createdAt when it was made
     * @param activatesAt the activation time that counted
     */
    record Tomb(Hash record, List<Hash> previous, boolean barred, Instant createdAt, Instant activatesAt) {}

    /** The slot of this event's record: of each generation one, so that a late record stands in nobody's way. */
    String slot(int generation) {
        return String.format("%s-%010d-%s-%04d-%04d", what.slot, key.epoch().value(), key.keyId(), number, generation);
    }
}
