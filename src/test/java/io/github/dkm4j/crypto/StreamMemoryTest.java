package io.github.dkm4j.crypto;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class StreamMemoryTest {
    private static final long LENGTH = 256L << 20;
    private static final int PERIOD = 251 * 64;

    @Test
    void aQuarterOfAGibibyteNeedsOneChunkAtATime() throws IOException {
        MessageCipher cipher = Streams.cipher();
        byte[] period = VectorGenerator.ruled(PERIOD);
        Pump pump = new Pump(cipher, period);
        byte[] read = new byte[PERIOD];
        long count = 0;
        try (InputStream in = cipher.opening(MessageHeader.read(pump), Streams.KEY, Streams.CONTEXT, pump)) {
            for (int n = in.readNBytes(read, 0, PERIOD); n > 0; n = in.readNBytes(read, 0, PERIOD)) {
                assertThat(Arrays.equals(read, 0, n, period, 0, n)).isTrue();
                count += n;
            }
        }

        assertThat(count).isEqualTo(LENGTH);
        assertThat(pump.carried).isEqualTo(MessageHeader.LENGTH + Cobblestone.payloadLength(LENGTH));
        assertThat(pump.most).isLessThanOrEqualTo(2 * Cobblestone.SEALED_CHUNK);
    }

    /** A pipe within one thread: whoever reads makes the sealing stream write as much as is missing. */
    private static final class Pump extends InputStream {
        private final byte[] period;
        private final SealingStream sealing;
        private byte[] buffer = new byte[3 * Cobblestone.SEALED_CHUNK];
        private int from;
        private int to;
        private long written;
        private long carried;
        private int most;

        Pump(MessageCipher cipher, byte[] period) throws IOException {
            this.period = period;
            this.sealing = cipher.sealing(Streams.HEADER, Streams.KEY, Streams.CONTEXT, new OutputStream() {
                @Override
                public void write(int b) {
                    write(new byte[] {(byte) b}, 0, 1);
                }

                @Override
                public void write(byte[] in, int offset, int length) {
                    System.arraycopy(in, offset, buffer, to, length);
                    to += length;
                    carried += length;
                    most = Math.max(most, to);
                }
            });
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] out, int offset, int length) throws IOException {
            while (from == to && sealing.isOpen()) {
                from = 0;
                to = 0;
                if (written == LENGTH) {
                    sealing.close();
                } else {
                    int size = (int) Math.min(period.length, LENGTH - written);
                    sealing.write(period, 0, size);
                    written += size;
                }
            }
            if (from == to) {
                return -1;
            }
            int size = Math.min(length, to - from);
            System.arraycopy(buffer, from, out, offset, size);
            from += size;
            return size;
        }
    }
}
