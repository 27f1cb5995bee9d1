package io.github.dkm4j.ring;

import io.github.dkm4j.crypto.KeyMaterial;
import io.github.dkm4j.crypto.MessageHeader;
import io.github.dkm4j.crypto.Suite;
import io.github.dkm4j.key.KeyMetadata;

/**
 * One key of a ring, unwrapped.
 *
 * @param metadata what may be said about it; {@code activatesAt} is the time that counts
 * @param material its 256 bits; destroyed if the key is
 */
public record KeyVersion(KeyMetadata metadata, KeyMaterial material) {
    static KeyVersion of(KeyMetadata metadata, KeyMaterial material) {
        return new KeyVersion(metadata, material);
    }

    /** A key of which only its metadata is left. */
    static KeyVersion destroyed(KeyMetadata metadata) {
        KeyMaterial nothing = KeyMaterial.copyOf(new byte[KeyMaterial.LENGTH]);
        nothing.destroy();
        return new KeyVersion(metadata, nothing);
    }

    KeyVersion with(KeyMetadata changed) {
        return changed.equals(metadata) ? this : new KeyVersion(changed, material);
    }

    /** How its messages of the given suite begin. */
    public MessageHeader header(Suite suite) {
        return new MessageHeader(suite, metadata.ref());
    }
}
