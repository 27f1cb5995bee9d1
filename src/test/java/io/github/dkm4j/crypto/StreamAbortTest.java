package io.github.dkm4j.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.github.dkm4j.key.AuthenticationFailed;
import io.github.dkm4j.key.TruncatedMessage;
import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ClosedByInterruptException;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A plaintext that was not written to its end never becomes a message that opens. */
class StreamAbortTest {
    private static final byte[] PLAINTEXT = Streams.bytes(21, 70_000);

    private final MessageCipher cipher = Streams.cipher();

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 16_383, 16_384, 16_385, 32_768, 70_000})
    void withoutClosingThereIsNoMessage(int written) throws IOException {
        Target target = new Target(-1, false);
        SealingStream stream = sealing(target);
        stream.write(PLAINTEXT, 0, written);
        stream.flush();

        doesNotOpen(target);
        stream.abort();
        doesNotOpen(target);
        assertThat(target.closed).isEqualTo(1);
        stream.close();
        stream.abort();
        doesNotOpen(target);
        assertThat(target.closed).isEqualTo(1);
        assertThatThrownBy(() -> stream.write(1)).isInstanceOf(IOException.class);
    }

    @ParameterizedTest
    @CsvSource({"1, false", "1, true", "2, false", "2, true", "4, false", "4, true"})
    void aTargetThatFailedOnceGetsNoLastChunk(int failingWrite, boolean afterTheFact) throws IOException {
        Target target = new Target(failingWrite, afterTheFact);
        SealingStream stream = sealing(target);

        assertThatThrownBy(() -> stream.write(PLAINTEXT)).isSameAs(target.error);
        byte[] before = target.bytes();
        assertThatThrownBy(() -> stream.write(1)).isInstanceOf(IOException.class);
        assertThatThrownBy(() -> stream.write(ByteBuffer.wrap(PLAINTEXT))).isInstanceOf(IOException.class);
        assertThatThrownBy(stream::flush).isInstanceOf(IOException.class);
        assertThatThrownBy(stream::close)
                .isInstanceOf(IOException.class)
                .hasMessageContaining("the message is incomplete");
        assertThat(target.bytes()).isEqualTo(before);
        assertThat(target.closed).isEqualTo(1);
        doesNotOpen(target);
        assertThatCode(stream::close).doesNotThrowAnyException();
    }

    @Test
    void aFailureWhileTheHeadIsWrittenLeavesTheTargetToTheCaller() {
        Target target = new Target(0, true);

        assertThatThrownBy(() -> sealing(target)).isSameAs(target.error);
        assertThat(target.closed).isZero();
        doesNotOpen(target);
    }

    @Test
    void aLastChunkThatIsNotWrittenIsReportedAndNotTriedAgain() throws IOException {
        Target target = new Target(2, false);
        SealingStream stream = sealing(target);
        stream.write(PLAINTEXT, 0, 20_000);

        assertThatThrownBy(stream::close).isSameAs(target.error);
        stream.close();
        doesNotOpen(target);
        assertThat(target.closed).isEqualTo(1);
    }

    @Test
    void aCallWithBadArgumentsBreaksTheStream() throws IOException {
        Target target = new Target(-1, false);
        SealingStream stream = sealing(target);
        stream.write(PLAINTEXT, 0, 100);

        assertThatThrownBy(() -> stream.write(PLAINTEXT, 69_999, 2)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(stream::close).isInstanceOf(IOException.class);
        doesNotOpen(target);
    }

    @Test
    void aTargetThatCannotFlushBreaksTheStream() throws IOException {
        ByteArrayOutputStream target = new ByteArrayOutputStream() {
            @Override
            public void flush() throws IOException {
                throw new IOException("full");
            }
        };
        SealingStream stream = sealing(target);
        stream.write(PLAINTEXT, 0, 100);

        assertThatThrownBy(stream::flush).hasMessage("full");
        assertThatThrownBy(stream::close).isInstanceOf(IOException.class);
        assertThat(target.size()).isEqualTo(Streams.HEAD);
    }

    @Test
    void aBufferInFrontDoesNotHideTheFailure() {
        Target target = new Target(2, false);

        assertThatThrownBy(() -> {
                    try (OutputStream stream = new BufferedOutputStream(sealing(target), 1_000)) {
                        for (int at = 0; at < PLAINTEXT.length; at += 100) {
                            stream.write(PLAINTEXT, at, 100);
                        }
                    }
                })
                .isSameAs(target.error);
        doesNotOpen(target);
        assertThat(target.closed).isEqualTo(1);
    }

    @Test
    void anInterruptedThreadCompletesNothing() throws IOException {
        Target target = new Target(-1, false);
        SealingStream channel =
                cipher.sealing(Streams.HEADER, Streams.KEY, Streams.CONTEXT, Channels.newChannel(target));
        channel.write(ByteBuffer.wrap(PLAINTEXT, 0, 100));
        Thread.currentThread().interrupt();
        try {
            assertThatThrownBy(() -> channel.write(ByteBuffer.wrap(PLAINTEXT)))
                    .isInstanceOf(ClosedByInterruptException.class);
        } finally {
            assertThat(Thread.interrupted()).isTrue();
        }

        assertThatThrownBy(channel::close).isInstanceOf(IOException.class);
        assertThat(target.closed).isEqualTo(1);
        doesNotOpen(target);
    }

    @Test
    void aSourceThatFailsIsAnsweredByAborting() throws IOException {
        Target target = new Target(-1, false);
        SealingStream stream = sealing(target);
        Throwable failure = catchThrowable(() -> {
            for (int at = 0; ; at += 10_000) {
                stream.write(Arrays.copyOfRange(PLAINTEXT, at, at + 10_000));
                if (at == 30_000) {
                    throw new IOException("source");
                }
            }
        });

        assertThat(failure).hasMessage("source");
        stream.abort();
        doesNotOpen(target);
        assertThat(Streams.chunk(target.bytes(), 2)).isEmpty();
    }

    @Test
    void aClosedStreamTakesNothingMore() throws IOException {
        Target target = new Target(-1, false);
        SealingStream stream = sealing(target);
        stream.close();
        byte[] before = target.bytes();

        assertThatThrownBy(() -> stream.write(1)).isInstanceOf(IOException.class);
        assertThatThrownBy(() -> stream.write(PLAINTEXT)).isInstanceOf(IOException.class);
        assertThatThrownBy(stream::flush).isInstanceOf(IOException.class);
        stream.abort();
        stream.close();
        assertThat(target.bytes()).isEqualTo(before);
        assertThat(target.closed).isEqualTo(1);
    }

    private SealingStream sealing(OutputStream target) throws IOException {
        return cipher.sealing(Streams.HEADER, Streams.KEY, Streams.CONTEXT, target);
    }

    private static void doesNotOpen(Target target) {
        byte[] message = target.bytes();
        assertThatThrownBy(() -> Streams.open(message, new ByteArrayOutputStream()))
                .isInstanceOfAny(TruncatedMessage.class, AuthenticationFailed.class);
        assertThatThrownBy(() ->
                        Streams.cipher().open(MessageHeader.parse(message), Streams.KEY, message, Streams.CONTEXT))
                .isInstanceOfAny(TruncatedMessage.class, AuthenticationFailed.class);
    }

    /** Keeps what is written; one of its writes, counted from 0, fails, before or after the bytes are kept. */
    private static final class Target extends OutputStream {
        final IOException error = new IOException("disk");
        private final ByteArrayOutputStream kept = new ByteArrayOutputStream();
        private final int failing;
        private final boolean afterTheFact;
        private int writes;
        int closed;

        Target(int failing, boolean afterTheFact) {
            this.failing = failing;
            this.afterTheFact = afterTheFact;
        }

        byte[] bytes() {
            return kept.toByteArray();
        }

        @Override
        public void write(int b) {
            throw new UnsupportedOperationException("streams write chunks");
        }

        @Override
        public void write(byte[] in, int offset, int length) throws IOException {
            boolean fails = writes++ == failing;
            if (!fails || afterTheFact) {
                kept.write(in, offset, length);
            }
            if (fails) {
                throw error;
            }
        }

        @Override
        public void close() {
            closed++;
        }
    }
}
