package io.github.dkm4j;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.dkm4j.key.DestructionRefused;
import io.github.dkm4j.key.DkmException;
import io.github.dkm4j.key.EncryptionContext;
import io.github.dkm4j.key.KeyRef;
import io.github.dkm4j.key.KeyRevoked;
import io.github.dkm4j.key.KeyStatus;
import io.github.dkm4j.key.RecordNotAuthentic;
import io.github.dkm4j.key.RootKeyDenied;
import io.github.dkm4j.store.StoredRecord;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What goes wrong with key rings in the field, and cannot happen here. Each name says what. */
class KnownFailuresTest {
    private static final byte[] TOKEN = "refresh-token".getBytes(UTF_8);
    private static final EncryptionContext ALICE = EncryptionContext.of("account", "alice");
    private static final String RING = "connected-accounts";

    private final TestRings rings = new TestRings();

    @BeforeEach
    void create() {
        rings.create();
    }

    @Test
    void nodesThatStartTogetherDoNotMintRivalKeysThatTheOthersCannotRead() throws Exception {
        rings.pass(Duration.ofDays(91));
        int nodes = 8;
        CyclicBarrier start = new CyclicBarrier(nodes);
        ExecutorService threads = Executors.newFixedThreadPool(nodes);
        List<KeyRing> open = new ArrayList<>();
        try {
            List<Future<KeyRing>> starting = new ArrayList<>();
            for (int i = 0; i < nodes; i++) {
                Callable<KeyRing> node = () -> {
                    start.await();
                    KeyRing ring = rings.builder(TestRings.SERVICE)
                            .rolloverEvery(Duration.ofDays(90))
                            .open();
                    ring.encryptor().encrypt(TOKEN, ALICE);
                    return ring;
                };
                starting.add(threads.submit(node));
            }
            for (Future<KeyRing> each : starting) {
                open.add(each.get());
            }
            assertThat(rings.store.read(RING))
                    .filteredOn(record -> record.name().slot().startsWith("key-"))
                    .hasSize(2);
            rings.pass(Duration.ofMinutes(6));
            for (KeyRing writer : open) {
                byte[] message = writer.encryptor().encrypt(TOKEN, ALICE);
                for (KeyRing reader : open) {
                    Decrypted opened = reader.decryptor().open(message, ALICE);
                    assertThat(opened.plaintext()).isEqualTo(TOKEN);
                    assertThat(opened.key().epoch().value()).isEqualTo(2);
                }
            }
        } finally {
            open.forEach(KeyRing::close);
            threads.shutdownNow();
        }
    }

    @Test
    void aFailedUnwrapDoesNotMakeTheRingMintANewKey() {
        byte[] message;
        try (KeyRing ring = rings.open()) {
            message = ring.encryptor().encrypt(TOKEN, ALICE);
        }
        List<String> before = names();
        rings.pass(Duration.ofDays(91));
        rings.root = new TestRings.FixedRoot((byte) 2);

        assertThatThrownBy(() -> rings.builder(TestRings.SERVICE)
                        .rolloverEvery(Duration.ofDays(90))
                        .open())
                .isInstanceOfAny(RootKeyDenied.class, RecordNotAuthentic.class);

        assertThat(names()).isEqualTo(before);
        rings.root = new TestRings.FixedRoot((byte) 1);
        try (KeyRing ring = rings.open()) {
            assertThat(ring.decryptor().decrypt(message, ALICE)).isEqualTo(TOKEN);
        }
    }

    @Test
    void aDamagedKeyRecordDoesNotMakeTheRingMintANewKey() {
        StoredRecord key = rings.store.read(RING).stream()
                .filter(record -> record.name().slot().startsWith("key-"))
                .findFirst()
                .orElseThrow();
        rings.store.remove(RING, key.name());
        byte[] damaged = key.content();
        damaged[damaged.length - 60] ^= 1;
        rings.store.restore(RING, StoredRecord.of(key.name(), damaged));
        List<String> before = names();
        rings.pass(Duration.ofDays(91));
        try (KeyRing ring = rings.builder(TestRings.SERVICE)
                .rolloverEvery(Duration.ofDays(90))
                .open()) {
            assertThatThrownBy(() -> ring.encryptor().encrypt(TOKEN, ALICE)).isInstanceOf(DkmException.class);
            rings.pass(Duration.ofDays(1));
            assertThatThrownBy(() -> ring.encryptor().encrypt(TOKEN, ALICE)).isInstanceOf(DkmException.class);
            assertThatThrownBy(() -> ring.as(TestRings.OPERATOR).admin().rollOver())
                    .isInstanceOf(DkmException.class);
        }
        assertThat(names()).isEqualTo(before);
    }

    @Test
    void anIdleWeekendDoesNotLeaveANodeWithoutItsKeys() {
        try (KeyRing idle = rings.open();
                KeyRing busy = rings.builder(TestRings.SERVICE)
                        .rolloverEvery(Duration.ofDays(1))
                        .open()) {
            byte[] friday = idle.encryptor().encrypt(TOKEN, ALICE);
            byte[] last = friday;
            for (int hour = 0; hour < 64; hour++) {
                rings.pass(Duration.ofHours(1));
                last = busy.encryptor().encrypt(TOKEN, ALICE);
            }

            assertThat(idle.decryptor().decrypt(last, ALICE)).isEqualTo(TOKEN);
            assertThat(idle.decryptor().decrypt(friday, ALICE)).isEqualTo(TOKEN);
            byte[] monday = idle.encryptor().encrypt(TOKEN, ALICE);
            assertThat(idle.decryptor().open(monday, ALICE).key())
                    .isEqualTo(busy.decryptor().open(last, ALICE).key());
        }
    }

    @Test
    void oneVersionIsRevokedAndAllOthersStayReadable() {
        try (KeyRing ring = rings.open();
                KeyRing operator = rings.builder(TestRings.OPERATOR).open()) {
            List<byte[]> messages = new ArrayList<>();
            for (int epoch = 1; epoch <= 3; epoch++) {
                messages.add(ring.encryptor().encrypt(TOKEN, ALICE));
                operator.admin().rollOver();
                rings.pass(Duration.ofMinutes(10));
            }
            KeyRef second = ring.decryptor().open(messages.get(1), ALICE).key();
            operator.admin().revoke(second, "leaked");
            rings.pass(Duration.ofMinutes(2));

            assertThat(ring.decryptor().decrypt(messages.get(0), ALICE)).isEqualTo(TOKEN);
            assertThatThrownBy(() -> ring.decryptor().decrypt(messages.get(1), ALICE))
                    .isInstanceOf(KeyRevoked.class);
            assertThat(ring.decryptor().decrypt(messages.get(2), ALICE)).isEqualTo(TOKEN);
        }
    }

    @Test
    void oldKeysDoNotPileUpBecauseNobodyKnowsWhatUsesThem() {
        List<byte[]> rows = new ArrayList<>();
        try (KeyRing ring = rings.open();
                KeyRing operator = rings.builder(TestRings.OPERATOR)
                        .inventory(key -> rows.stream()
                                .filter(row ->
                                        ring.decryptor().open(row, ALICE).key().equals(key))
                                .count())
                        .open()) {
            rows.add(ring.encryptor().encrypt(TOKEN, ALICE));
            KeyRef old = ring.decryptor().open(rows.get(0), ALICE).key();
            operator.admin().rollOver();
            rings.pass(Duration.ofMinutes(10));
            assertThatThrownBy(() -> operator.admin().destroy(old, "retired")).isInstanceOf(DestructionRefused.class);

            Decrypted opened = ring.decryptor().open(rows.get(0), ALICE);
            assertThat(opened.needsRewrap()).isTrue();
            rows.set(0, ring.encryptor().encrypt(opened.plaintext(), ALICE));
            operator.admin().destroy(old, "retired");
            rings.pass(Duration.ofDays(31));

            assertThat(operator.admin().destroy(old, "retired").status()).isEqualTo(KeyStatus.DESTROYED);
            assertThat(ring.decryptor().decrypt(rows.get(0), ALICE)).isEqualTo(TOKEN);
        }
    }

    private List<String> names() {
        return rings.store.read(RING).stream()
                .map(record -> record.name().toString())
                .toList();
    }
}
