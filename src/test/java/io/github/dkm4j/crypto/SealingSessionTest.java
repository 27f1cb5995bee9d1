package io.github.dkm4j.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.security.SecureRandom;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SealingSessionTest {
    private static final long NOW = 1_700_000_000_000L;
    private static final long NANOS = 5_000_000_000L;
    private static final long MILLI = 1_000_000;

    private final KeyMaterial key = KeyMaterial.copyOf(new byte[32]);
    private final CountingRandom random = new CountingRandom();
    private final SealingSession session = new SealingSession(Ciphers.platform(), random, 64);

    @Test
    void withinASessionTheFirstHalfStaysAndTheSecondNeverRepeats() {
        String first = nonce(key, NOW, NANOS).substring(0, 24);
        Set<String> seconds = new HashSet<>();
        for (int i = 0; i < 5_000; i++) {
            String nonce = nonce(key, NOW, NANOS);
            assertThat(nonce).startsWith(first);
            assertThat(seconds.add(nonce.substring(24))).isTrue();
        }
    }

    @Test
    void anotherKeyBeginsAnotherSession() {
        KeyMaterial other = KeyMaterial.copyOf(new byte[32]);

        assertThat(firstHalf(nonce(key, NOW, NANOS))).isNotEqualTo(firstHalf(nonce(other, NOW, NANOS)));
    }

    @Test
    void aClockJumpEitherWayBeginsAnotherSessionWithFreshBytes() {
        for (long jump : new long[] {1_001, -1_001, 86_400_000}) {
            String before = firstHalf(nonce(key, NOW, NANOS));
            int drawn = random.draws;

            assertThat(firstHalf(nonce(key, NOW + jump, NANOS))).isNotEqualTo(before);
            assertThat(random.draws).isEqualTo(drawn + 2);
            nonce(key, NOW, NANOS);
        }
    }

    @Test
    void timeThatPassesOnBothClocksIsNoJump() {
        String before = firstHalf(nonce(key, NOW, NANOS));

        assertThat(firstHalf(nonce(key, NOW + 3_600_000, NANOS + 3_600_000 * MILLI)))
                .isEqualTo(before);
    }

    @Test
    void bytesDrawnAheadAreKeptForAHundredMilliseconds() {
        nonce(key, NOW, NANOS);
        int drawn = random.draws;
        nonce(key, NOW, NANOS + 100 * MILLI);
        assertThat(random.draws).isEqualTo(drawn);
        nonce(key, NOW, NANOS + 100 * MILLI + 1);
        assertThat(random.draws).isEqualTo(drawn + 1);
    }

    @Test
    void aSessionEndsAfterAMillionMessages() {
        String first = firstHalf(nonce(key, NOW, NANOS));
        String last = first;
        for (int i = 1; i < 1 << 20; i++) {
            last = firstHalf(nonce(key, NOW, NANOS));
        }
        assertThat(last).isEqualTo(first);
        assertThat(firstHalf(nonce(key, NOW, NANOS))).isNotEqualTo(first);
    }

    @Test
    void withoutReadAheadEveryMessageIsASessionOfItsOwn() {
        SealingSession single = new SealingSession(Ciphers.platform(), random, 0);

        assertThat(firstHalf(nonce(single, key, NOW, NANOS))).isNotEqualTo(firstHalf(nonce(single, key, NOW, NANOS)));
    }

    @Test
    void aFailureInTheMiddleNeverHandsOutTheSameBytesAgain() {
        nonce(key, NOW, NANOS);
        byte[] out = new byte[24 + 72];
        assertThatThrownBy(() -> session.seal(key, new byte[14], new byte[50], 0, 50, out, 0, NOW, NANOS))
                .isInstanceOf(RuntimeException.class);
        String spent = HexFormat.of().formatHex(out, 0, 24);

        assertThat(nonce(key, NOW, NANOS)).isNotEqualTo(spent);
    }

    private String nonce(KeyMaterial with, long millis, long nanos) {
        return nonce(session, with, millis, nanos);
    }

    private static String nonce(SealingSession session, KeyMaterial with, long millis, long nanos) {
        byte[] out = new byte[KcXaes.OVERHEAD];
        session.seal(with, new byte[14], new byte[0], 0, 0, out, 0, millis, nanos);
        return HexFormat.of().formatHex(out, 0, KcXaes.NONCE);
    }

    private static String firstHalf(String nonce) {
        return nonce.substring(0, 24);
    }

    /** Real randomness, counted. */
    private static final class CountingRandom extends SecureRandom {
        private static final long serialVersionUID = 1L;
        private int draws;

        @Override
        public void nextBytes(byte[] bytes) {
            draws++;
            super.nextBytes(bytes);
        }
    }
}
