package io.github.dkm4j.ring;

import io.github.dkm4j.crypto.Kdf;
import io.github.dkm4j.crypto.KeyMaterial;
import io.github.dkm4j.key.RecordNotAuthentic;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * One generation of what the root key wraps, and what hangs from it: the key that authenticates records, the key that
 * wraps key versions, and the commitment by which the genesis or the generation's own record knows it. Ring id and
 * generation go into every derivation.
 */
final class MasterSecret implements AutoCloseable {
    static final int FIRST_GENERATION = 1;

    /** More generations than revocations can reasonably make. */
    static final int LAST_GENERATION = 9_999;

    private final int generation;
    private final KeyMaterial recordKey;
    private final KeyMaterial wrappingKey;
    private final String commitment;

    /** Derives what is needed; the secret itself is not kept. */
    MasterSecret(KeyMaterial secret, byte[] ringId, int generation) {
        this.generation = generation;
        byte[] context = ByteBuffer.allocate(ringId.length + 4)
                .put(ringId)
                .putInt(generation)
                .array();
        recordKey = Kdf.derive(secret, "dkm4j record authentication v1", context);
        wrappingKey = Kdf.derive(secret, "dkm4j key wrapping v1", context);
        try (KeyMaterial derived = Kdf.derive(secret, "dkm4j master commitment v1", context)) {
            byte[] bytes = derived.copy();
            commitment = HexFormat.of().formatHex(bytes);
            Arrays.fill(bytes, (byte) 0);
        }
    }

    int generation() {
        return generation;
    }

    KeyMaterial recordKey() {
        return recordKey;
    }

    KeyMaterial wrappingKey() {
        return wrappingKey;
    }

    /** 64 hexadecimal digits; HKDF-SHA-512 is collision-resistant in its key, so no second secret has the same. */
    String commitment() {
        return commitment;
    }

    /** Throws unless the genesis, or the record of this generation, commits to this secret. */
    void checkAgainst(RecordText record) {
        byte[] claimed = record.value("commitment").getBytes(StandardCharsets.US_ASCII);
        if (!MessageDigest.isEqual(claimed, commitment.getBytes(StandardCharsets.US_ASCII))) {
            throw new RecordNotAuthentic("the root unwrapped a master secret that is not the one this ring's "
                    + record.type() + " commits to: somebody put another wrap or another record into the store");
        }
    }

    @Override
    public void close() {
        recordKey.destroy();
        wrappingKey.destroy();
    }
}
