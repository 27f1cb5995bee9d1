package io.github.dkm4j.crypto;

import io.github.dkm4j.key.EncryptionContext;
import io.github.dkm4j.key.Epoch;
import io.github.dkm4j.key.KeyId;
import io.github.dkm4j.key.KeyRef;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Random;

/** What the tests of streams share: one key, one context, and ways through the streams. */
final class Streams {
    static final int HEAD = MessageHeader.LENGTH + Cobblestone.PREFIX;
    static final MessageHeader HEADER =
            new MessageHeader(Suite.COBBLESTONE_256, new KeyRef(new Epoch(7), new KeyId(0x97f11ae651070506L)));
    static final EncryptionContext CONTEXT = EncryptionContext.of("file", "42", "field", "scan");
    static final KeyMaterial KEY = KeyMaterial.copyOf(bytes(1, KeyMaterial.LENGTH));

    private Streams() {}

    static MessageCipher cipher() {
        return new MessageCipher(Ciphers.platform(), new SecureRandom(), 0, () -> 0);
    }

    static byte[] bytes(long seed, int length) {
        byte[] bytes = new byte[length];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }

    /** A message made whole. */
    static byte[] message(byte[] plaintext) {
        return cipher().sealLarge(HEADER, KEY, plaintext, 0, plaintext.length, CONTEXT);
    }

    /** A message made by a stream in writes of {@code step} bytes; in single bytes if that is 0. */
    static byte[] streamed(byte[] plaintext, int step) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (OutputStream stream = cipher().sealing(HEADER, KEY, CONTEXT, out)) {
            for (int at = 0; at < plaintext.length; at += Math.max(1, step)) {
                if (step == 0) {
                    stream.write(plaintext[at]);
                } else {
                    stream.write(plaintext, at, Math.min(step, plaintext.length - at));
                }
            }
        }
        return out.toByteArray();
    }

    /** Opens a message by a stream; what it released before it failed is in {@code released}. */
    static void open(byte[] message, ByteArrayOutputStream released) throws IOException {
        InputStream in = new ByteArrayInputStream(message);
        try (InputStream stream = cipher().opening(MessageHeader.read(in), KEY, CONTEXT, in)) {
            stream.transferTo(released);
        }
    }

    /** A message without the chunks from {@code from} on, and with those given instead. */
    static byte[] rearranged(byte[] message, int... chunks) {
        byte[] out = Arrays.copyOf(message, HEAD);
        for (int chunk : chunks) {
            out = ReferenceCipher.joined(out, chunk(message, chunk));
        }
        return out;
    }

    static byte[] chunk(byte[] message, int chunk) {
        int from = HEAD + chunk * Cobblestone.SEALED_CHUNK;
        return Arrays.copyOfRange(message, from, Math.min(message.length, from + Cobblestone.SEALED_CHUNK));
    }
}
