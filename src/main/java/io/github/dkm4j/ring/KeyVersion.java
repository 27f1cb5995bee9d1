package io.github.dkm4j.ring;

import io.github.dkm4j.crypto.KeyMaterial;
import io.github.dkm4j.crypto.MessageHeader;
import io.github.dkm4j.crypto.Suite;
import io.github.dkm4j.key.KeyMetadata;

/**
 * One key of a ring, unwrapped.
 *
 * @param metadata what may be said about it; {@code activatesAt} is the time that counts
 * @param header how messages under it begin
 * @param material its 256 bits
 */
public record KeyVersion(KeyMetadata metadata, MessageHeader header, KeyMaterial material) {
    static KeyVersion of(KeyMetadata metadata, KeyMaterial material) {
        return new KeyVersion(metadata, new MessageHeader(Suite.KC_XAES_256_GCM, metadata.ref()), material);
    }
}
