package io.github.dkm4j;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.dkm4j.audit.AuditEvent;
import io.github.dkm4j.crypto.MessageHeader;
import io.github.dkm4j.key.AccessDenied;
import io.github.dkm4j.key.ClocksDisagree;
import io.github.dkm4j.key.ConfigurationMismatch;
import io.github.dkm4j.key.DestructionRefused;
import io.github.dkm4j.key.EncryptionContext;
import io.github.dkm4j.key.KeyDestroyed;
import io.github.dkm4j.key.KeyInventory;
import io.github.dkm4j.key.KeyRef;
import io.github.dkm4j.key.KeyRevoked;
import io.github.dkm4j.key.KeyStatus;
import io.github.dkm4j.key.NoActiveKey;
import io.github.dkm4j.key.RecordNotAuthentic;
import io.github.dkm4j.key.StoreUnavailable;
import io.github.dkm4j.key.UnknownKey;
import io.github.dkm4j.store.InMemoryKeyRingStore;
import io.github.dkm4j.store.KeyRingStore;
import io.github.dkm4j.store.RecordName;
import io.github.dkm4j.store.StoredRecord;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Revocation, destruction, loss and outage, on nodes that share a store and a clock. */
class KeyLifeTest {
    private static final byte[] TOKEN = "refresh-token".getBytes(UTF_8);
    private static final EncryptionContext ALICE = EncryptionContext.of("account", "alice");
    private static final String RING = "connected-accounts";

    private final TestRings rings = new TestRings();

    @BeforeEach
    void create() {
        rings.create();
    }

    private KeyRing operator() {
        return rings.builder(TestRings.OPERATOR).open();
    }

    private static KeyRef keyOf(KeyRing ring, byte[] message) {
        return ring.decryptor().open(message, ALICE).key();
    }

    @Test
    void aRevokedKeyStopsAtOnceAndANewOneIsActive() {
        try (KeyRing ring = rings.open();
                KeyRing operator = operator()) {
            byte[] old = ring.encryptor().encrypt(TOKEN, ALICE);
            KeyRef leaked = keyOf(ring, old);

            assertThat(operator.admin().revoke(leaked, "seen in a log").status())
                    .isEqualTo(KeyStatus.REVOKED);

            rings.pass(Duration.ofMinutes(2));
            byte[] fresh = ring.encryptor().encrypt(TOKEN, ALICE);
            assertThat(keyOf(ring, fresh).epoch().value()).isEqualTo(2);
            assertThatThrownBy(() -> ring.decryptor().decrypt(old, ALICE)).isInstanceOf(KeyRevoked.class);
            assertThatThrownBy(() -> ring.admin().decryptDespiteRevocation(old, ALICE))
                    .isInstanceOf(AccessDenied.class);
            assertThat(operator.admin().decryptDespiteRevocation(old, ALICE).plaintext())
                    .isEqualTo(TOKEN);
            assertThat(rings.events).anyMatch(AuditEvent.RevokedKeyUsed.class::isInstance);
            assertThat(ring.admin().problems()).isEmpty();
        }
        try (KeyRing later = rings.open()) {
            assertThat(later.admin().keys())
                    .extracting(KeyDescription::status)
                    .containsExactly(KeyStatus.REVOKED, KeyStatus.ACTIVE);
            assertThat(later.admin().keys().get(0).metadata().reason()).contains("seen in a log");
        }
    }

    @Test
    void revocationReachesEveryNodeWithinTheRefreshInterval() {
        try (KeyRing ring = rings.open();
                KeyRing operator = operator()) {
            byte[] old = ring.encryptor().encrypt(TOKEN, ALICE);
            operator.admin().revoke(keyOf(ring, old), "leaked");
            rings.pass(Duration.ofMinutes(1));

            assertThatThrownBy(() -> ring.decryptor().decrypt(old, ALICE)).isInstanceOf(KeyRevoked.class);
        }
    }

    @Test
    void revokingAgainGoesOnWhereItWasAndMakesNoSecondKey() {
        try (KeyRing operator = operator()) {
            KeyRef first = operator.admin().keys().get(0).metadata().ref();
            operator.admin().revoke(first, "leaked");
            int records = rings.store.read(RING).size();
            operator.admin().revoke(first, "leaked");

            assertThat(rings.store.read(RING)).hasSize(records);
        }
    }

    @Test
    void everyCrashInsideARevocationLeavesARingThatRecoversAndCanBeRevokedAgain() {
        for (int step = 1; step < 8; step++) {
            TestRings crashing = new TestRings();
            crashing.create();
            KeyRingStore whole = crashing.store;
            byte[] old;
            KeyRef first;
            try (KeyRing ring = crashing.builder(TestRings.OPERATOR).open()) {
                first = ring.admin().keys().get(0).metadata().ref();
                try (KeyRing service = crashing.open()) {
                    old = service.encryptor().encrypt(TOKEN, ALICE);
                }
            }
            crashing.store = new FailingStore(whole, step);
            try (KeyRing ring = crashing.builder(TestRings.OPERATOR).open()) {
                ring.admin().revoke(first, "leaked");
            } catch (StoreUnavailable e) {
                assertThat(e).hasMessageContaining("simulated");
            }
            crashing.store = whole;
            crashing.pass(Duration.ofMinutes(2));
            try (KeyRing service = crashing.open();
                    KeyRing operator = crashing.builder(TestRings.OPERATOR).open()) {
                service.encryptor().encrypt(TOKEN, ALICE);
                operator.admin().revoke(first, "leaked");
                crashing.pass(Duration.ofMinutes(2));
                byte[] fresh = service.encryptor().encrypt(TOKEN, ALICE);
                assertThat(service.decryptor().decrypt(fresh, ALICE)).isEqualTo(TOKEN);
                assertThatThrownBy(() -> service.decryptor().decrypt(old, ALICE))
                        .isInstanceOf(KeyRevoked.class);
            }
        }
    }

    @Test
    void afterARevocationWhoeverHasTheOldMasterSecretForgesNothing() {
        // The thief's copy of the store from before, where the root still unwraps the old secret: she mints there.
        InMemoryKeyRingStore copy = copy(rings.store);
        try (KeyRing operator = operator()) {
            operator.admin().revoke(operator.admin().keys().get(0).metadata().ref(), "the master secret was stolen");
        }
        TestRings thief = new TestRings();
        thief.store = copy;
        try (KeyRing forging = thief.builder(TestRings.OPERATOR)
                .singleNode()
                .propagation(Duration.ZERO)
                .open()) {
            forging.admin().rollOver();
            forging.admin().rollOver();
            forging.admin().rollOver();
        }
        copy.read(RING).forEach(record -> rings.store.restore(RING, record));

        rings.pass(Duration.ofMinutes(10));
        try (KeyRing ring = rings.open()) {
            byte[] message = ring.encryptor().encrypt(TOKEN, ALICE);
            assertThat(keyOf(ring, message)).isEqualTo(activeOf(ring));
            assertThat(ring.admin().keys())
                    .filteredOn(key -> key.status() == KeyStatus.ACTIVE)
                    .singleElement()
                    .satisfies(key -> assertThat(key.metadata().epoch().value()).isEqualTo(2));
        }
    }

    @Test
    void aRevocationThatARivalOvertookIsCompletedByTheNextGeneration() {
        try (KeyRing operator = operator()) {
            operator.admin().rollOver();
            rings.pass(Duration.ofMinutes(10));
        }
        KeyRef first;
        KeyRef second;
        try (KeyRing ring = rings.open()) {
            first = ring.admin().keys().get(0).metadata().ref();
            second = ring.admin().keys().get(1).metadata().ref();
        }
        // One administrator revokes on a copy of the store and dies after the event; the other's generation closes it
        // out.
        InMemoryKeyRingStore copy = copy(rings.store);
        TestRings dying = new TestRings();
        dying.store = new FailingStore(copy, 2);
        dying.now = rings.now;
        try (KeyRing operator = dying.builder(TestRings.OPERATOR).open()) {
            assertThatThrownBy(() -> operator.admin().revoke(first, "leaked")).isInstanceOf(StoreUnavailable.class);
        }
        try (KeyRing operator = operator()) {
            operator.admin().revoke(second, "leaked");
            copy.read(RING).forEach(record -> rings.store.restore(RING, record));
            rings.pass(Duration.ofMinutes(2));

            assertThat(operator.admin().revoke(first, "leaked").status()).isEqualTo(KeyStatus.REVOKED);

            int records = rings.store.read(RING).size();
            operator.admin().revoke(first, "leaked");
            assertThat(rings.store.read(RING)).hasSize(records);
            assertThat(operator.encryptor()).isNotNull();
        }
        try (KeyRing ring = rings.open()) {
            assertThat(ring.admin().problems()).isEmpty();
            assertThat(keyOf(ring, ring.encryptor().encrypt(TOKEN, ALICE))
                            .epoch()
                            .value())
                    .isEqualTo(4);
        }
    }

    @Test
    void aKeyOfAnOlderGenerationIsReplacedAtOnceByWhoeverMay() {
        try (KeyRing operator = operator()) {
            operator.admin().rollOver();
            rings.pass(Duration.ofMinutes(10));
        }
        KeyRingStore whole = rings.store;
        rings.store = new FailingStore(whole, 4);
        try (KeyRing operator = operator()) {
            KeyRef archived = operator.admin().keys().get(0).metadata().ref();
            assertThatThrownBy(() -> operator.admin().revoke(archived, "the master secret leaked"))
                    .isInstanceOf(StoreUnavailable.class);
        }
        rings.store = whole;
        rings.pass(Duration.ofMinutes(2));
        try (KeyRing ring = rings.open()) {
            KeyRef active = keyOf(ring, ring.encryptor().encrypt(TOKEN, ALICE));
            assertThat(active.epoch().value()).isEqualTo(3);
        }
    }

    @Test
    void aStoreThatLosesTheRootsWrapGetsItBack() {
        try (KeyRing ring = rings.open()) {
            rings.store.read(RING).stream()
                    .filter(record -> record.name().slot().startsWith("root-"))
                    .forEach(record -> rings.store.remove(RING, record.name()));
            rings.pass(Duration.ofMinutes(2));
            assertThat(ring.encryptor().encrypt(TOKEN, ALICE)).isNotEmpty();
        }
        rings.open().close();
    }

    @Test
    void destructionNeedsAClockThatAgreesWithTheStores() {
        try (KeyRing operator = destroyer(key -> 0)) {
            KeyRef key = operator.admin().keys().get(0).metadata().ref();
            operator.admin().rollOver();
            rings.pass(Duration.ofMinutes(6));
            operator.admin().destroy(key, "retired");
            rings.ahead = Duration.ofDays(31);

            assertThatThrownBy(() -> operator.admin().destroy(key, "retired")).isInstanceOf(ClocksDisagree.class);
        }
    }

    @Test
    void whatTheThiefOfAnOldMasterSecretAddsStaysWithoutEffect() {
        TestRings thief = new TestRings();
        InMemoryKeyRingStore copy = new InMemoryKeyRingStore(thief);
        copy.create(RING, rings.store.read(RING));
        KeyRef first;
        KeyRef current;
        try (KeyRing operator = operator()) {
            first = operator.admin().keys().get(0).metadata().ref();
            operator.admin().revoke(first, "the master secret was stolen");
            current = operator.admin().keys().get(1).metadata().ref();
        }
        int before = copy.read(RING).size();
        thief.store = copy;
        thief.pass(Duration.ofDays(1));
        try (KeyRing forging = thief.builder(TestRings.OPERATOR)
                .singleNode()
                .propagation(Duration.ZERO)
                .inventory(key -> 0)
                .open()) {
            forging.admin().rollOver();
            forging.admin().destroy(first, "gone");
            thief.pass(Duration.ofDays(31));
            forging.admin().destroy(first, "gone");
        }
        assertThat(copy.read(RING)).hasSizeGreaterThan(before);
        copy.read(RING).forEach(record -> rings.store.restore(RING, record));
        rings.pass(Duration.ofDays(40));

        try (KeyRing ring = rings.open()) {
            assertThat(ring.admin().problems()).isEmpty();
            assertThat(activeOf(ring)).isEqualTo(current);
            assertThat(ring.admin().keys())
                    .filteredOn(key -> key.metadata().ref().equals(first))
                    .extracting(KeyDescription::status)
                    .containsExactly(KeyStatus.REVOKED);
            assertThat(rings.events)
                    .filteredOn(AuditEvent.StoreDoubted.class::isInstance)
                    .isNotEmpty();
        }
    }

    @Test
    void aClockThatIsSetBackDoesNotBringAnArchivedKeyBack() {
        try (KeyRing ring = rings.open();
                KeyRing operator = operator()) {
            operator.admin().rollOver();
            rings.pass(Duration.ofMinutes(6));
            assertThat(keyOf(ring, ring.encryptor().encrypt(TOKEN, ALICE))
                            .epoch()
                            .value())
                    .isEqualTo(2);
            rings.pass(Duration.ofMinutes(-3));

            assertThat(keyOf(ring, ring.encryptor().encrypt(TOKEN, ALICE))
                            .epoch()
                            .value())
                    .isEqualTo(2);
        }
    }

    @Test
    void aCallerWhoIsHeldUpWhileTheRingIsReadAgainIsNotTakenForAClockThatWasSetBack() {
        try (KeyRing ring = rings.builder(TestRings.SERVICE)
                .rolloverEvery(Duration.ofDays(1))
                .audit(event -> {
                    if (event instanceof AuditEvent.KeyCreated) {
                        rings.pass(Duration.ofMinutes(2)); // longer than the tolerated skew
                    }
                })
                .open()) {
            byte[] message = ring.encryptor().encrypt(TOKEN, ALICE);
            rings.pass(Duration.ofDays(1));
            assertThat(ring.decryptor().decrypt(message, ALICE)).isEqualTo(TOKEN);
            rings.pass(Duration.ofDays(1));
            message = ring.encryptor().encrypt(TOKEN, ALICE);

            assertThat(ring.admin().keys()).hasSize(3);
            assertThat(ring.decryptor().decrypt(message, ALICE)).isEqualTo(TOKEN);
        }
    }

    @Test
    void aRecordThatIsAddedDuringASlowReadIsNoneFromTheFuture() {
        FailingStore slow = new FailingStore(rings.store, Integer.MAX_VALUE);
        try (KeyRing ring = rings.builder(TestRings.SERVICE).store(slow).open();
                KeyRing operator = operator()) {
            rings.pass(Duration.ofMinutes(2));
            slow.whileReading = () -> {
                slow.whileReading = () -> {};
                rings.pass(Duration.ofMinutes(2)); // longer than the tolerated skew
                operator.admin().rollOver();
            };
            ring.encryptor().encrypt(TOKEN, ALICE);

            assertThat(ring.admin().keys()).hasSize(2);
            assertThat(ring.admin().problems()).isEmpty();
        }
    }

    @Test
    void administeringAloneOpensNoMessageWhoseKeyWasNotRevoked() {
        try (KeyRing ring = rings.open();
                KeyRing operator = operator()) {
            byte[] message = ring.encryptor().encrypt(TOKEN, ALICE);

            assertThatThrownBy(() -> operator.admin().decryptDespiteRevocation(message, ALICE))
                    .isInstanceOf(AccessDenied.class);
        }
    }

    @Test
    void aServiceThatWasIdleForLongRefreshesBeforeItRefuses() {
        List<Runnable> handedOver = new ArrayList<>();
        try (KeyRing ring =
                rings.builder(TestRings.SERVICE).executor(handedOver::add).open()) {
            byte[] message = ring.encryptor().encrypt(TOKEN, ALICE);
            rings.pass(Duration.ofDays(30));

            assertThat(ring.decryptor().decrypt(message, ALICE)).isEqualTo(TOKEN);
            assertThat(ring.encryptor().encrypt(TOKEN, ALICE)).isNotEmpty();
            handedOver.forEach(Runnable::run);
            assertThat(ring.health().isHealthy()).isTrue();
        }
    }

    @Test
    void aJunkGenerationStopsEncryptionAndNothingElse() {
        try (KeyRing ring = rings.open()) {
            byte[] message = ring.encryptor().encrypt(TOKEN, ALICE);
            rings.store.restore(
                    RING, StoredRecord.of(new RecordName("generation-9999", "junk"), "junk".getBytes(UTF_8)));
            rings.pass(Duration.ofMinutes(2));

            assertThatThrownBy(() -> ring.encryptor().encrypt(TOKEN, ALICE)).isInstanceOf(NoActiveKey.class);
            rings.pass(Duration.ofDays(2));
            assertThat(ring.decryptor().decrypt(message, ALICE)).isEqualTo(TOKEN);
            assertThat(ring.health().lastError()).isPresent();
            rings.store.remove(RING, new RecordName("generation-9999", "junk"));
            rings.pass(Duration.ofMinutes(2));
            assertThat(ring.encryptor().encrypt(TOKEN, ALICE)).isNotEmpty();
        }
    }

    @Test
    void manyKeysOfAThiefDoNotStopRollOver() {
        TestRings thief = new TestRings();
        InMemoryKeyRingStore copy = new InMemoryKeyRingStore(thief);
        copy.create(RING, rings.store.read(RING));
        try (KeyRing operator = operator()) {
            operator.admin().revoke(operator.admin().keys().get(0).metadata().ref(), "the master secret was stolen");
        }
        thief.store = copy;
        try (KeyRing forging = thief.builder(TestRings.OPERATOR)
                .singleNode()
                .propagation(Duration.ZERO)
                .open()) {
            for (int i = 0; i < 80; i++) {
                forging.admin().rollOver();
            }
        }
        copy.read(RING).forEach(record -> rings.store.restore(RING, record));
        rings.pass(Duration.ofMinutes(10));

        try (KeyRing operator = operator();
                KeyRing ring = rings.open()) {
            KeyDescription next = operator.admin().rollOver();
            rings.pass(Duration.ofMinutes(10));
            byte[] message = ring.encryptor().encrypt(TOKEN, ALICE);
            assertThat(keyOf(ring, message)).isEqualTo(next.metadata().ref());
        }
    }

    @Test
    void aHalfFinishedRevocationIsShown() {
        KeyRingStore whole = rings.store;
        rings.store = new FailingStore(whole, 2);
        KeyRef first;
        try (KeyRing operator = operator()) {
            first = operator.admin().keys().get(0).metadata().ref();
            assertThatThrownBy(() -> operator.admin().revoke(first, "leaked")).isInstanceOf(StoreUnavailable.class);
        }
        rings.store = whole;
        try (KeyRing operator = operator()) {
            assertThat(operator.health().problems()).anyMatch(problem -> problem.contains("revoke it again"));
            operator.admin().revoke(first, "leaked");
            rings.pass(Duration.ofMinutes(2));
            assertThat(operator.health().problems()).isEmpty();
        }
    }

    @Test
    void generationsThatTwoAdministratorsStartedAtOnceAreBothRead() {
        TestRings there = new TestRings();
        InMemoryKeyRingStore other = new InMemoryKeyRingStore(there);
        other.create(RING, rings.store.read(RING));
        there.store = other;
        byte[] here = revokedAndSealed(rings);
        byte[] beyond = revokedAndSealed(there);
        rings.pass(Duration.ofMinutes(10));
        try (KeyRing running = rings.open()) {
            other.read(RING).forEach(record -> rings.store.restore(RING, record));
            rings.pass(Duration.ofMinutes(10));
            assertThat(running.decryptor().decrypt(here, ALICE)).isEqualTo(TOKEN);
            assertThat(running.decryptor().decrypt(beyond, ALICE)).isEqualTo(TOKEN);
            assertThat(running.health().problems()).isEmpty();

            byte[] merged = revokedAndSealed(rings);
            rings.pass(Duration.ofMinutes(10));
            assertThat(running.decryptor().decrypt(merged, ALICE)).isEqualTo(TOKEN);
            try (KeyRing later = rings.open()) {
                assertThat(later.health().problems()).isEmpty();
                assertThat(later.admin().keys())
                        .extracting(key -> key.metadata().ref())
                        .contains(keyNamedBy(here), keyNamedBy(beyond), keyNamedBy(merged));
                assertThat(later.decryptor().decrypt(merged, ALICE)).isEqualTo(TOKEN);
            }
        }
    }

    /** Revokes what is active, and seals with what follows. */
    private static byte[] revokedAndSealed(TestRings on) {
        try (KeyRing operator = on.builder(TestRings.OPERATOR).open();
                KeyRing service = on.open()) {
            operator.admin().revoke(activeOf(operator), "leaked");
            on.pass(Duration.ofMinutes(2));
            return service.encryptor().encrypt(TOKEN, ALICE);
        }
    }

    private static KeyRef keyNamedBy(byte[] message) {
        return MessageHeader.parse(message).key();
    }

    @Test
    void destructionTakesTwoStepsAndADelayAndCanBeUndone() {
        try (KeyRing ring = rings.open();
                KeyRing operator = destroyer(key -> 0)) {
            byte[] old = ring.encryptor().encrypt(TOKEN, ALICE);
            KeyRef key = keyOf(ring, old);
            assertThatThrownBy(() -> operator.admin().destroy(key, "retired"))
                    .isInstanceOf(DestructionRefused.class)
                    .hasMessageContaining("ACTIVE");
            operator.admin().rollOver();
            rings.pass(Duration.ofMinutes(6));

            assertThat(operator.admin().destroy(key, "retired").metadata().destroysAt())
                    .contains(rings.now.plus(Duration.ofDays(30)));
            operator.admin().undoDestruction(key, "still needed");
            rings.pass(Duration.ofDays(31));
            assertThat(operator.admin().destroy(key, "retired").status()).isEqualTo(KeyStatus.ARCHIVED);
            rings.pass(Duration.ofDays(29));
            operator.admin().destroy(key, "retired");
            assertThat(ring.decryptor().decrypt(old, ALICE)).isEqualTo(TOKEN);

            rings.pass(Duration.ofDays(2));
            assertThat(operator.admin().destroy(key, "retired").status()).isEqualTo(KeyStatus.DESTROYED);

            rings.pass(Duration.ofMinutes(2));
            assertThatThrownBy(() -> ring.decryptor().decrypt(old, ALICE)).isInstanceOf(KeyDestroyed.class);
            assertThatThrownBy(() -> operator.admin().undoDestruction(key, "oh"))
                    .isInstanceOf(DestructionRefused.class);
            assertThat(ring.admin().problems()).isEmpty();
            assertThat(ring.encryptor().encrypt(TOKEN, ALICE)).isNotEmpty();
        }
        assertThat(rings.store.read(RING))
                .noneMatch(record -> record.name().slot().equals("key-0000000001"));
        try (KeyRing later = rings.open()) {
            assertThat(later.admin().problems()).isEmpty();
            assertThat(later.admin().keys().get(0).status()).isEqualTo(KeyStatus.DESTROYED);
        }
    }

    @Test
    void anyMessageThatIsFoundRefusesOrCancelsADestruction() {
        long[] found = {3};
        try (KeyRing operator = destroyer(key -> found[0])) {
            KeyRef key = operator.admin().keys().get(0).metadata().ref();
            operator.admin().rollOver();
            rings.pass(Duration.ofMinutes(6));
            assertThatThrownBy(() -> operator.admin().destroy(key, "retired"))
                    .isInstanceOf(DestructionRefused.class)
                    .hasMessageContaining("3 messages");
            found[0] = 0;
            operator.admin().destroy(key, "retired");
            rings.pass(Duration.ofDays(31));
            found[0] = 1;
            assertThatThrownBy(() -> operator.admin().destroy(key, "retired")).isInstanceOf(DestructionRefused.class);
            found[0] = 0;

            assertThat(operator.admin().destroy(key, "retired").metadata().destroysAt())
                    .contains(rings.now.plus(Duration.ofDays(30)));
        }
    }

    @Test
    void withoutAnInventoryOnlyAnOverrideDestroys() {
        try (KeyRing operator = operator()) {
            KeyRef key = operator.admin().keys().get(0).metadata().ref();
            operator.admin().rollOver();
            rings.pass(Duration.ofMinutes(6));

            assertThatThrownBy(() -> operator.admin().destroy(key, "retired"))
                    .isInstanceOf(DestructionRefused.class)
                    .hasMessageContaining("inventory");
            assertThat(operator.admin()
                            .destroyWithoutInventory(key, "retired")
                            .metadata()
                            .destroysAt())
                    .isPresent();
        }
    }

    @Test
    void aDestroyedKeysRecordThatTheStoreDoesNotDeleteIsToldAndStopsNothingElse() {
        FailingStore store = new FailingStore(rings.store, Integer.MAX_VALUE);
        rings.store = store;
        try (KeyRing operator = destroyer(key -> 0)) {
            KeyRef first = operator.admin().keys().get(0).metadata().ref();
            KeyRef second = operator.admin().rollOver().metadata().ref();
            rings.pass(Duration.ofMinutes(6));
            operator.admin().rollOver();
            rings.pass(Duration.ofMinutes(6));
            List<KeyRef> old = List.of(first, second);
            old.forEach(key -> operator.admin().destroy(key, "retired"));
            rings.pass(Duration.ofDays(31));
            store.stuck = name -> name.slot().equals("key-0000000001");
            old.forEach(key -> operator.admin().destroy(key, "retired"));
            rings.pass(Duration.ofMinutes(2));

            assertThat(operator.health().problems())
                    .anySatisfy(problem -> assertThat(problem)
                            .contains("key-0000000001.")
                            .contains("it was not deleted: cannot change key-0000000001."));
            assertThat(store.read(RING))
                    .anyMatch(record -> record.name().slot().equals("key-0000000001"))
                    .noneMatch(record -> record.name().slot().equals("key-0000000002"));
            KeyRef active = operator.admin().rollOver().metadata().ref();
            operator.admin().revoke(active, "lost");

            store.stuck = name -> false;
            rings.pass(Duration.ofMinutes(2));
            assertThat(operator.health().problems()).isEmpty();
            assertThat(store.read(RING))
                    .noneMatch(record -> record.name().slot().equals("key-0000000001"));
        }
    }

    @Test
    void aLostRecordThatTheStoreDoesNotTakeBackIsToldAndTheOthersAreRestored() {
        FailingStore store = new FailingStore(rings.store, Integer.MAX_VALUE);
        rings.store = store;
        try (KeyRing operator = operator()) {
            operator.admin().rollOver();
            rings.pass(Duration.ofMinutes(10));
            operator.admin().rollOver();
            List<StoredRecord> keys = store.read(RING).stream()
                    .filter(record -> record.name().slot().startsWith("key-"))
                    .toList();
            keys.forEach(record -> store.remove(RING, record.name()));
            store.stuck = name -> name.equals(keys.get(0).name());
            rings.pass(Duration.ofMinutes(2));

            assertThat(operator.health().problems())
                    .anySatisfy(problem -> assertThat(problem)
                            .contains(keys.get(0).name() + " was lost by the store, and it was not taken back"));
            assertThat(store.read(RING))
                    .extracting(StoredRecord::name)
                    .contains(keys.get(1).name(), keys.get(2).name())
                    .doesNotContain(keys.get(0).name());

            store.down = true;
            rings.pass(Duration.ofMinutes(2));
            assertThat(operator.health().problems())
                    .anySatisfy(problem -> assertThat(problem).contains("simulated outage"));
            store.down = false;
            operator.admin().rollOver();
            store.stuck = name -> false;
            rings.pass(Duration.ofMinutes(2));
            assertThat(operator.health().problems()).isEmpty();
            assertThat(store.read(RING))
                    .extracting(StoredRecord::name)
                    .contains(keys.get(0).name());
        }
    }

    @Test
    void recordsThatTheStoreTakesLongToRefuseAreNotAllWaitedForInOneRefresh() {
        FailingStore store = new FailingStore(rings.store, Integer.MAX_VALUE);
        rings.store = store;
        try (KeyRing operator = operator()) {
            for (int i = 0; i < 4; i++) {
                rings.pass(Duration.ofMinutes(10));
                operator.admin().rollOver();
            }
            store.read(RING).stream()
                    .filter(record -> record.name().slot().startsWith("key-"))
                    .forEach(record -> store.remove(RING, record.name()));
            AtomicInteger asked = new AtomicInteger();
            store.stuck = name -> {
                asked.incrementAndGet();
                rings.pass(Duration.ofSeconds(30));
                return true;
            };
            rings.pass(Duration.ofMinutes(2));

            operator.health();

            assertThat(asked).hasValue(2);
        }
    }

    @Test
    void aNodePutsBackWordForWordWhatTheStoreLost() {
        try (KeyRing ring = rings.open();
                KeyRing operator = operator()) {
            InMemoryKeyRingStore backup = copy(rings.store);
            operator.admin().rollOver();
            rings.pass(Duration.ofMinutes(10));
            byte[] message = ring.encryptor().encrypt(TOKEN, ALICE);
            List<StoredRecord> before = rings.store.read(RING);
            List<String> lost = before.stream()
                    .map(record -> record.name().toString())
                    .filter(name -> backup.read(RING).stream()
                            .noneMatch(record -> record.name().toString().equals(name)))
                    .toList();
            assertThat(lost).isNotEmpty();
            before.stream()
                    .filter(record -> lost.contains(record.name().toString()))
                    .forEach(record -> rings.store.remove(RING, record.name()));
            rings.pass(Duration.ofMinutes(2));
            ring.encryptor().encrypt(TOKEN, ALICE);

            assertThat(rings.store.read(RING)).hasSameSizeAs(before);
            try (KeyRing later = rings.open()) {
                assertThat(later.decryptor().decrypt(message, ALICE)).isEqualTo(TOKEN);
            }
            assertThat(rings.events).anyMatch(AuditEvent.RecordRestored.class::isInstance);
        }
    }

    @Test
    void aLossThatNobodyCanRepairIsAcceptedByAnAdministratorOnly() {
        try (KeyRing operator = operator()) {
            operator.admin().rollOver();
            rings.pass(Duration.ofMinutes(10));
            operator.admin().rollOver();
        }
        rings.store.read(RING).stream()
                .filter(record -> record.name().slot().equals("key-0000000002"))
                .forEach(record -> rings.store.remove(RING, record.name()));
        try (KeyRing ring = rings.open();
                KeyRing operator = operator()) {
            rings.pass(Duration.ofMinutes(10));
            assertThatThrownBy(() -> ring.encryptor().encrypt(TOKEN, ALICE)).isInstanceOf(NoActiveKey.class);
            assertThatThrownBy(() -> ring.admin().acceptRestore("why not")).isInstanceOf(AccessDenied.class);

            assertThat(operator.admin().acceptRestore("the backup of Sunday")).isEqualTo(1);

            rings.pass(Duration.ofMinutes(2));
            assertThat(ring.encryptor().encrypt(TOKEN, ALICE)).isNotEmpty();
            assertThat(ring.admin().problems()).isEmpty();
        }
    }

    @Test
    void aNodeWithAPinFileAcceptsNoLessThanItHasSeen(@TempDir Path folder) throws IOException {
        Path pin = folder.resolve("pin");
        InMemoryKeyRingStore backup = copy(rings.store);
        try (KeyRing ring = rings.builder(TestRings.SERVICE).pinFile(pin).open();
                KeyRing operator = operator()) {
            operator.admin().rollOver();
            rings.pass(Duration.ofMinutes(10));
            ring.encryptor().encrypt(TOKEN, ALICE);
        }
        KeyRingStore whole = rings.store;
        rings.store = backup;
        try (KeyRing ring = rings.open()) {
            assertThat(ring.encryptor().encrypt(TOKEN, ALICE)).isNotEmpty(); // nothing tells it of the roll-over
        }
        try (KeyRing ring = rings.builder(TestRings.SERVICE).pinFile(pin).open()) {
            assertThatThrownBy(() -> ring.encryptor().encrypt(TOKEN, ALICE))
                    .isInstanceOf(NoActiveKey.class)
                    .hasMessageContaining("missing");
        }
        rings.store = whole;
        try (KeyRing ring = rings.builder(TestRings.SERVICE).pinFile(pin).open()) {
            assertThat(ring.encryptor().encrypt(TOKEN, ALICE)).isNotEmpty();
        }
        Files.writeString(pin, Files.readString(pin).replaceFirst("identity: ..", "identity: 00"));
        assertThatThrownBy(() -> rings.builder(TestRings.SERVICE).pinFile(pin).open())
                .isInstanceOf(ConfigurationMismatch.class);
    }

    @Test
    void anOutageStopsEncryptionFirstThenDecryption() {
        KeyRingStore whole = rings.store;
        FailingStore store = new FailingStore(whole, Integer.MAX_VALUE);
        rings.store = store;
        try (KeyRing ring = rings.open()) {
            byte[] message = ring.encryptor().encrypt(TOKEN, ALICE);
            store.down = true;
            rings.pass(Duration.ofMinutes(59));
            assertThat(ring.encryptor().encrypt(TOKEN, ALICE)).isNotEmpty();
            assertThat(ring.health().state()).isEqualTo(KeyRingHealth.State.STALE);
            assertThat(ring.health().lastError()).isPresent();

            rings.pass(Duration.ofMinutes(2));
            assertThatThrownBy(() -> ring.encryptor().encrypt(TOKEN, ALICE)).isInstanceOf(StoreUnavailable.class);
            assertThat(ring.health().state()).isEqualTo(KeyRingHealth.State.REFUSING);
            assertThat(ring.decryptor().decrypt(message, ALICE)).isEqualTo(TOKEN);

            rings.pass(Duration.ofDays(1));
            assertThatThrownBy(() -> ring.decryptor().decrypt(message, ALICE)).isInstanceOf(StoreUnavailable.class);

            store.down = false;
            rings.pass(Duration.ofSeconds(2));
            assertThat(ring.decryptor().decrypt(message, ALICE)).isEqualTo(TOKEN);
            assertThat(ring.health().isHealthy()).isTrue();
        }
    }

    @Test
    void garbageKeyIdsCostOneRefreshASecondAtMost() {
        FailingStore store = new FailingStore(rings.store, Integer.MAX_VALUE);
        rings.store = store;
        try (KeyRing ring = rings.open()) {
            byte[] message = ring.encryptor().encrypt(TOKEN, ALICE);
            int before = store.reads;
            for (int i = 0; i < 1_000; i++) {
                byte[] garbage = message.clone();
                garbage[9] ^= (byte) (i + 1);
                garbage[10] ^= (byte) (0x80 | i >> 8);
                assertThatThrownBy(() -> ring.decryptor().decrypt(garbage, ALICE))
                        .isInstanceOf(UnknownKey.class);
                rings.pass(Duration.ofMillis(10));
            }
            assertThat(store.reads - before).isBetween(9, 11);
            int distinct = store.reads;
            byte[] same = message.clone();
            same[9] ^= 1;
            for (int i = 0; i < 50; i++) {
                assertThatThrownBy(() -> ring.decryptor().decrypt(same, ALICE)).isInstanceOf(UnknownKey.class);
                rings.pass(Duration.ofMillis(900));
            }
            assertThat(store.reads - distinct).isLessThan(3);
        }
    }

    @Test
    void aKeyThatSealedAsMuchAsItMayIsReplacedWhoeverSealedIt() {
        try (KeyRing one =
                        rings.builder(TestRings.SERVICE).rolloverMessages(160).open();
                KeyRing two =
                        rings.builder(TestRings.SERVICE).rolloverMessages(160).open()) {
            for (int i = 0; i < 80; i++) {
                one.encryptor().encrypt(TOKEN, ALICE);
            }
            rings.pass(Duration.ofMinutes(2));
            one.encryptor().encrypt(TOKEN, ALICE);
            assertThat(one.admin().keys()).hasSize(1);
            for (int i = 0; i < 80; i++) {
                two.encryptor().encrypt(TOKEN, ALICE);
            }
            rings.pass(Duration.ofMinutes(2));
            two.encryptor().encrypt(TOKEN, ALICE);

            assertThat(two.admin().keys()).hasSize(2);
        }
    }

    @Test
    void aKeyThatSealedAsManyBytesAsItMayIsReplaced() {
        try (KeyRing ring =
                rings.builder(TestRings.SERVICE).rolloverBytes(1_000_000).open()) {
            ring.encryptor().encrypt(new byte[999_999], ALICE);
            rings.pass(Duration.ofMinutes(2));
            ring.encryptor().encrypt(new byte[1], ALICE);
            assertThat(ring.admin().keys()).hasSize(1);
            rings.pass(Duration.ofMinutes(2));
            ring.encryptor().encrypt(new byte[1], ALICE);

            assertThat(ring.admin().keys()).hasSize(2);
        }
    }

    @Test
    void aRevocationThatSomebodyHidesIsMissed() {
        KeyRef first;
        try (KeyRing operator = operator()) {
            first = operator.admin().keys().get(0).metadata().ref();
            operator.admin().revoke(first, "leaked");
        }
        rings.store.read(RING).stream()
                .filter(record -> record.name().slot().startsWith("revoked-"))
                .forEach(record -> rings.store.remove(RING, record.name()));
        try (KeyRing ring = rings.open()) {
            assertThatThrownBy(() -> ring.encryptor().encrypt(TOKEN, ALICE))
                    .isInstanceOf(NoActiveKey.class)
                    .hasMessageContaining("missing");
            assertThat(ring.health().state()).isEqualTo(KeyRingHealth.State.REFUSING);
        }
    }

    @Test
    void aStoreThatIsReplacedByAnotherRingIsRefused() {
        TestRings other = new TestRings();
        other.create();
        try (KeyRing ring = rings.open()) {
            byte[] message = ring.encryptor().encrypt(TOKEN, ALICE);
            List<StoredRecord> own = rings.store.read(RING);
            own.forEach(record -> rings.store.remove(RING, record.name()));
            other.store.read(RING).forEach(record -> rings.store.restore(RING, record));
            rings.pass(Duration.ofMinutes(2));

            assertThat(ring.decryptor().decrypt(message, ALICE)).isEqualTo(TOKEN);
            assertThatThrownBy(() -> ring.encryptor().encrypt(TOKEN, ALICE))
                    .isInstanceOfAny(NoActiveKey.class, RecordNotAuthentic.class);
        }
    }

    private static KeyRef activeOf(KeyRing ring) {
        return ring.admin().keys().stream()
                .filter(key -> key.status() == KeyStatus.ACTIVE)
                .findFirst()
                .orElseThrow()
                .metadata()
                .ref();
    }

    private KeyRing destroyer(KeyInventory inventory) {
        return rings.builder(TestRings.OPERATOR).inventory(inventory).open();
    }

    private InMemoryKeyRingStore copy(KeyRingStore of) {
        InMemoryKeyRingStore copy = new InMemoryKeyRingStore(rings);
        copy.create(RING, of.read(RING));
        return copy;
    }
}
