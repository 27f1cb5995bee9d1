package io.github.dkm4j.crash;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dkm4j.KeyRing;
import io.github.dkm4j.key.UnknownKey;
import io.github.dkm4j.store.KeyRingStore;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Processes encrypt and roll over on one ring until each is killed. What a process has handed out before its end must be
 * read afterwards. {@code -Dcrash.kills=200} kills more, {@code -Dcrash.seed=…} at other moments.
 */
@Timeout(3_600)
abstract class CrashTest {
    static final int KILLS = Integer.getInteger("crash.kills", 12);
    private static final long SEED = Long.getLong("crash.seed", 20_261_124);

    static final String STORE_UNAVAILABLE = "StoreUnavailable";
    /** So it looks to a process that stood still for longer than the tolerated skew while it compared the clocks. */
    static final String CLOCKS_DISAGREE = "ClocksDisagree";

    private static final int MESSAGES_BETWEEN = 50;
    private static final int KEYS_BETWEEN = 3;

    private final AtomicInteger late = new AtomicInteger();

    /** The ring's store, for a process that begins. */
    abstract KeyRingStore store();

    /** Tells another process where the store is. */
    abstract List<String> location();

    /** Does the store some harm that its clients must bear, or none. */
    void disturb(Random random) {}

    /** How many processes are killed. */
    int kills() {
        return KILLS;
    }

    /** What a process may have been refused. */
    abstract void check(Aftermath aftermath);

    @Test
    void whatKilledProcessesHaveHandedOutIsRead() throws Exception {
        CrashRing.create(store());
        long start = System.nanoTime();
        List<Life> lives;
        try (KeyRing witness = CrashRing.builder(store()).open()) {
            lives = new Processes(
                            location(),
                            kills(),
                            SEED,
                            Fate::drawn,
                            (message, random) -> {
                                readAlong(witness, message);
                                disturb(random, MESSAGES_BETWEEN);
                            },
                            random -> disturb(random, KEYS_BETWEEN))
                    .run();
        }
        Duration took = Duration.ofNanos(System.nanoTime() - start);

        assertThat(lives).hasSize(kills()).allMatch(Life::wasKilled);
        Aftermath aftermath = Aftermath.checked(store(), lives);
        System.out.println(getClass().getSimpleName() + ": " + aftermath + "; " + late + " messages read late; "
                + took.toSeconds() + " s");
        check(aftermath);
    }

    private void disturb(Random random, int oneOf) {
        if (random.nextInt(oneOf) == 0) {
            disturb(random);
        }
    }

    /** Another node reads each message at once, or a little later where the machine is too busy to keep the window. */
    private void readAlong(KeyRing witness, Message message) {
        try {
            assertThat(message.isReadBy(witness.decryptor())).isTrue();
        } catch (UnknownKey e) {
            late.incrementAndGet();
        }
    }
}
