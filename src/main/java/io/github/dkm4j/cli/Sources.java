package io.github.dkm4j.cli;

import io.github.dkm4j.Decryptor;
import io.github.dkm4j.key.MalformedMessage;
import java.io.BufferedInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Base64;
import java.util.function.Function;

/** Where commands read from, with errors that say what was wrong with the input. */
final class Sources {
    private Sources() {}

    /** A source whose failures are the user's to hear of. */
    static InputStream named(InputStream in, String name) {
        return new Explained(in, e -> new UsageError("cannot read " + name + ": " + e.getMessage()));
    }

    /** A message's bytes, whether they come raw or as base64url text. */
    static InputStream message(InputStream in) throws IOException {
        BufferedInputStream peeked = new BufferedInputStream(in);
        peeked.mark(1);
        int first = peeked.read();
        peeked.reset();
        if (first >= 0 && Decryptor.isMessage(new byte[] {(byte) first})) {
            return peeked;
        }
        return new Explained(
                Base64.getUrlDecoder().wrap(new WithoutSpace(peeked)),
                e -> new MalformedMessage("not a dkm4j message, neither raw nor base64url", e));
    }

    /** Says in its own words what failed. */
    private static final class Explained extends FilterInputStream {
        private final Function<IOException, RuntimeException> explanation;

        Explained(InputStream in, Function<IOException, RuntimeException> explanation) {
            super(in);
            this.explanation = explanation;
        }

        @Override
        public int read() {
            try {
                return in.read();
            } catch (IOException e) {
                throw explanation.apply(e);
            }
        }

        @Override
        public int read(byte[] target, int offset, int length) {
            try {
                return in.read(target, offset, length);
            } catch (IOException e) {
                throw explanation.apply(e);
            }
        }
    }

    /** Text without white space. */
    private static final class WithoutSpace extends FilterInputStream {
        WithoutSpace(InputStream in) {
            super(in);
        }

        @Override
        public int read() throws IOException {
            int next = in.read();
            while (next == ' ' || next == '\t' || next == '\r' || next == '\n') {
                next = in.read();
            }
            return next;
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            for (int count = 0; count < length; count++) {
                int next = read();
                if (next < 0) {
                    return count == 0 ? -1 : count;
                }
                target[offset + count] = (byte) next;
            }
            return length;
        }
    }
}
