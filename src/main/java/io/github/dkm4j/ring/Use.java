package io.github.dkm4j.ring;

import io.github.dkm4j.key.KeyRef;

/**
 * How much one process had sealed with a key when it last said so.
 *
 * @param key the key version
 * @param node which process, by a random id of its own
 * @param number which of its statements about this key, from 1
 * @param generation under which generation of the master secret it was said
 * @param messages messages in all
 * @param bytes plaintext bytes in all
 */
record Use(KeyRef key, String node, int number, int generation, long messages, long bytes) {
    /** The slot of its record. */
    String slot() {
        return String.format("use-%010d-%s-%s-%04d", key.epoch().value(), key.keyId(), node, number);
    }
}
