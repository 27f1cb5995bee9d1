package io.github.dkm4j.crypto;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.WritableByteChannel;
import java.util.Arrays;

/**
 * Makes one message of suite 0x02 from a plaintext of any length, holding one chunk of 16 KiB at a time. For one
 * thread at a time.
 *
 * <p>The last chunk, without which no message opens, is written by {@link #close()} and by nothing else. Whoever
 * cannot write the plaintext to its end calls {@link #abort()} instead; a try-with-resources statement around a
 * source that fails would complete the message. After an exception from this stream, closing it completes nothing.
 */
public final class SealingStream extends OutputStream implements WritableByteChannel {
    private enum State {
        OPEN,
        BROKEN,
        CLOSED
    }

    private final ChunkCipher chunks;
    private final OutputStream out;
    private final byte[] plaintext = new byte[Cobblestone.CHUNK];
    private final byte[] sealed = new byte[Cobblestone.SEALED_CHUNK];
    private State state = State.OPEN;
    private int filled;
    private long chunk;

    SealingStream(ChunkCipher chunks, OutputStream out) {
        this.chunks = chunks;
        this.out = out;
    }

    @Override
    public void write(int b) throws IOException {
        begin();
        plaintext[filled++] = (byte) b;
        writeIfFull();
        state = State.OPEN;
    }

    @Override
    public void write(byte[] in, int offset, int length) throws IOException {
        begin();
        fill(ByteBuffer.wrap(in, offset, length));
        state = State.OPEN;
    }

    /** Takes all that remains in the buffer. */
    @Override
    public int write(ByteBuffer in) throws IOException {
        begin();
        int length = in.remaining();
        fill(in);
        state = State.OPEN;
        return length;
    }

    /** Flushes the target; a chunk that is not full stays here. */
    @Override
    public void flush() throws IOException {
        begin();
        out.flush();
        state = State.OPEN;
    }

    @Override
    public boolean isOpen() {
        return state != State.CLOSED;
    }

    /**
     * Writes the last chunk and closes the target. A second call does nothing.
     *
     * @throws IOException if the target fails, or if an earlier call did: the message is incomplete and does not open
     */
    @Override
    public void close() throws IOException {
        if (state == State.CLOSED) {
            return;
        }
        boolean whole = state == State.OPEN;
        state = State.CLOSED;
        try (OutputStream target = out) {
            if (!whole) {
                throw broken();
            }
            target.write(sealed, 0, seal());
        } finally {
            wipe();
        }
    }

    /** Gives the message up: closes the target without a last chunk, so that what was written never opens. */
    public void abort() throws IOException {
        if (state == State.CLOSED) {
            return;
        }
        state = State.CLOSED;
        try {
            wipe();
        } finally {
            out.close();
        }
    }

    /** Takes the stream for broken until the call that begins here has ended well. */
    private void begin() throws IOException {
        if (state == State.CLOSED) {
            throw new ClosedChannelException();
        }
        if (state == State.BROKEN) {
            throw broken();
        }
        state = State.BROKEN;
    }

    private void fill(ByteBuffer in) throws IOException {
        while (in.hasRemaining()) {
            int size = Math.min(Cobblestone.CHUNK - filled, in.remaining());
            in.get(plaintext, filled, size);
            filled += size;
            writeIfFull();
        }
    }

    /** A full chunk is never the last one, so that it need not wait for what follows. */
    private void writeIfFull() throws IOException {
        if (filled == Cobblestone.CHUNK) {
            out.write(sealed, 0, seal());
        }
    }

    private int seal() {
        int length = filled;
        filled = 0;
        // Counted before use: no failure may lead to two chunks under one nonce.
        return chunks.seal(chunk++, plaintext, 0, length, sealed, 0);
    }

    private void wipe() {
        Arrays.fill(plaintext, (byte) 0);
        chunks.close();
    }

    private static IOException broken() {
        return new IOException("an earlier write failed: the message is incomplete and does not open");
    }
}
