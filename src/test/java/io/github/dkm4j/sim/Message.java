package io.github.dkm4j.sim;

import io.github.dkm4j.key.EncryptionContext;
import io.github.dkm4j.key.KeyRef;

/** A message that a node returned. */
final class Message {
    final byte[] bytes;
    final byte[] plaintext;
    final EncryptionContext context;
    final KeyRef key;
    final long madeAt;
    /** Made by a node whose clock and process behaved. */
    final boolean orderly;
    /** Rewritten under another key, or given up together with its key. */
    boolean dropped;

    Message(byte[] bytes, byte[] plaintext, EncryptionContext context, KeyRef key, long madeAt, boolean orderly) {
        this.bytes = bytes;
        this.plaintext = plaintext;
        this.context = context;
        this.key = key;
        this.madeAt = madeAt;
        this.orderly = orderly;
    }
}
