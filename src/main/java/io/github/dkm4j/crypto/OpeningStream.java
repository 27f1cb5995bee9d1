package io.github.dkm4j.crypto;

import io.github.dkm4j.key.AuthenticationFailed;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ReadableByteChannel;
import java.util.Arrays;
import java.util.Objects;

/**
 * Opens one message of suite 0x02, holding one chunk of 16 KiB at a time. For one thread at a time.
 *
 * <p>A chunk is decrypted into a buffer of this stream and handed out only when its tag was right. The end is reported
 * only behind a last chunk, which is shorter than the others: a message cut at a chunk's boundary has none.
 */
final class OpeningStream extends InputStream implements ReadableByteChannel {
    private enum State {
        OPEN,
        TRUNCATED,
        REFUSED,
        BROKEN,
        CLOSED
    }

    private final ChunkCipher chunks;
    private final InputStream in;
    private final byte[] sealed = new byte[Cobblestone.SEALED_CHUNK];
    private final byte[] plaintext = new byte[Cobblestone.CHUNK];
    private State state = State.OPEN;
    private int position;
    private int limit;
    private long chunk;
    private boolean last;

    OpeningStream(ChunkCipher chunks, InputStream in) {
        this.chunks = chunks;
        this.in = in;
    }

    @Override
    public int read() throws IOException {
        return atEnd() ? -1 : plaintext[position++] & 0xff;
    }

    @Override
    public int read(byte[] out, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, out.length);
        return read(ByteBuffer.wrap(out, offset, length));
    }

    @Override
    public int read(ByteBuffer out) throws IOException {
        if (!out.hasRemaining()) {
            checkUsable();
            return 0;
        }
        if (atEnd()) {
            return -1;
        }
        int size = Math.min(out.remaining(), limit - position);
        out.put(plaintext, position, size);
        position += size;
        return size;
    }

    /** What is left of the chunk at hand. */
    @Override
    public int available() {
        return state == State.OPEN ? limit - position : 0;
    }

    @Override
    public boolean isOpen() {
        return state != State.CLOSED;
    }

    @Override
    public void close() throws IOException {
        if (state == State.CLOSED) {
            return;
        }
        state = State.CLOSED;
        try {
            wipe();
        } finally {
            in.close();
        }
    }

    private boolean atEnd() throws IOException {
        checkUsable();
        if (position == limit && !last) {
            // Broken until the next chunk is there: half a chunk may be lost, whatever is thrown.
            state = State.BROKEN;
            try {
                state = next();
            } finally {
                if (state != State.OPEN) {
                    wipe();
                }
            }
            checkUsable();
        }
        return position == limit;
    }

    private State next() throws IOException {
        int size = in.readNBytes(sealed, 0, Cobblestone.SEALED_CHUNK);
        if (size < KcXaes.TAG) {
            return State.TRUNCATED;
        }
        try {
            limit = chunks.open(chunk++, sealed, 0, size, plaintext, 0);
        } catch (AuthenticationFailed e) {
            return State.REFUSED;
        }
        position = 0;
        last = size < Cobblestone.SEALED_CHUNK;
        return State.OPEN;
    }

    private void checkUsable() throws IOException {
        switch (state) {
            case OPEN -> {}
            case TRUNCATED -> throw Cobblestone.truncated();
            case REFUSED -> throw KcXaes.refused();
            case BROKEN -> throw new IOException("an earlier read failed: open the message from its beginning");
            case CLOSED -> throw new ClosedChannelException();
        }
    }

    private void wipe() {
        Arrays.fill(plaintext, (byte) 0);
        chunks.close();
    }
}
