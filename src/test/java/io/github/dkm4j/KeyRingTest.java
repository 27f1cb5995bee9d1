package io.github.dkm4j;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.dkm4j.audit.AuditEvent;
import io.github.dkm4j.key.AccessDenied;
import io.github.dkm4j.key.AuthenticationFailed;
import io.github.dkm4j.key.ConfigurationMismatch;
import io.github.dkm4j.key.EncryptionContext;
import io.github.dkm4j.key.KeyStatus;
import io.github.dkm4j.key.MalformedMessage;
import io.github.dkm4j.key.NoActiveKey;
import io.github.dkm4j.key.RecordNotAuthentic;
import io.github.dkm4j.key.RingExists;
import io.github.dkm4j.key.RingNotFound;
import io.github.dkm4j.key.RootKeyDenied;
import io.github.dkm4j.key.TruncatedMessage;
import io.github.dkm4j.key.UnknownKey;
import io.github.dkm4j.policy.AccessPolicy;
import io.github.dkm4j.policy.Caller;
import io.github.dkm4j.policy.Operation;
import io.github.dkm4j.store.InMemoryKeyRingStore;
import io.github.dkm4j.store.KeyRingStore;
import io.github.dkm4j.store.RecordName;
import io.github.dkm4j.store.StoredRecord;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class KeyRingTest {
    private static final EncryptionContext ALICE = EncryptionContext.of("account", "alice");
    private static final EncryptionContext BOB = EncryptionContext.of("account", "bob");
    private static final byte[] TOKEN = "refresh-token".getBytes(UTF_8);

    private final TestRings rings = new TestRings();

    @BeforeEach
    void createRing() {
        rings.create();
    }

    @Test
    void whatWasEncryptedIsReadBack() {
        try (KeyRing ring = rings.open()) {
            byte[] message = ring.encryptor().encrypt(TOKEN, ALICE);

            assertThat(message).hasSize(TOKEN.length + 86);
            assertThat(Decryptor.isMessage(message)).isTrue();
            assertThat(ring.decryptor().decrypt(message, ALICE)).isEqualTo(TOKEN);
            assertThat(ring.decryptor().open(message, ALICE).needsRewrap()).isFalse();
        }
    }

    @Test
    void allFormsReadOneAnother() {
        try (KeyRing ring = rings.open()) {
            String text = ring.encryptor().encryptToText("pässwörd 𝄞".toCharArray(), ALICE);

            assertThat(ring.decryptor().decryptFromText(text, ALICE)).isEqualTo("pässwörd 𝄞");
            assertThat(ring.decryptor().openText(text, ALICE).chars()).isEqualTo("pässwörd 𝄞".toCharArray());
            ByteBuffer plaintext = ByteBuffer.allocateDirect(20).put(TOKEN).flip();
            ByteBuffer message = ring.encryptor().encrypt(plaintext, ALICE);
            assertThat(plaintext.hasRemaining()).isFalse();
            assertThat(ring.decryptor().decrypt(message, ALICE)).isEqualTo(ByteBuffer.wrap(TOKEN));
            assertThatThrownBy(() -> ring.decryptor().openText("not base64!", ALICE))
                    .isInstanceOf(MalformedMessage.class);
            assertThatThrownBy(() -> ring.encryptor().encryptToText(new char[] {'\uD800'}, ALICE))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void aMessageMovedToAnotherRowIsRefused() {
        try (KeyRing ring = rings.open()) {
            byte[] message = ring.encryptor().encrypt(TOKEN, ALICE);

            assertThatThrownBy(() -> ring.decryptor().decrypt(message, BOB)).isInstanceOf(AuthenticationFailed.class);
        }
    }

    @Test
    void archivedKeyStillDecryptsAfterTenRollovers() {
        try (KeyRing ring = rings.open()) {
            List<byte[]> messages = new ArrayList<>();
            for (int epoch = 1; epoch <= 11; epoch++) {
                messages.add(ring.encryptor().encrypt(TOKEN, ALICE));
                ring.as(TestRings.OPERATOR).admin().rollOver();
                rings.pass(Duration.ofMinutes(10));
            }
            for (int i = 0; i < messages.size(); i++) {
                Decrypted opened = ring.decryptor().open(messages.get(i), ALICE);
                assertThat(opened.plaintext()).isEqualTo(TOKEN);
                assertThat(opened.key().epoch().value()).isEqualTo(i + 1L);
                assertThat(opened.needsRewrap()).isTrue();
            }
        }
        try (KeyRing again = rings.open()) {
            assertThat(again.admin().keys()).hasSize(12);
        }
    }

    @Test
    void aNewKeyIsPendingForTheWindowAndASecondRollOverMakesNothing() {
        try (KeyRing ring = rings.open()) {
            KeyRingAdmin admin = ring.as(TestRings.OPERATOR).admin();
            KeyDescription next = admin.rollOver();

            assertThat(next.status()).isEqualTo(KeyStatus.PENDING);
            assertThat(admin.rollOver().metadata()).isEqualTo(next.metadata());
            rings.pass(Duration.ofMinutes(5).minusMillis(1));
            assertThat(epochWritten(ring)).isEqualTo(1);
            rings.pass(Duration.ofMillis(1));
            assertThat(epochWritten(ring)).isEqualTo(2);
            assertThat(admin.keys())
                    .extracting(KeyDescription::status)
                    .containsExactly(KeyStatus.ARCHIVED, KeyStatus.ACTIVE);
        }
    }

    @Test
    void keysRollOverByThemselvesWhenTheirAgeIsReached() {
        try (KeyRing ring = rings.builder(TestRings.SERVICE)
                .rolloverEvery(Duration.ofDays(90))
                .open()) {
            byte[] first = ring.encryptor().encrypt(TOKEN, ALICE);
            for (int day = 1; day <= 365; day++) {
                rings.pass(Duration.ofDays(1));
                ring.decryptor().decrypt(first, ALICE);
                rings.pass(Duration.ofMinutes(10));
                ring.encryptor().encrypt(TOKEN, ALICE);
            }
            assertThat(ring.admin().keys()).hasSize(5);
            assertThat(ring.admin().problems()).isEmpty();
        }
    }

    @Test
    void aKeyMadeByAClockFarAheadDoesNotStopRollOver() {
        try (KeyRing careless = rings.builder(TestRings.OPERATOR)
                        .clockSkew(Duration.ofDays(400))
                        .destroyRetention(Duration.ofDays(500))
                        .singleNode()
                        .open();
                KeyRing ring = rings.open()) {
            KeyRingAdmin admin = ring.as(TestRings.OPERATOR).admin();
            rings.ahead = Duration.ofDays(365);
            careless.admin().rollOver();
            rings.ahead = Duration.ZERO;
            KeyDescription next = admin.rollOver();

            assertThat(next.metadata().epoch().value()).isEqualTo(3);
            rings.pass(Duration.ofMinutes(10));
            assertThat(epochWritten(ring)).isEqualTo(3);
            rings.pass(Duration.ofDays(366));
            assertThat(epochWritten(ring)).isEqualTo(3);
        }
    }

    @Test
    void withoutCreateNextRollOverIsSkippedAndShownAndEncryptionGoesOn() {
        AccessPolicy strict = AccessPolicy.builder()
                .allow(Operation.ENCRYPT, "Mail Services")
                .allow(Operation.CREATE_NEXT, "Operators")
                .allow(Operation.ADMINISTER, "Operators")
                .build();
        TestRings other = new TestRings();
        other.builder(TestRings.OPERATOR).policy(strict).create().close();
        try (KeyRing ring = other.builder(TestRings.SERVICE)
                .rolloverEvery(Duration.ofDays(90))
                .open()) {
            other.pass(Duration.ofDays(91));
            ring.encryptor().encrypt(TOKEN, ALICE);

            assertThat(ring.admin().keys()).hasSize(1);
            assertThat(ring.admin().problems()).singleElement().asString().contains("create-next");
        }
    }

    @Test
    void anotherNodeReadsAKeyItHasNotSeenYet() {
        try (KeyRing one = rings.open();
                KeyRing two = rings.open()) {
            one.as(TestRings.OPERATOR).admin().rollOver();
            rings.pass(Duration.ofMinutes(5));
            byte[] message = one.encryptor().encrypt(TOKEN, ALICE);

            assertThat(two.decryptor().open(message, ALICE).key().epoch().value())
                    .isEqualTo(2);
        }
    }

    @Test
    void twoNodesThatRollOverTogetherAgreeOnOneKey() {
        try (KeyRing one = rings.open();
                KeyRing two = rings.open()) {
            KeyDescription first = one.as(TestRings.OPERATOR).admin().rollOver();
            KeyDescription second = two.as(TestRings.OPERATOR).admin().rollOver();

            assertThat(second.metadata()).isEqualTo(first.metadata());
        }
    }

    @Test
    void aStrangerMayDoNothingAndIsRecorded() {
        try (KeyRing ring = rings.open()) {
            byte[] message = ring.encryptor().encrypt(TOKEN, ALICE);
            KeyRingView stranger = ring.as(TestRings.STRANGER);

            assertThatThrownBy(() -> stranger.encryptor().encrypt(TOKEN, ALICE)).isInstanceOf(AccessDenied.class);
            assertThatThrownBy(() -> stranger.decryptor().decrypt(message, ALICE))
                    .isInstanceOf(AccessDenied.class);
            assertThatThrownBy(() -> stranger.admin().rollOver()).isInstanceOf(AccessDenied.class);
            assertThatThrownBy(() -> stranger.admin().keys()).isInstanceOf(AccessDenied.class);
            assertThatThrownBy(() -> ring.admin().rollOver()).isInstanceOf(AccessDenied.class);
            assertThat(rings.events)
                    .filteredOn(AuditEvent.AccessRefused.class::isInstance)
                    .hasSize(5);
        }
    }

    @Test
    void openingNeverCreates() {
        TestRings empty = new TestRings();

        assertThatThrownBy(empty::open).isInstanceOf(RingNotFound.class);
        assertThat(empty.store.read("connected-accounts")).isEmpty();
    }

    @Test
    void creatingTwiceTouchesNothing() {
        List<byte[]> before = contents();

        assertThatThrownBy(rings::create).isInstanceOf(RingExists.class);
        assertThat(contents()).usingRecursiveComparison().isEqualTo(before);
    }

    @Test
    void whoeverCreatesMustBeAnAdministrator() {
        TestRings empty = new TestRings();

        assertThatThrownBy(() -> empty.builder(TestRings.SERVICE)
                        .policy(TestRings.POLICY)
                        .create())
                .isInstanceOf(AccessDenied.class);
        assertThat(empty.store.read("connected-accounts")).isEmpty();
    }

    @Test
    void anotherPolicyOrIdentityThanTheRingsIsAnError() {
        AccessPolicy wider = AccessPolicy.builder()
                .allow(Operation.DECRYPT, "Everyone")
                .allow(Operation.ADMINISTER, "Operators")
                .build();

        assertThatThrownBy(() -> rings.builder(TestRings.SERVICE).policy(wider).open())
                .isInstanceOf(ConfigurationMismatch.class);
        assertThatThrownBy(() ->
                        rings.builder(TestRings.SERVICE).pin("00".repeat(32)).open())
                .isInstanceOf(ConfigurationMismatch.class);
        String identity;
        try (KeyRing ring = rings.open()) {
            identity = ring.admin().identity();
        }
        rings.builder(TestRings.SERVICE)
                .policy(TestRings.POLICY)
                .pin(identity)
                .open()
                .close();
    }

    @Test
    void aRootThatUnwrapsAnotherSecretIsNotBelieved() {
        rings.root = new TestRings.FixedRoot((byte) 2);

        assertThatThrownBy(rings::open).isInstanceOf(RecordNotAuthentic.class).hasMessageContaining("commits to");
    }

    @Test
    void aMessageOfAnotherRingIsAnUnknownKey() {
        TestRings other = new TestRings();
        other.create();
        try (KeyRing ring = rings.open();
                KeyRing foreign = other.open()) {
            byte[] message = foreign.encryptor().encrypt(TOKEN, ALICE);

            assertThatThrownBy(() -> ring.decryptor().decrypt(message, ALICE)).isInstanceOf(UnknownKey.class);
        }
    }

    @Test
    void anAlteredByteInAnyRecordIsDetected() {
        try (KeyRing ring = rings.open()) {
            ring.as(TestRings.OPERATOR).admin().rollOver();
        }
        List<StoredRecord> records = rings.store.read("connected-accounts");
        for (int r = 0; r < records.size(); r++) {
            int length = records.get(r).content().length;
            for (int at = 0; at < length; at += 7) {
                byte[] altered = records.get(r).content();
                altered[at] = (byte) (altered[at] == 'a' ? 'b' : 'a');
                rings.store = copyOf(records, r, altered);
                assertDoubted(records.get(r).name().toString());
            }
        }
    }

    @Test
    void aMissingRecordThatAnotherOneNamesStopsEncryptionAndNotDecryption() {
        byte[] first;
        try (KeyRing ring = rings.open()) {
            first = ring.encryptor().encrypt(TOKEN, ALICE);
            for (int i = 0; i < 2; i++) {
                ring.as(TestRings.OPERATOR).admin().rollOver();
                rings.pass(Duration.ofMinutes(10));
            }
        }
        List<StoredRecord> gap = new ArrayList<>(rings.store.read("connected-accounts"));
        gap.removeIf(record -> record.name().slot().equals("key-0000000002"));
        rings.store = new InMemoryKeyRingStore(rings);
        rings.store.create("connected-accounts", gap);
        try (KeyRing ring = rings.open()) {
            assertThat(ring.decryptor().decrypt(first, ALICE)).isEqualTo(TOKEN);
            assertThatThrownBy(() -> ring.encryptor().encrypt(TOKEN, ALICE)).isInstanceOf(NoActiveKey.class);
            assertThat(ring.admin().problems()).isNotEmpty();
        }
    }

    @Test
    void anotherSpellingOfARecordsMacIsAnAlteration() {
        List<StoredRecord> records = rings.store.read("connected-accounts");
        for (int r = 0; r < records.size(); r++) {
            byte[] padded = (new String(records.get(r).content(), UTF_8).stripTrailing() + "=\n").getBytes(UTF_8);
            rings.store = copyOf(records, r, padded);
            assertDoubted(records.get(r).name().toString());
        }
    }

    @Test
    void theStoresWordOnTimeNeverBringsAnArchivedKeyBack() {
        try (KeyRing ring = rings.open()) {
            for (int i = 0; i < 2; i++) {
                ring.as(TestRings.OPERATOR).admin().rollOver();
                rings.pass(Duration.ofMinutes(10));
            }
        }
        List<StoredRecord> records = rings.store.read("connected-accounts");
        for (Instant claimed : List.of(rings.now.plus(Duration.ofDays(36_500)), Instant.MAX, Instant.MIN)) {
            for (StoredRecord record : records) {
                rings.store = claiming(records, record, claimed);
                try (KeyRing ring = rings.open()) {
                    assertThat(ring.admin().keys())
                            .last()
                            .extracting(KeyDescription::status)
                            .isEqualTo(KeyStatus.ACTIVE);
                }
            }
        }
    }

    @Test
    void aClosedRingDoesNothing() {
        KeyRing ring = rings.open();
        byte[] message = ring.encryptor().encrypt(TOKEN, ALICE);
        ring.close();
        ring.close();

        assertThatThrownBy(() -> ring.encryptor().encrypt(TOKEN, ALICE)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> ring.decryptor().decrypt(message, ALICE)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void manyThreadsEncryptAndDecryptWhileTheRingRollsOver() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try (KeyRing ring = rings.builder(TestRings.SERVICE)
                .singleNode()
                .propagation(Duration.ZERO)
                .refreshEvery(Duration.ZERO)
                .open()) {
            List<Future<?>> work = new ArrayList<>();
            for (int t = 0; t < 4; t++) {
                EncryptionContext context = EncryptionContext.of("thread", Integer.toString(t));
                work.add(threads.submit(() -> {
                    for (int i = 0; i < 500; i++) {
                        byte[] message = ring.encryptor().encrypt(TOKEN, context);
                        assertThat(ring.decryptor().decrypt(message, context)).isEqualTo(TOKEN);
                    }
                }));
            }
            for (int i = 0; i < 20; i++) {
                ring.as(TestRings.OPERATOR).admin().rollOver();
                rings.pass(Duration.ofMillis(1));
            }
            for (Future<?> each : work) {
                each.get(60, TimeUnit.SECONDS);
            }
            assertThat(ring.admin().keys()).hasSize(21);
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void largeValuesAndStreamsAreOfTheSecondSuiteAndOpenEitherWay() throws IOException {
        byte[] value = new byte[150_000];
        new Random(5).nextBytes(value);
        try (KeyRing ring = rings.open()) {
            byte[] whole = ring.encryptor().encrypt(value, ALICE);
            ByteArrayOutputStream streamed = new ByteArrayOutputStream();
            try (EncryptingStream stream = ring.encryptor().encryptTo(streamed, ALICE)) {
                stream.write(value);
            }
            byte[] small = ring.encryptor().encrypt(TOKEN, ALICE);

            assertThat(whole[1]).isEqualTo((byte) 2);
            assertThat(whole).hasSameSizeAs(streamed.toByteArray());
            for (byte[] message : List.of(whole, streamed.toByteArray())) {
                assertThat(ring.decryptor().decrypt(message, ALICE)).isEqualTo(value);
                try (InputStream plaintext = ring.decryptor().decryptFrom(new ByteArrayInputStream(message), ALICE)) {
                    assertThat(plaintext.readAllBytes()).isEqualTo(value);
                }
            }
            try (InputStream plaintext = ring.decryptor().decryptFrom(new ByteArrayInputStream(small), ALICE)) {
                assertThat(plaintext.readAllBytes()).isEqualTo(TOKEN);
            }
            assertThatThrownBy(() ->
                            ring.decryptor().decryptFrom(new ByteArrayInputStream(whole), EncryptionContext.empty()))
                    .isInstanceOf(AuthenticationFailed.class);
            assertThatThrownBy(() -> ring.as(new Caller("stranger", "stranger"))
                            .encryptor()
                            .encryptTo(streamed, ALICE))
                    .isInstanceOf(AccessDenied.class);
        }
    }

    @Test
    void aStreamThatIsAbortedNeverOpens() throws IOException {
        try (KeyRing ring = rings.open()) {
            ByteArrayOutputStream target = new ByteArrayOutputStream();
            EncryptingStream stream = ring.encryptor().encryptTo(target, ALICE);
            stream.write(new byte[40_000]);
            stream.abort();

            assertThatThrownBy(() -> ring.decryptor().decrypt(target.toByteArray(), ALICE))
                    .isInstanceOfAny(TruncatedMessage.class, AuthenticationFailed.class);
        }
    }

    private static long epochWritten(KeyRing ring) {
        return ring.decryptor()
                .open(ring.encryptor().encrypt(TOKEN, ALICE), ALICE)
                .key()
                .epoch()
                .value();
    }

    private void assertDoubted(String name) {
        try (KeyRing ring = rings.open()) {
            assertThat(ring.admin().problems()).as(name).isNotEmpty();
            assertThatThrownBy(() -> ring.encryptor().encrypt(TOKEN, ALICE))
                    .as(name)
                    .isInstanceOf(NoActiveKey.class);
        } catch (RecordNotAuthentic | RootKeyDenied e) {
            assertThat(e).as(name).hasMessageNotContaining("refresh-token");
        }
    }

    private InMemoryKeyRingStore copyOf(List<StoredRecord> records, int altered, byte[] content) {
        InMemoryKeyRingStore copy = new InMemoryKeyRingStore(rings);
        List<StoredRecord> changed = new ArrayList<>(records);
        changed.set(altered, StoredRecord.of(records.get(altered).name(), content));
        copy.create("connected-accounts", changed);
        return copy;
    }

    private KeyRingStore claiming(List<StoredRecord> records, StoredRecord about, Instant claimed) {
        List<StoredRecord> changed = new ArrayList<>(records);
        changed.replaceAll(record -> record.name().equals(about.name()) ? record.storedAt(claimed) : record);
        return new KeyRingStore() {
            @Override
            public boolean restore(String ring, StoredRecord record) {
                return false;
            }

            @Override
            public boolean remove(String ring, RecordName name) {
                return false;
            }

            @Override
            public Instant now() {
                return rings.now;
            }

            @Override
            public boolean create(String ring, List<StoredRecord> ignored) {
                return false;
            }

            @Override
            public boolean add(String ring, StoredRecord record) {
                return false;
            }

            @Override
            public List<StoredRecord> read(String ring) {
                return changed;
            }
        };
    }

    private List<byte[]> contents() {
        return rings.store.read("connected-accounts").stream()
                .map(StoredRecord::content)
                .toList();
    }

    @Test
    void whatTheStoreDoubtsOfItselfIsTheRingsProblemAndOnRecordOnce() {
        FailingStore store = new FailingStore(rings.store, Integer.MAX_VALUE);
        rings.store = store;
        try (KeyRing ring = rings.open()) {
            store.doubts = List.of("everybody may read it");
            for (int i = 0; i < 3; i++) {
                rings.pass(Duration.ofMinutes(1));
                assertThat(ring.health().problems()).contains("everybody may read it");
            }

            assertThat(rings.events)
                    .filteredOn(AuditEvent.StoreDoubted.class::isInstance)
                    .hasSize(1);
        }
    }
}
