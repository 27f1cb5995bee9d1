package io.github.dkm4j.key;

/**
 * Names one key version of a ring: (epoch, key id) is unique in it.
 *
 * @param epoch the generation
 * @param keyId the random id
 */
public record KeyRef(Epoch epoch, KeyId keyId) implements Comparable<KeyRef> {
    /** By epoch, then by key id. */
    @Override
    public int compareTo(KeyRef other) {
        int byEpoch = epoch.compareTo(other.epoch);
        return byEpoch != 0 ? byEpoch : keyId.compareTo(other.keyId);
    }

    /** For example {@code 3/97f11ae651070506}. */
    @Override
    public String toString() {
        return epoch + "/" + keyId;
    }
}
