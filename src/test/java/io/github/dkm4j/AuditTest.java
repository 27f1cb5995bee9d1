package io.github.dkm4j;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.github.dkm4j.audit.AuditEvent;
import io.github.dkm4j.audit.AuditEvent.KeyUsed;
import io.github.dkm4j.audit.AuditEvent.KeyUsesCounted;
import io.github.dkm4j.audit.AuditRules;
import io.github.dkm4j.audit.AuditTrail;
import io.github.dkm4j.audit.AuditTrailBuilder;
import io.github.dkm4j.audit.TrailReport;
import io.github.dkm4j.audit.TrailVerifier;
import io.github.dkm4j.key.AccessDenied;
import io.github.dkm4j.key.AuditUnavailable;
import io.github.dkm4j.key.EncryptionContext;
import io.github.dkm4j.key.KeyRef;
import io.github.dkm4j.key.KeyRevoked;
import io.github.dkm4j.key.KeyStatus;
import io.github.dkm4j.policy.AccessPolicy;
import io.github.dkm4j.policy.Caller;
import io.github.dkm4j.policy.InMemoryGroupDirectory;
import io.github.dkm4j.policy.Operation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is put on record of the use of keys, and what happens when it cannot be. */
class AuditTest {
    private static final EncryptionContext CONTEXT = EncryptionContext.of("account", "42", "tenant", "contoso");
    private static final byte[] TOKEN = "a refresh token".getBytes(UTF_8);

    @TempDir
    Path folder;

    private final TestRings rings = new TestRings();
    private boolean full;

    private KeyRingBuilder builder(Caller account) {
        return rings.builder(account).audit(event -> {
            if (full) {
                throw new AuditUnavailable("the disk is full");
            }
            rings.events.add(event);
        });
    }

    private KeyRing open(Caller account, AuditRules rules) {
        return builder(account).auditRules(rules).open();
    }

    private <T extends AuditEvent> List<T> events(Class<T> type) {
        return rings.events.stream().filter(type::isInstance).map(type::cast).toList();
    }

    private long counted(String operation) {
        return events(KeyUsesCounted.class).stream()
                .filter(event -> event.operation().equals(operation))
                .mapToLong(KeyUsesCounted::count)
                .sum();
    }

    @Test
    void whatServicesDoIsCountedByCallerKeyAndOperation() {
        rings.create();
        try (KeyRing ring = open(TestRings.SERVICE, AuditRules.standard())) {
            byte[] message = ring.encryptor().encrypt(TOKEN, CONTEXT);
            for (int i = 0; i < 9; i++) {
                ring.encryptor().encrypt(TOKEN, CONTEXT);
                ring.decryptor().decrypt(message, CONTEXT);
            }
            assertThat(events(KeyUsesCounted.class)).isEmpty();
            rings.pass(Duration.ofMinutes(1));
            ring.encryptor().encrypt(TOKEN, CONTEXT);
            assertThat(events(KeyUsesCounted.class)).hasSize(2).allSatisfy(event -> {
                assertThat(event.caller()).isEqualTo("svc-mail");
                assertThat(event.since()).isEqualTo(rings.now.minus(Duration.ofMinutes(1)));
            });
            assertThat(counted("encrypt")).isEqualTo(10);
            assertThat(counted("decrypt")).isEqualTo(9);
        }
        assertThat(counted("encrypt")).as("the rest is told at the end").isEqualTo(11);
        assertThat(events(KeyUsed.class)).isEmpty();
    }

    @Test
    void nothingIsCountedTwiceOrLostWhileThreadsCountAndIntervalsEnd() throws InterruptedException {
        rings.create();
        try (KeyRing ring = open(TestRings.SERVICE, AuditRules.standard().countingEvery(Duration.ofSeconds(1)))) {
            List<Thread> threads = Stream.generate(() -> new Thread(() -> {
                        for (int i = 0; i < 2_000; i++) {
                            ring.encryptor().encrypt(TOKEN, CONTEXT);
                            if (i % 50 == 0) {
                                rings.pass(Duration.ofSeconds(2));
                            }
                        }
                    }))
                    .limit(4)
                    .toList();
            threads.forEach(Thread::start);
            for (Thread thread : threads) {
                thread.join();
            }
        }
        assertThat(counted("encrypt")).isEqualTo(8_000);
    }

    @Test
    void eachUseIsRecordedWithNamesOfTheContextAndOnlyThoseValuesThatMayBe() {
        rings.create();
        try (KeyRing ring =
                open(TestRings.SERVICE, AuditRules.standard().recordingEachUse().withValuesOf("tenant"))) {
            ring.decryptor().decrypt(ring.encryptor().encrypt(TOKEN, CONTEXT), CONTEXT);
        }
        assertThat(events(KeyUsed.class))
                .extracting(KeyUsed::operation, KeyUsed::context)
                .containsExactly(
                        tuple("encrypt", "account, tenant=contoso"), tuple("decrypt", "account, tenant=contoso"));
    }

    @Test
    void aPersonsUseIsAlwaysRecordedAndNotDoneWithoutThat() {
        InMemoryGroupDirectory groups = new InMemoryGroupDirectory();
        groups.services("Services");
        groups.add("Services", "svc-mail");
        groups.add("Mail Services", "svc-mail");
        groups.add("Mail Services", "alice");
        rings.create();
        try (KeyRing ring = builder(TestRings.SERVICE).groups(groups).open()) {
            byte[] message = ring.encryptor().encrypt(TOKEN, CONTEXT);
            Caller alice = new Caller("alice", "alice");
            ring.as(alice).decryptor().decrypt(message, CONTEXT);
            assertThat(events(KeyUsed.class)).singleElement().satisfies(event -> {
                assertThat(event.caller()).isEqualTo("alice");
                assertThat(event.context()).isEqualTo("account, tenant");
            });
            full = true;
            assertThatThrownBy(() -> ring.as(alice).decryptor().decrypt(message, CONTEXT))
                    .isInstanceOf(AuditUnavailable.class);
            assertThat(ring.decryptor().decrypt(message, CONTEXT)).isEqualTo(TOKEN);
        }
    }

    @Test
    void servicesGoOnWithoutAuditAndHealthTellsOfItAndNothingIsForgotten() {
        rings.create();
        try (KeyRing ring = open(TestRings.SERVICE, AuditRules.standard())) {
            full = true;
            byte[] message = ring.encryptor().encrypt(TOKEN, CONTEXT);
            rings.pass(Duration.ofMinutes(2));
            ring.decryptor().decrypt(message, CONTEXT);
            assertThat(ring.health().problems()).anyMatch(problem -> problem.contains("the disk is full"));
            full = false;
            rings.pass(Duration.ofMinutes(2));
            ring.decryptor().decrypt(message, CONTEXT);
            assertThat(ring.health().isHealthy()).isTrue();
        }
        assertThat(counted("encrypt")).isEqualTo(1);
        assertThat(counted("decrypt")).isEqualTo(2);
    }

    @Test
    void servicesStopWithoutAuditWhereTheyAreToldTo() {
        rings.create();
        try (KeyRing ring = open(TestRings.SERVICE, AuditRules.standard().stoppingWithoutAudit())) {
            byte[] message = ring.encryptor().encrypt(TOKEN, CONTEXT);
            full = true;
            rings.pass(Duration.ofMinutes(2));
            assertThatThrownBy(() -> ring.decryptor().decrypt(message, CONTEXT))
                    .isInstanceOf(AuditUnavailable.class)
                    .hasMessageContaining("the disk is full");
            full = false;
            rings.pass(Duration.ofMinutes(2));
            assertThat(ring.decryptor().decrypt(message, CONTEXT)).isEqualTo(TOKEN);
        }
    }

    @Test
    void administrationIsNotDoneWithoutAuditButRevokingAndDenyingAre() {
        rings.create();
        try (KeyRing ring = open(TestRings.SERVICE, AuditRules.standard())) {
            KeyRingAdmin admin = ring.as(TestRings.OPERATOR).admin();
            byte[] message = ring.encryptor().encrypt(TOKEN, CONTEXT);
            KeyRef leaked = ring.decryptor().open(message, CONTEXT).key();
            full = true;

            assertThatThrownBy(admin::rollOver).isInstanceOf(AuditUnavailable.class);
            AccessPolicy wider = AccessPolicy.builder()
                    .allow(Operation.DECRYPT, "Mail Services", "Operators")
                    .allow(Operation.ADMINISTER, "Operators")
                    .build();
            assertThatThrownBy(() -> admin.changePolicy(wider, "debugging")).isInstanceOf(AuditUnavailable.class);
            assertThat(admin.keys()).hasSize(1);
            assertThatThrownBy(() -> ring.as(TestRings.STRANGER).decryptor().decrypt(message, CONTEXT))
                    .isInstanceOf(AccessDenied.class);
            assertThat(admin.revoke(leaked, "leaked").status()).isEqualTo(KeyStatus.REVOKED);
            assertThatThrownBy(() -> ring.decryptor().decrypt(message, CONTEXT)).isInstanceOf(KeyRevoked.class);
            assertThatThrownBy(() -> admin.decryptDespiteRevocation(message, CONTEXT))
                    .isInstanceOf(AuditUnavailable.class);
            assertThat(ring.decryptor().decrypt(ring.encryptor().encrypt(TOKEN, CONTEXT), CONTEXT))
                    .isEqualTo(TOKEN);
        }
    }

    @Test
    void nothingSecretIsEverInATrail() throws IOException {
        Random random = new Random(6);
        List<String> secrets = new ArrayList<>();
        rings.create();
        try (AuditTrail trail = AuditTrail.in(folder, "connected-accounts")
                        .clock(rings)
                        .checkpointEvery(Duration.ofMinutes(2))
                        .open();
                KeyRing ring = rings.builder(TestRings.SERVICE)
                        .audit(trail)
                        .auditRules(AuditRules.standard().recordingEachUse())
                        .open()) {
            for (int i = 0; i < 300; i++) {
                byte[] plaintext = new byte[24];
                random.nextBytes(plaintext);
                String account = "secret-" + random.nextLong();
                EncryptionContext context = EncryptionContext.of("account", account);
                byte[] message = ring.encryptor().encrypt(plaintext, context);
                ring.decryptor().decrypt(message, context);
                rings.pass(Duration.ofSeconds(20));
                secrets.add(account);
                secrets.add(Base64.getEncoder().encodeToString(plaintext));
                secrets.add(Base64.getUrlEncoder().withoutPadding().encodeToString(plaintext));
                secrets.add(HexFormat.of().formatHex(plaintext));
                secrets.add(new String(plaintext, ISO_8859_1));
                if (i % 100 == 99) {
                    ring.as(TestRings.OPERATOR).admin().rollOver();
                    rings.pass(Duration.ofDays(1));
                }
            }
        }
        assertThat(new TrailVerifier().verify(folder))
                .singleElement()
                .extracting(TrailReport::verdict)
                .isEqualTo(TrailReport.Verdict.VERIFIED);
        StringBuilder all = new StringBuilder();
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file :
                    files.filter(file -> file.toString().endsWith(".trail")).toList()) {
                all.append(Files.readString(file, ISO_8859_1));
            }
        }
        assertThat(all).contains(" keyUsed ");
        assertThat(secrets).noneMatch(secret -> all.indexOf(secret) >= 0);
    }

    @Test
    void servicesThatStoppedGoOnAsSoonAsOneEventCanBeRecorded() {
        rings.create();
        try (KeyRing ring = open(TestRings.SERVICE, AuditRules.standard().stoppingWithoutAudit())) {
            byte[] message = ring.encryptor().encrypt(TOKEN, CONTEXT);
            rings.pass(Duration.ofMinutes(2));
            ring.decryptor().decrypt(message, CONTEXT);
            rings.pass(Duration.ofMinutes(2));
            ring.health();
            full = true;
            assertThatThrownBy(() -> ring.as(TestRings.STRANGER).decryptor().decrypt(message, CONTEXT))
                    .isInstanceOf(AccessDenied.class);
            rings.pass(Duration.ofSeconds(5));
            assertThatThrownBy(() -> ring.decryptor().decrypt(message, CONTEXT)).isInstanceOf(AuditUnavailable.class);
            full = false;
            rings.pass(Duration.ofSeconds(5));
            assertThat(ring.decryptor().decrypt(message, CONTEXT)).isEqualTo(TOKEN);
        }
    }

    @Test
    void aSinkThatFailsInAnyWayKeepsNoKeyFromBeingRevokedOrWiped() {
        rings.create();
        boolean[] broken = {false};
        KeyRing ring = rings.builder(TestRings.SERVICE)
                .audit(event -> {
                    if (broken[0]) {
                        throw new IllegalStateException("a bug");
                    }
                })
                .open();
        byte[] message = ring.encryptor().encrypt(TOKEN, CONTEXT);
        KeyRef leaked = ring.decryptor().open(message, CONTEXT).key();
        broken[0] = true;
        rings.pass(Duration.ofMinutes(5));

        assertThat(ring.encryptor().encrypt(TOKEN, CONTEXT)).isNotEmpty();
        KeyRingAdmin admin = ring.as(TestRings.OPERATOR).admin();
        assertThat(admin.revoke(leaked, "leaked").status()).isEqualTo(KeyStatus.REVOKED);
        assertThatThrownBy(admin::rollOver).isInstanceOf(AuditUnavailable.class);
        ring.close();
        assertThatThrownBy(() -> ring.encryptor().encrypt(TOKEN, CONTEXT)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void aRingWhoseTrailCannotBeWrittenIsOpenedForServicesAndForRevoking() throws IOException {
        rings.create();
        Path blocked = Files.writeString(folder.resolve("blocked"), "a file");
        AuditTrailBuilder trail = AuditTrail.in(blocked, "connected-accounts").clock(rings);
        try (KeyRing ring = rings.builder(TestRings.SERVICE).audit(trail).open()) {
            byte[] message = ring.encryptor().encrypt(TOKEN, CONTEXT);
            assertThat(ring.health().problems()).anyMatch(problem -> problem.contains("there can be no audit trail"));
            KeyRingAdmin admin = ring.as(TestRings.OPERATOR).admin();
            assertThatThrownBy(admin::rollOver).isInstanceOf(AuditUnavailable.class);
            admin.revoke(ring.decryptor().open(message, CONTEXT).key(), "leaked");
            Files.delete(blocked);
            rings.pass(Duration.ofMinutes(2));
            ring.encryptor().encrypt(TOKEN, CONTEXT);
            assertThat(ring.health().isHealthy()).isTrue();
        }
        assertThat(new TrailVerifier().verify(blocked))
                .singleElement()
                .extracting(TrailReport::verdict)
                .isEqualTo(TrailReport.Verdict.VERIFIED);
    }

    @Test
    void whereServicesStopWithoutAuditAKeyCanBeRevokedAllTheSame() throws IOException {
        rings.create();
        Path blocked = Files.writeString(folder.resolve("blocked"), "a file");
        try (KeyRing ring = rings.builder(TestRings.SERVICE)
                .audit(AuditTrail.in(blocked, "connected-accounts").clock(rings))
                .auditRules(AuditRules.standard().stoppingWithoutAudit())
                .open()) {
            assertThatThrownBy(() -> ring.encryptor().encrypt(TOKEN, CONTEXT)).isInstanceOf(AuditUnavailable.class);
            KeyRingAdmin admin = ring.as(TestRings.OPERATOR).admin();
            KeyRef key = admin.keys().get(0).metadata().ref();
            assertThat(admin.revoke(key, "leaked").status()).isEqualTo(KeyStatus.REVOKED);
        }
    }

    @Test
    void aRingThatCannotGetTheStoresWitnessLeavesNeitherKeysNorATrailOpen() {
        rings.create();
        FailingStore store = new FailingStore(rings.store, Integer.MAX_VALUE);
        boolean[] failing = {true};
        store.beforeAdding = record -> {
            if (failing[0] && record.name().slot().startsWith("audit-")) {
                failing[0] = false;
                throw new AssertionError("a bug");
            }
        };
        AuditTrailBuilder trail = AuditTrail.in(folder, "connected-accounts").clock(rings);
        KeyRingBuilder builder = rings.builder(TestRings.SERVICE).store(store).audit(trail);
        assertThatThrownBy(builder::open).isInstanceOf(AssertionError.class).hasMessage("a bug");
        assertThat(new TrailVerifier().verify(folder))
                .singleElement()
                .extracting(TrailReport::verdict)
                .isEqualTo(TrailReport.Verdict.VERIFIED);
        builder.open().close();
        assertThat(new TrailVerifier().verify(folder))
                .as("the trail was free to be gone on with")
                .hasSize(1);
    }
}
