package io.github.dkm4j.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.github.dkm4j.key.AuthenticationFailed;
import io.github.dkm4j.key.EncryptionContext;
import io.github.dkm4j.key.MalformedMessage;
import io.github.dkm4j.key.TruncatedMessage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.ClosedChannelException;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StreamDamageTest {
    private static final byte[] PLAINTEXT = Streams.bytes(11, 16_390);
    private static final byte[] MESSAGE = Streams.message(PLAINTEXT);
    private static final byte[] LONG = Streams.message(Streams.bytes(12, 50_000));

    private final MessageCipher cipher = Streams.cipher();

    @Test
    void everyFlippedBitIsRefusedWholeAndStreamed() {
        IntStream.range(0, 8 * MESSAGE.length).parallel().forEach(this::flippedBitIsRefused);
    }

    private void flippedBitIsRefused(int bit) {
        byte[] flipped = MESSAGE.clone();
        flipped[bit / 8] ^= (byte) (1 << (bit % 8));
        Class<?> expected = bit < 16 ? MalformedMessage.class : AuthenticationFailed.class;
        int good = bit / 8 < Streams.HEAD + Cobblestone.SEALED_CHUNK ? 0 : Cobblestone.CHUNK;
        ByteArrayOutputStream released = new ByteArrayOutputStream();

        assertThat(openWhole(flipped)).as("bit %d", bit).isInstanceOf(expected);
        assertThat(catchThrowable(() -> Streams.open(flipped, released)))
                .as("bit %d", bit)
                .isInstanceOf(expected);
        assertThat(released.size()).as("bit %d", bit).isEqualTo(good);
    }

    @Test
    void noPrefixOfAMessageIsTakenForTheMessage() {
        for (int length = 0; length < MESSAGE.length; length++) {
            byte[] cut = Arrays.copyOf(MESSAGE, length);
            ByteArrayOutputStream released = new ByteArrayOutputStream();
            Throwable streamed = catchThrowable(() -> Streams.open(cut, released));
            Throwable whole = openWhole(cut);

            assertThat(streamed)
                    .as("cut to %d", length)
                    .isInstanceOf(expected(length))
                    .hasSameClassAs(whole);
            int verified = length < Streams.HEAD + Cobblestone.SEALED_CHUNK ? 0 : Cobblestone.CHUNK;
            assertThat(released.toByteArray()).as("cut to %d", length).isEqualTo(Arrays.copyOf(PLAINTEXT, verified));
        }
    }

    private static Class<?> expected(int length) {
        if (length < MessageHeader.LENGTH) {
            return MalformedMessage.class;
        }
        boolean early = length < Streams.HEAD || (length - Streams.HEAD) % Cobblestone.SEALED_CHUNK < KcXaes.TAG;
        return early ? TruncatedMessage.class : AuthenticationFailed.class;
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 4})
    void aMessageCutAtAChunksBoundaryIsTruncated(int chunks) {
        byte[] message = Streams.message(Streams.bytes(13, 4 * Cobblestone.CHUNK));
        byte[] cut = Arrays.copyOf(message, Streams.HEAD + chunks * Cobblestone.SEALED_CHUNK);
        ByteArrayOutputStream released = new ByteArrayOutputStream();

        assertThatThrownBy(() -> Streams.open(cut, released)).isInstanceOf(TruncatedMessage.class);
        assertThat(released.size()).isEqualTo(chunks * Cobblestone.CHUNK);
        assertThat(openWhole(cut)).isInstanceOf(TruncatedMessage.class);
    }

    @Test
    void chunksSwappedDoubledOrLeftOutAreRefused() {
        refused(Streams.rearranged(LONG, 1, 0, 2, 3), 0);
        refused(Streams.rearranged(LONG, 0, 2, 1, 3), 1);
        refused(Streams.rearranged(LONG, 0, 0, 1, 2, 3), 1);
        refused(Streams.rearranged(LONG, 0, 1, 2, 2, 3), 3);
        refused(Streams.rearranged(LONG, 1, 2, 3), 0);
        refused(Streams.rearranged(LONG, 0, 2, 3), 1);
        refused(Streams.rearranged(LONG, 0, 1, 3), 2);
        refused(Streams.rearranged(LONG, 3), 0);
        refused(Streams.rearranged(LONG, 0, 1, 2, 3, 3), 3);
    }

    @Test
    void aChunkOfAnotherMessageUnderTheSameKeyIsRefused() {
        byte[] other = Streams.message(Streams.bytes(12, 50_000));
        byte[] mixed = LONG.clone();
        int second = Streams.HEAD + Cobblestone.SEALED_CHUNK;
        System.arraycopy(other, second, mixed, second, Cobblestone.SEALED_CHUNK);

        refused(mixed, 1);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 15, 16, 17, 4_000})
    void whateverIsAppendedIsRefused(int length) {
        refused(ReferenceCipher.joined(LONG, Streams.bytes(length, length)), 3);
    }

    @Test
    void aLastChunkPaddedToAFullOneIsNoEnd() {
        byte[] padded = Arrays.copyOf(LONG, Streams.HEAD + 4 * Cobblestone.SEALED_CHUNK);
        ByteArrayOutputStream released = new ByteArrayOutputStream();

        assertThat(openWhole(padded)).isInstanceOf(TruncatedMessage.class);
        assertThatThrownBy(() -> Streams.open(padded, released)).isInstanceOf(AuthenticationFailed.class);
        assertThat(released.size()).isEqualTo(3 * Cobblestone.CHUNK);
    }

    @Test
    void anotherKeyOrContextIsRefusedBeforeAnyChunkIsRead() throws IOException {
        KeyMaterial key = KeyMaterial.copyOf(Streams.bytes(2, KeyMaterial.LENGTH));
        EncryptionContext context = EncryptionContext.of("file", "43", "field", "scan");
        MessageHeader header = MessageHeader.parse(MESSAGE);
        for (int i = 0; i < 2; i++) {
            InputStream in =
                    new ByteArrayInputStream(MESSAGE, MessageHeader.LENGTH, MESSAGE.length - MessageHeader.LENGTH);
            KeyMaterial with = i == 0 ? key : Streams.KEY;
            EncryptionContext under = i == 0 ? Streams.CONTEXT : context;

            assertThatThrownBy(() -> cipher.opening(header, with, under, in)).isInstanceOf(AuthenticationFailed.class);
            assertThat(in.available()).isEqualTo(MESSAGE.length - Streams.HEAD);
        }
    }

    @Test
    void nothingOfABadChunkReachesTheReader() throws IOException {
        byte[] damaged = LONG.clone();
        damaged[Streams.HEAD + 2 * Cobblestone.SEALED_CHUNK - 1] ^= 1;
        try (InputStream in = opening(new ByteArrayInputStream(damaged))) {
            byte[] out = new byte[60_000];
            assertThat(in.readNBytes(out, 0, Cobblestone.CHUNK)).isEqualTo(Cobblestone.CHUNK);
            for (int i = 0; i < 3; i++) {
                assertThatThrownBy(() -> in.read(out, Cobblestone.CHUNK, 30_000))
                        .isInstanceOf(AuthenticationFailed.class);
                assertThatThrownBy(in::read).isInstanceOf(AuthenticationFailed.class);
                assertThat(in.available()).isZero();
            }
            assertThat(Arrays.copyOfRange(out, Cobblestone.CHUNK, out.length)).containsOnly(0);
        }
    }

    @Test
    void truncationStaysTruncation() throws IOException {
        byte[] cut = Arrays.copyOf(LONG, Streams.HEAD + Cobblestone.SEALED_CHUNK);
        try (InputStream in = opening(new ByteArrayInputStream(cut))) {
            assertThat(in.skip(Cobblestone.CHUNK)).isEqualTo(Cobblestone.CHUNK);
            for (int i = 0; i < 3; i++) {
                assertThatThrownBy(in::read).isInstanceOf(TruncatedMessage.class);
                assertThatThrownBy(() -> in.read(new byte[0])).isInstanceOf(TruncatedMessage.class);
            }
        }
    }

    @Test
    void theSourcesOwnErrorComesThroughAndTheStreamDoesNotGoOn() throws IOException {
        IOException error = new IOException("cable");
        int middle = Streams.HEAD + Cobblestone.SEALED_CHUNK + 100;
        InputStream in = opening(new FilterInputStream(new ByteArrayInputStream(LONG)) {
            private int left = middle;

            @Override
            public int read(byte[] out, int offset, int length) throws IOException {
                if (left == 0) {
                    left = Integer.MAX_VALUE;
                    throw error;
                }
                int n = super.read(out, offset, Math.min(length, left));
                left -= n;
                return n;
            }
        });
        assertThat(in.readNBytes(Cobblestone.CHUNK)).hasSize(Cobblestone.CHUNK);

        assertThatThrownBy(in::read).isSameAs(error);
        for (int i = 0; i < 3; i++) {
            assertThatThrownBy(in::read).isInstanceOf(IOException.class).hasMessageContaining("an earlier read failed");
        }
        in.close();
    }

    @Test
    void aClosedStreamClosesItsSourceAndGivesNothing() throws IOException {
        int[] closed = new int[1];
        InputStream in = opening(new ByteArrayInputStream(MESSAGE) {
            @Override
            public void close() {
                closed[0]++;
            }
        });
        assertThat(in.read()).isEqualTo(PLAINTEXT[0] & 0xff);
        in.close();
        in.close();

        assertThat(closed[0]).isEqualTo(1);
        assertThat(in.available()).isZero();
        assertThatThrownBy(in::read).isInstanceOf(ClosedChannelException.class);
        assertThatThrownBy(() -> in.read(new byte[1])).isInstanceOf(IOException.class);
    }

    private InputStream opening(InputStream source) throws IOException {
        return cipher.opening(MessageHeader.read(source), Streams.KEY, Streams.CONTEXT, source);
    }

    private void refused(byte[] message, int goodChunks) {
        ByteArrayOutputStream released = new ByteArrayOutputStream();
        assertThatThrownBy(() -> Streams.open(message, released)).isInstanceOf(AuthenticationFailed.class);
        assertThat(released.size()).isEqualTo(goodChunks * Cobblestone.CHUNK);
        assertThat(openWhole(message)).isInstanceOf(AuthenticationFailed.class);
    }

    private Throwable openWhole(byte[] message) {
        return catchThrowable(() -> cipher.open(MessageHeader.parse(message), Streams.KEY, message, Streams.CONTEXT));
    }
}
