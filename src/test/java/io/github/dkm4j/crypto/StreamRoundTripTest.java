package io.github.dkm4j.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.dkm4j.key.AuthenticationFailed;
import io.github.dkm4j.key.KeyRef;
import io.github.dkm4j.key.MalformedMessage;
import io.github.dkm4j.key.TruncatedMessage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StreamRoundTripTest {
    private static final int[] STEPS = {0, 1, 7, 8_192, 16_383, 16_384, 16_385, 32_768, 50_000, 200_000};

    private final MessageCipher cipher = Streams.cipher();

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 15, 16, 16_383, 16_384, 16_385, 32_767, 32_768, 32_769, 100_003})
    void whatAStreamMakesIsWhatTheFormatSaysInWhateverStepsItIsWritten(int length)
            throws IOException, GeneralSecurityException {
        byte[] plaintext = Streams.bytes(length, length);
        for (int step : STEPS) {
            byte[] message = Streams.streamed(plaintext, step);

            assertThat(message).isEqualTo(reference(message, plaintext));
            assertThat(cipher.open(MessageHeader.parse(message), Streams.KEY, message, Streams.CONTEXT))
                    .isEqualTo(plaintext);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 15, 16, 16_383, 16_384, 16_385, 32_767, 32_768, 32_769, 100_003})
    void aStreamOpensWhatWasMadeWholeInWhateverStepsItIsRead(int length) throws IOException, GeneralSecurityException {
        byte[] plaintext = Streams.bytes(length, length);
        byte[] message = Streams.message(plaintext);
        assertThat(message).isEqualTo(reference(message, plaintext));
        for (int step : STEPS) {
            InputStream source = trickle(message, step);
            try (InputStream in = cipher.opening(MessageHeader.read(source), Streams.KEY, Streams.CONTEXT, source)) {
                assertThat(read(in, step)).isEqualTo(plaintext);
                assertThat(in.read()).isEqualTo(-1);
                assertThat(in.read(new byte[3])).isEqualTo(-1);
                assertThat(in.read(new byte[3], 3, 0)).isEqualTo(0);
            }
        }
    }

    @Test
    void aPartOfAnArrayIsSealedAndEveryMessageHasItsOwnSalt() {
        byte[] array = Streams.bytes(3, 20_000);
        byte[] first = cipher.sealLarge(Streams.HEADER, Streams.KEY, array, 100, 17_000, Streams.CONTEXT);
        byte[] second = cipher.sealLarge(Streams.HEADER, Streams.KEY, array, 100, 17_000, Streams.CONTEXT);

        assertThat(cipher.open(Streams.HEADER, Streams.KEY, first, Streams.CONTEXT))
                .isEqualTo(Arrays.copyOfRange(array, 100, 17_100));
        assertThat(Arrays.copyOfRange(first, 14, 38)).isNotEqualTo(Arrays.copyOfRange(second, 14, 38));
        assertThatThrownBy(() -> cipher.sealLarge(Streams.HEADER, Streams.KEY, array, 10_000, 10_001, Streams.CONTEXT))
                .isInstanceOf(IndexOutOfBoundsException.class);
    }

    @Test
    void channelsCarryTheSameBytes() throws IOException {
        byte[] plaintext = Streams.bytes(4, 40_000);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        WritableByteChannel target = Channels.newChannel(bytes);
        WritableByteChannel sealing = cipher.sealing(Streams.HEADER, Streams.KEY, Streams.CONTEXT, target);
        ByteBuffer direct = ByteBuffer.allocateDirect(40_000).put(plaintext).flip();
        assertThat(sealing.write(direct.limit(10))).isEqualTo(10);
        assertThat(sealing.write(direct.limit(40_000))).isEqualTo(39_990);
        assertThat(sealing.isOpen()).isTrue();
        sealing.close();

        assertThat(sealing.isOpen()).isFalse();
        assertThat(target.isOpen()).isFalse();
        byte[] message = bytes.toByteArray();
        assertThat(cipher.open(MessageHeader.parse(message), Streams.KEY, message, Streams.CONTEXT))
                .isEqualTo(plaintext);

        InputStream source = new ByteArrayInputStream(message);
        MessageHeader header = MessageHeader.read(source);
        ReadableByteChannel from = Channels.newChannel(source);
        ReadableByteChannel opening = cipher.opening(header, Streams.KEY, Streams.CONTEXT, from);
        ByteBuffer opened = ByteBuffer.allocateDirect(40_001);
        int count = 0;
        for (int n = 0; n >= 0; n = opening.read(opened)) {
            count += n;
        }
        assertThat(count).isEqualTo(40_000);
        byte[] back = new byte[40_000];
        opened.flip().get(back);
        assertThat(back).isEqualTo(plaintext);
        assertThat(opening.isOpen()).isTrue();
        opening.close();
        assertThat(opening.isOpen()).isFalse();
        assertThat(from.isOpen()).isFalse();
        assertThatThrownBy(() -> opening.read(ByteBuffer.allocate(1))).isInstanceOf(ClosedChannelException.class);
    }

    @Test
    void flushingReachesTheTargetAndEndsNoChunk() throws IOException {
        int[] flushed = new int[1];
        ByteArrayOutputStream out = new ByteArrayOutputStream() {
            @Override
            public void flush() {
                flushed[0]++;
            }
        };
        try (OutputStream stream = cipher.sealing(Streams.HEADER, Streams.KEY, Streams.CONTEXT, out)) {
            assertThat(out.size()).isEqualTo(Streams.HEAD);
            stream.write(new byte[16_383]);
            stream.flush();
            assertThat(out.size()).isEqualTo(Streams.HEAD);
            stream.write(1);
            assertThat(out.size()).isEqualTo(Streams.HEAD + 16_400);
            stream.flush();
            assertThat(out.size()).isEqualTo(Streams.HEAD + 16_400);
            assertThat(flushed[0]).isEqualTo(2);
        }
        assertThat(out.size()).isEqualTo(Streams.HEAD + 16_400 + 16);
    }

    @Test
    void whatIsAvailableIsTheRestOfTheChunkAtHand() throws IOException {
        InputStream source = new ByteArrayInputStream(Streams.message(new byte[16_390]));
        try (InputStream in = cipher.opening(MessageHeader.read(source), Streams.KEY, Streams.CONTEXT, source)) {
            assertThat(in.available()).isZero();
            assertThat(in.read()).isZero();
            assertThat(in.available()).isEqualTo(16_383);
            assertThat(in.read(new byte[20_000])).isEqualTo(16_383);
            assertThat(in.read(new byte[20_000])).isEqualTo(6);
            assertThat(in.available()).isZero();
        }
    }

    @Test
    void onlySuiteTwoIsStreamed() {
        MessageHeader one = new MessageHeader(Suite.KC_XAES_256_GCM, Streams.HEADER.key());
        InputStream in = InputStream.nullInputStream();
        OutputStream out = OutputStream.nullOutputStream();

        assertThatThrownBy(() -> cipher.sealLarge(one, Streams.KEY, new byte[1], 0, 1, Streams.CONTEXT))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> cipher.sealing(one, Streams.KEY, Streams.CONTEXT, out))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> cipher.opening(one, Streams.KEY, Streams.CONTEXT, in))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aDestroyedKeyStartsNoStream() throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        InputStream in = new ByteArrayInputStream(new byte[100]);
        KeyMaterial destroyed = KeyMaterial.copyOf(new byte[KeyMaterial.LENGTH]);
        destroyed.destroy();

        assertThatThrownBy(() -> cipher.sealing(Streams.HEADER, destroyed, Streams.CONTEXT, out))
                .isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> cipher.opening(Streams.HEADER, destroyed, Streams.CONTEXT, in))
                .isInstanceOf(IllegalStateException.class);
        assertThat(out.size()).isZero();
        assertThat(in.available()).isEqualTo(100);
    }

    @Test
    void noMessageHasMoreThanFourPebibytes() {
        byte[] salt = new byte[Cobblestone.SALT];
        byte[] out = new byte[100];
        try (ChunkCipher chunks = new ChunkCipher(Ciphers.platform(), Streams.KEY, new byte[2], salt, 0)) {
            int size = chunks.seal(ChunkCipher.MAX_CHUNKS - 1, new byte[20], 0, 20, out, 0);
            assertThat(chunks.open(ChunkCipher.MAX_CHUNKS - 1, out, 0, size, new byte[20], 0))
                    .isEqualTo(20);

            assertThatThrownBy(() -> chunks.seal(ChunkCipher.MAX_CHUNKS, new byte[20], 0, 20, out, 0))
                    .isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(() -> chunks.open(ChunkCipher.MAX_CHUNKS, out, 0, size, new byte[20], 0))
                    .isInstanceOf(AuthenticationFailed.class);
        }
    }

    @Test
    void aHeaderIsReadFromAStreamAndNotOneByteMore() throws IOException {
        byte[] message = Streams.message(new byte[1]);
        InputStream in = new ByteArrayInputStream(message);

        assertThat(MessageHeader.read(in)).isEqualTo(MessageHeader.parse(message));
        assertThat(in.available()).isEqualTo(message.length - MessageHeader.LENGTH);
        KeyRef key = MessageHeader.read(new ByteArrayInputStream(Arrays.copyOf(message, 14)))
                .key();
        assertThat(key).isEqualTo(Streams.HEADER.key());
        for (int length = 0; length < MessageHeader.LENGTH; length++) {
            byte[] cut = Arrays.copyOf(message, length);
            assertThatThrownBy(() -> MessageHeader.read(new ByteArrayInputStream(cut)))
                    .isInstanceOf(MalformedMessage.class);
        }
        assertThatThrownBy(() ->
                        cipher.opening(Streams.HEADER, Streams.KEY, Streams.CONTEXT, InputStream.nullInputStream()))
                .isInstanceOf(TruncatedMessage.class);
    }

    private static byte[] reference(byte[] message, byte[] plaintext) throws GeneralSecurityException {
        return ReferenceCipher.cobblestone(
                Streams.KEY.copy(),
                Arrays.copyOf(message, MessageHeader.LENGTH),
                ReferenceCipher.context(Map.of("file", "42", "field", "scan")),
                Arrays.copyOfRange(message, MessageHeader.LENGTH, MessageHeader.LENGTH + Cobblestone.SALT),
                plaintext,
                new HashMap<>());
    }

    /** A source that gives at most {@code step} bytes a read, as a network does. */
    private static InputStream trickle(byte[] message, int step) {
        return new FilterInputStream(new ByteArrayInputStream(message)) {
            @Override
            public int read(byte[] out, int offset, int length) throws IOException {
                return super.read(out, offset, Math.min(length, Math.max(1, step)));
            }
        };
    }

    private static byte[] read(InputStream in, int step) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        byte[] buffer = new byte[Math.max(1, step) + 2];
        while (true) {
            int n = step == 0 ? in.read() : in.read(buffer, 1, step);
            if (n < 0) {
                return out.toByteArray();
            }
            if (step == 0) {
                out.write(n);
            } else {
                out.write(buffer, 1, n);
            }
        }
    }
}
