package io.github.dkm4j.key;

import java.time.Instant;
import java.util.Optional;

/**
 * What may be said about a key version; may be logged. Immutable.
 *
 * @param ref its name
 * @param createdAt when it was made, by its maker's clock
 * @param activatesAt from when it may be the active key
 * @param revokedAt when it was revoked, if it was
 * @param destroysAt when its destruction may be completed, if that was asked for and not undone
 * @param destroyedAt when it was destroyed, if it was
 * @param reason why it was revoked or destroyed
 */
public record KeyMetadata(
        KeyRef ref,
        Instant createdAt,
        Instant activatesAt,
        Optional<Instant> revokedAt,
        Optional<Instant> destroysAt,
        Optional<Instant> destroyedAt,
        Optional<String> reason) {

    /** A key version that nothing has happened to yet. */
    public static KeyMetadata of(KeyRef ref, Instant createdAt, Instant activatesAt) {
        return new KeyMetadata(
                ref, createdAt, activatesAt, Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());
    }

    /** Its generation. */
    public Epoch epoch() {
        return ref.epoch();
    }

    /** Its random id. */
    public KeyId keyId() {
        return ref.keyId();
    }

    /** Whether it was neither revoked nor destroyed. */
    public boolean isUsable() {
        return revokedAt.isEmpty() && destroyedAt.isEmpty();
    }
}
