package io.github.dkm4j;

import io.github.dkm4j.key.EncryptionContext;
import io.github.dkm4j.key.KeyRef;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.StressOptions;
import org.junit.jupiter.api.Test;

/**
 * Threads of two nodes roll over, seal and open at once; whatever they see could have been seen had they taken turns. Two
 * nodes share a store; the window is zero, so that a roll-over counts at once.
 */
public class LinearizabilityTest {
    private static final EncryptionContext ALICE = EncryptionContext.of("account", "alice");

    private final AtomicLong seconds = new AtomicLong();
    private final TestRings rings = new TestRings();
    private final Set<String> nonces = ConcurrentHashMap.newKeySet();
    private final KeyRing one;
    private final KeyRing two;

    /** Lincheck makes one for each run. */
    public LinearizabilityTest() {
        rings.groups.add("Mail Services", "operator");
        rings.create();
        // Every look at the clock is two seconds later, so that a node may ask the store again for each unknown key.
        InstantSource clock = () -> Instant.parse("2026-01-01T00:00:00Z").plusSeconds(2 * seconds.getAndIncrement());
        one = node(clock);
        two = node(clock);
    }

    private KeyRing node(InstantSource clock) {
        return rings.builder(TestRings.OPERATOR)
                .clock(clock)
                .clockSkew(Duration.ofDays(1))
                .propagation(Duration.ZERO)
                .refreshEvery(Duration.ofSeconds(30))
                .singleNode()
                .open();
    }

    /** The epoch that a roll-over made. */
    @Operation
    public long rollOver() {
        return one.admin().rollOver().metadata().epoch().value();
    }

    /** The epoch that the node which rolls over seals with. */
    @Operation
    public long sealedEpoch() {
        return sealed(one).epoch().value();
    }

    /** Whether no nonce comes twice. */
    @Operation
    public boolean nonceIsFresh() {
        byte[] message = one.encryptor().encrypt(new byte[3], ALICE);
        return nonces.add(HexFormat.of().formatHex(Arrays.copyOfRange(message, 14, 38)));
    }

    /** Whether the other node opens what this one makes, be its key as new as it may. */
    @Operation
    public boolean otherNodeOpens() {
        byte[] message = one.encryptor().encrypt(new byte[] {1, 2, 3}, ALICE);
        return Arrays.equals(new byte[] {1, 2, 3}, two.decryptor().decrypt(message, ALICE));
    }

    private static KeyRef sealed(KeyRing ring) {
        return ring.decryptor()
                .open(ring.encryptor().encrypt(new byte[3], ALICE), ALICE)
                .key();
    }

    @Test
    void threadsSeeWhatTheyCouldHaveSeenInTurns() {
        StressOptions options = new StressOptions()
                .iterations(40)
                .invocationsPerIteration(100)
                .threads(3)
                .actorsPerThread(3)
                .actorsBefore(1)
                .actorsAfter(1)
                .sequentialSpecification(InTurns.class);
        options.check(LinearizabilityTest.class);
    }

    /** What one thread alone would see. */
    public static final class InTurns {
        private long epoch = 1;

        /** Makes the next epoch. */
        public long rollOver() {
            return ++epoch;
        }

        /** The newest epoch. */
        public long sealedEpoch() {
            return epoch;
        }

        /** Always. */
        public boolean nonceIsFresh() {
            return true;
        }

        /** Always. */
        public boolean otherNodeOpens() {
            return true;
        }
    }
}
