package io.github.dkm4j.audit;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/** Reads lines that end in a line feed, and tells what stands behind the last of them. Not thread-safe. */
final class LineReader implements AutoCloseable {
    private final InputStream in;
    private long torn;

    LineReader(InputStream in) {
        this.in = new BufferedInputStream(in);
    }

    /**
     * The next line without its end, a character for each byte; null if there is no other whole line.
     *
     * @throws IllegalArgumentException if it is longer than a record can be
     */
    @Nullable String next() throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream(256);
        for (int b = in.read(); b >= 0; b = in.read()) {
            if (b == '\n') {
                return line.toString(ISO_8859_1);
            }
            if (line.size() >= TrailLine.LONGEST) {
                throw new IllegalArgumentException("a line is longer than a record can be");
            }
            line.write(b);
        }
        torn = line.size();
        return null;
    }

    /** How many bytes stand behind the last whole line, once that was read. */
    long torn() {
        return torn;
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}
