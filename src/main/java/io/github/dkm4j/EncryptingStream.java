package io.github.dkm4j;

import io.github.dkm4j.crypto.SealingStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.util.function.LongConsumer;

/**
 * Takes a plaintext of any length and writes its message, holding one chunk of 16 KiB at a time. For one thread.
 *
 * <p>The message is complete when, and only when, {@link #close()} has returned: it writes the last chunk, without which
 * nothing opens. Whoever cannot write the plaintext to its end calls {@link #abort()}; a try-with-resources statement
 * around a source that fails would complete the message instead. After an exception from this stream, closing it
 * completes nothing.
 */
public final class EncryptingStream extends OutputStream implements WritableByteChannel {
    private final SealingStream stream;
    private final LongConsumer counter;

    EncryptingStream(SealingStream stream, LongConsumer counter) {
        this.stream = stream;
        this.counter = counter;
    }

    @Override
    public void write(int b) throws IOException {
        stream.write(b);
        counter.accept(1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        stream.write(bytes, offset, length);
        counter.accept(length);
    }

    /** Takes all that remains in the buffer. */
    @Override
    public int write(ByteBuffer bytes) throws IOException {
        int length = stream.write(bytes);
        counter.accept(length);
        return length;
    }

    /** Passes whole chunks on; a chunk that is not full stays here. */
    @Override
    public void flush() throws IOException {
        stream.flush();
    }

    @Override
    public boolean isOpen() {
        return stream.isOpen();
    }

    /** Completes the message and closes the target. */
    @Override
    public void close() throws IOException {
        stream.close();
    }

    /** Closes the target and leaves a message that never opens. */
    public void abort() throws IOException {
        stream.abort();
    }
}
