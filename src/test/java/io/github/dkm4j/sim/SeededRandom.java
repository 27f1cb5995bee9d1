package io.github.dkm4j.sim;

import java.security.SecureRandom;
import java.security.SecureRandomSpi;
import java.util.Random;

/** Randomness that a seed decides; nothing about it is secure. */
final class SeededRandom extends SecureRandom {
    private static final long serialVersionUID = 1L;

    SeededRandom(long seed) {
        super(new Spi(seed), null);
    }

    private static final class Spi extends SecureRandomSpi {
        private static final long serialVersionUID = 1L;

        private final Random random;

        Spi(long seed) {
            this.random = new Random(seed);
        }

        @Override
        protected void engineSetSeed(byte[] seed) {}

        @Override
        protected void engineNextBytes(byte[] bytes) {
            random.nextBytes(bytes);
        }

        @Override
        protected byte[] engineGenerateSeed(int length) {
            byte[] seed = new byte[length];
            random.nextBytes(seed);
            return seed;
        }
    }
}
