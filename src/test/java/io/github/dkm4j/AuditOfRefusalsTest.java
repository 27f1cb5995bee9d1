package io.github.dkm4j;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.dkm4j.audit.AuditEvent.AccessRefused;
import io.github.dkm4j.key.AccessDenied;
import io.github.dkm4j.key.AuditUnavailable;
import io.github.dkm4j.key.EncryptionContext;
import io.github.dkm4j.policy.Caller;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What is put on record of refusals, however many there are. */
class AuditOfRefusalsTest {
    private static final EncryptionContext CONTEXT = EncryptionContext.of("account", "42", "tenant", "contoso");
    private static final byte[] TOKEN = "a refresh token".getBytes(UTF_8);

    private final TestRings rings = new TestRings();
    private volatile boolean full;

    private KeyRing open() {
        return rings.builder(TestRings.SERVICE)
                .audit(event -> {
                    if (full) {
                        throw new AuditUnavailable("the disk is full");
                    }
                    rings.events.add(event);
                })
                .open();
    }

    private List<AccessRefused> events() {
        return rings.events.stream()
                .filter(AccessRefused.class::isInstance)
                .map(AccessRefused.class::cast)
                .toList();
    }

    @Test
    void aRefusalThatIsRepeatedIsOnRecordAtOnceAndThenEachSecondWithHowOften() {
        rings.create();
        try (KeyRing ring = open()) {
            KeyRingView stranger = ring.as(new Caller("stranger", "stranger"));
            refuse(stranger, 1);
            assertThat(refusals()).containsExactly(0L);
            refuse(stranger, 50);
            assertThat(refusals()).containsExactly(0L);
            refuse(ring.as(new Caller("another", "another")), 1);
            assertThat(refusals()).containsExactly(0L, 0L);

            rings.pass(Duration.ofSeconds(1));
            refuse(stranger, 3);
            assertThat(refusals()).as("fifty, the last of them as itself").containsExactly(0L, 0L, 49L, 0L);

            rings.pass(Duration.ofSeconds(1));
            ring.encryptor().encrypt(TOKEN, CONTEXT);
            assertThat(refusals()).containsExactly(0L, 0L, 49L, 0L, 1L);
            refuse(stranger, 5);
        }
        assertThat(refusals()).containsExactly(0L, 0L, 49L, 0L, 1L, 0L, 3L);
    }

    private static void refuse(KeyRingView view, int times) {
        for (int i = 0; i < times; i++) {
            assertThatThrownBy(() -> view.encryptor().encrypt(TOKEN, CONTEXT)).isInstanceOf(AccessDenied.class);
        }
    }

    private List<Long> refusals() {
        return events().stream().map(AccessRefused::repeated).toList();
    }

    /** How many refusals the records tell of. */
    private long refused() {
        return refusals().stream().mapToLong(repeated -> 1 + repeated).sum();
    }

    private void refuseStrangers(KeyRing ring, int strangers, int times) {
        for (int i = 0; i < strangers; i++) {
            refuse(ring.as(new Caller("stranger-" + i, "stranger-" + i)), times);
        }
    }

    @Test
    void refusalsThatCouldNotBeRecordedAreToldLaterAndOnce() {
        rings.create();
        try (KeyRing ring = open()) {
            refuseStrangers(ring, 100, 1);
            full = true;
            refuseStrangers(ring, 100, 5);
            rings.pass(Duration.ofSeconds(2));
            refuseStrangers(ring, 1_500, 3);
            for (int i = 0; i < 5; i++) {
                rings.pass(Duration.ofMillis(700));
                ring.encryptor().encrypt(TOKEN, CONTEXT);
            }
            assertThat(refusals()).hasSize(100);
            full = false;
            refuseStrangers(ring, 2, 1);
            rings.pass(Duration.ofSeconds(2));
            for (int i = 0; i < 60; i++) {
                ring.encryptor().encrypt(TOKEN, CONTEXT);
            }
            assertThat(refused()).isEqualTo(100 + 500 + 4_500 + 2);
            full = true;
            refuseStrangers(ring, 10, 7);
            full = false;
        }
        assertThat(refused()).isEqualTo(100 + 500 + 4_500 + 2 + 70);
    }

    @Test
    void refusalsOfVeryManyCallersAreToldTogether() {
        rings.create();
        try (KeyRing ring = open()) {
            refuseStrangers(ring, 5_000, 1);
            assertThat(refusals()).hasSize(1_001);
            AccessRefused others = events().get(1_000);
            assertThat(others.caller()).as("nobody's name").isEmpty();
            assertThat(others.operation()).isEqualTo("encrypt");
            assertThat(others.reason()).isEqualTo("one of more than 1000 different refusals");
            rings.pass(Duration.ofSeconds(1));
            ring.encryptor().encrypt(TOKEN, CONTEXT);
            assertThat(refusals()).hasSize(1_002).endsWith(3_998L);
            refuse(ring.as(TestRings.STRANGER), 1);
            assertThat(events().get(1_002).caller()).isEqualTo("stranger");
        }
        assertThat(refused()).isEqualTo(5_001);
    }

    @Test
    void whoeverIsServedTellsOfFewRefusalsOfOthersAndTheLastOfAll() {
        rings.create();
        try (KeyRing ring = open()) {
            refuseStrangers(ring, 100, 3);
            assertThat(refusals()).hasSize(100);
            rings.pass(Duration.ofSeconds(1));
            ring.encryptor().encrypt(TOKEN, CONTEXT);
            assertThat(refusals()).hasSize(120);
            ring.encryptor().encrypt(TOKEN, CONTEXT);
            assertThat(refusals()).hasSize(140);
        }
        assertThat(refusals()).hasSize(200);
        assertThat(refused()).isEqualTo(300);
    }

    @Test
    void eachRefusalIsToldOnceWhileThreadsAreRefusedAndTheDiskIsFullNowAndThen() throws InterruptedException {
        rings.create();
        try (KeyRing ring = open()) {
            List<Thread> threads = IntStream.range(0, 4)
                    .mapToObj(number -> new Thread(() -> {
                        for (int i = 0; i < 3_000; i++) {
                            String name = "stranger-" + i * (number + 1) % 1_300;
                            refuse(ring.as(new Caller(name, name)), 1);
                            if (i % 50 == 0) {
                                full = i % 100 == 0;
                                rings.pass(Duration.ofMillis(400));
                                ring.encryptor().encrypt(TOKEN, CONTEXT);
                            }
                        }
                    }))
                    .toList();
            threads.forEach(Thread::start);
            for (Thread thread : threads) {
                thread.join();
            }
            full = false;
        }
        assertThat(refused()).isEqualTo(12_000);
    }
}
