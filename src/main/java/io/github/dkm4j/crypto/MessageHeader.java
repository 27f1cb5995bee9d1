package io.github.dkm4j.crypto;

import io.github.dkm4j.key.Epoch;
import io.github.dkm4j.key.KeyId;
import io.github.dkm4j.key.KeyRef;
import io.github.dkm4j.key.MalformedMessage;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;

/**
 * The first 14 bytes of a message: 0xC1, suite(1), epoch(4), key id(8).
 *
 * @param suite how the payload is made
 * @param key the key version that made it
 */
public record MessageHeader(Suite suite, KeyRef key) {
    /** Length in bytes. */
    public static final int LENGTH = 14;

    /** The first byte of every message; occurs in no well-formed UTF-8 text. */
    public static final byte MARK = (byte) 0xC1;

    /**
     * Reads a message's header and checks that the whole message is long enough for its suite.
     *
     * @throws MalformedMessage if the bytes are no message
     */
    public static MessageHeader parse(byte[] message) {
        MessageHeader header = begin(message);
        header.suite().checkLength(message.length - LENGTH);
        return header;
    }

    /**
     * Reads a header from a stream, 14 bytes and not one more. How long the message is shows when it is opened.
     *
     * @throws MalformedMessage if the bytes are no message
     */
    public static MessageHeader read(InputStream in) throws IOException {
        return begin(in.readNBytes(LENGTH));
    }

    /**
     * Reads a header from a message's begin.
     *
     * @throws MalformedMessage if the bytes do not begin a message
     */
    public static MessageHeader begin(byte[] message) {
        if (message.length == 0 || message[0] != MARK) {
            throw new MalformedMessage("not a dkm4j message: the first byte is not 0xC1");
        }
        if (message.length < LENGTH) {
            throw new MalformedMessage("not a dkm4j message: shorter than its 14-byte header");
        }
        ByteBuffer in = ByteBuffer.wrap(message, 1, LENGTH - 1);
        Suite suite = Suite.ofCode(in.get());
        long epoch = Integer.toUnsignedLong(in.getInt());
        if (epoch == 0) {
            throw new MalformedMessage("not a dkm4j message: its epoch is 0");
        }
        return new MessageHeader(suite, new KeyRef(new Epoch(epoch), new KeyId(in.getLong())));
    }

    /** Its 14 bytes. */
    public byte[] bytes() {
        byte[] bytes = new byte[LENGTH];
        writeTo(bytes);
        return bytes;
    }

    void writeTo(byte[] target) {
        ByteBuffer.wrap(target)
                .put(MARK)
                .put(suite.code())
                .putInt((int) key.epoch().value())
                .putLong(key.keyId().bits());
    }
}
