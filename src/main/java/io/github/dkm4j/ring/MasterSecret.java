package io.github.dkm4j.ring;

import io.github.dkm4j.crypto.Kdf;
import io.github.dkm4j.crypto.KeyMaterial;
import io.github.dkm4j.key.RecordNotAuthentic;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * What the root key wraps, and what hangs from it: the key that authenticates records, the key that wraps key
 * versions, and the commitment by which the genesis knows it. Ring id and generation go into every derivation.
 */
final class MasterSecret implements AutoCloseable {
    static final int FIRST_GENERATION = 1;

    private final KeyMaterial recordKey;
    private final KeyMaterial wrappingKey;
    private final String commitment;

    /** Derives what is needed; the secret itself is not kept. */
    MasterSecret(KeyMaterial secret, byte[] ringId, int generation) {
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

    void checkAgainst(RecordText genesis) {
        byte[] claimed = HexFormat.of().parseHex(hex(genesis.value("commitment")));
        if (!MessageDigest.isEqual(claimed, HexFormat.of().parseHex(commitment))) {
            throw new RecordNotAuthentic(
                    "the root unwrapped a master secret that is not the one this ring's genesis commits to:"
                            + " somebody put another wrap or another genesis into the store");
        }
    }

    private static String hex(String text) {
        if (!text.matches("[0-9a-f]{64}")) {
            throw new RecordNotAuthentic("the genesis has no well-formed commitment");
        }
        return text;
    }

    @Override
    public void close() {
        recordKey.destroy();
        wrappingKey.destroy();
    }
}
