package io.github.dkm4j;

import io.github.dkm4j.crypto.MessageHeader;
import io.github.dkm4j.key.MalformedMessage;
import java.io.ByteArrayInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.util.Arrays;

/** Reads a message of either suite from a stream. */
final class RingStreams {
    /** The longest message of suite 0x01 that is opened from a stream: it is held in memory as a whole. */
    static final int MOST_WHOLE = 16 * 1024 * 1024;

    private RingStreams() {}

    /** The whole message, whose header was read from the stream before. */
    static byte[] whole(MessageHeader header, InputStream rest) throws IOException {
        byte[] head = header.bytes();
        InputStream all = new SequenceInputStream(new ByteArrayInputStream(head), rest);
        byte[] message = all.readNBytes(MOST_WHOLE + 1);
        if (message.length > MOST_WHOLE) {
            throw new MalformedMessage("a message of suite 0x01 of more than " + MOST_WHOLE
                    + " bytes is opened as a whole, not as a stream");
        }
        return message;
    }

    /** A plaintext as a stream that zeroises it and closes the source when it is closed. */
    static InputStream over(byte[] plaintext, InputStream source) {
        return new FilterInputStream(new ByteArrayInputStream(plaintext)) {
            @Override
            public void close() throws IOException {
                Arrays.fill(plaintext, (byte) 0);
                source.close();
            }
        };
    }
}
