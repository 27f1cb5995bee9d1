package io.github.dkm4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.dkm4j.audit.AuditEvent;
import io.github.dkm4j.key.AccessDenied;
import io.github.dkm4j.key.ConfigurationMismatch;
import io.github.dkm4j.key.EncryptionContext;
import io.github.dkm4j.key.GroupDirectoryUnavailable;
import io.github.dkm4j.key.KeyRef;
import io.github.dkm4j.key.RecordNotAuthentic;
import io.github.dkm4j.key.StoreUnavailable;
import io.github.dkm4j.policy.AccessPolicy;
import io.github.dkm4j.policy.ActAs;
import io.github.dkm4j.policy.Caller;
import io.github.dkm4j.policy.Decision;
import io.github.dkm4j.policy.GroupDirectory;
import io.github.dkm4j.policy.Operation;
import io.github.dkm4j.policy.PolicyVersion;
import io.github.dkm4j.store.KeyRingStore;
import io.github.dkm4j.store.RecordName;
import io.github.dkm4j.store.StoredRecord;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Who may do what, as a ring asks, changes and explains it. */
class PolicyTest {
    private static final EncryptionContext CONTEXT = EncryptionContext.of("account", "7");
    private static final Duration MINUTE = Duration.ofMinutes(1);

    private final TestRings rings = new TestRings();

    PolicyTest() {
        rings.groups.add("Services", "svc-mail", "svc-web");
        rings.groups.services("Services");
        rings.create();
    }

    private static AccessPolicy.Builder policy() {
        return AccessPolicy.builder()
                .allow(Operation.ENCRYPT, "Mail Services")
                .allow(Operation.DECRYPT, "Mail Services")
                .allow(Operation.ADMINISTER, "Operators");
    }

    private void change(AccessPolicy policy) {
        try (KeyRing ring = rings.builder(TestRings.OPERATOR).open()) {
            ring.admin().changePolicy(policy, "test");
        }
    }

    private static boolean mayEncrypt(KeyRingView view) {
        try {
            view.encryptor().encrypt(new byte[1], CONTEXT);
            return true;
        } catch (AccessDenied e) {
            return false;
        }
    }

    @Test
    void aChangeCountsAtOnceHereAndWithinTheRefreshIntervalElsewhere() {
        try (KeyRing here = rings.builder(TestRings.OPERATOR).open();
                KeyRing elsewhere = rings.open()) {
            assertThat(mayEncrypt(elsewhere)).isTrue();
            PolicyVersion changed = here.admin()
                    .changePolicy(
                            policy().deny(Operation.ENCRYPT, "Mail Services").build(), "incident 12");

            assertThat(mayEncrypt(here.as(TestRings.SERVICE))).isFalse();
            rings.pass(MINUTE);
            assertThat(mayEncrypt(elsewhere)).isFalse();
            assertThat(elsewhere.admin().policy()).isEqualTo(changed);
            assertThat(changed.number()).isEqualTo(2);
            assertThat(changed.by()).isEqualTo("operator");
            assertThat(changed.reason()).isEqualTo("incident 12");
            assertThat(changed.since()).isEqualTo(Instant.parse("2026-01-01T00:00:00Z"));
        }
    }

    @Test
    void aChangeIsOnRecordBeforeItIsMade() {
        AccessPolicy next = policy().servicesOnly().build();
        change(next);

        assertThat(rings.events)
                .filteredOn(AuditEvent.PolicyChanged.class::isInstance)
                .containsExactly(new AuditEvent.PolicyChanged(
                        rings.now, "connected-accounts", "operator", 2, next.toString(), "test"));
    }

    @Test
    void changesAddUpAndTheLastOneStays() {
        for (int i = 2; i <= 12; i++) {
            change(policy().allow(Operation.ROLL_OVER, "Group " + i).build());
        }
        try (KeyRing ring = rings.open()) {
            assertThat(ring.admin().policy().number()).isEqualTo(12);
            assertThat(ring.admin().policy().policy().groups(Operation.ROLL_OVER))
                    .containsExactly("Group 12");
            assertThat(ring.health().problems()).isEmpty();
        }
    }

    @Test
    void whatIsInForceAlreadyIsNotWrittenAgain() {
        change(TestRings.POLICY);

        assertThat(rings.store.read("connected-accounts"))
                .filteredOn(record -> record.name().slot().startsWith("policy-"))
                .hasSize(1);
    }

    @Test
    void onlyAnAdministratorChangesThePolicyAndNotSoThatNobodyCanAgain() {
        try (KeyRing service = rings.open();
                KeyRing operator = rings.builder(TestRings.OPERATOR).open()) {
            assertThatExceptionOfType(AccessDenied.class)
                    .isThrownBy(() -> service.admin().changePolicy(policy().build(), "why not"));
            AccessPolicy lockedOut = AccessPolicy.builder()
                    .allow(Operation.ADMINISTER, "Somebody Else")
                    .build();
            assertThatExceptionOfType(AccessDenied.class)
                    .isThrownBy(() -> operator.admin().changePolicy(lockedOut, "oops"));
            assertThatExceptionOfType(AccessDenied.class)
                    .isThrownBy(() -> operator.admin()
                            .changePolicy(
                                    policy().deny(Operation.ADMINISTER, "Operators")
                                            .build(),
                                    "oops"));
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> operator.admin().changePolicy(policy().build(), " "));
            assertThat(operator.admin().policy().number()).isEqualTo(1);
        }
    }

    @Test
    void ofTwoWhoChangeItAtOnceOneIsTold() {
        KeyRingStore shared = rings.store;
        FailingStore overtaken = new FailingStore(shared, Integer.MAX_VALUE);
        rings.store = overtaken;
        try (KeyRing slow = rings.builder(TestRings.OPERATOR).open()) {
            rings.store = shared;
            overtaken.beforeAdding = record ->
                    change(policy().deny(Operation.ENCRYPT, "Operators").build());

            assertThatExceptionOfType(StoreUnavailable.class)
                    .isThrownBy(() -> slow.admin().changePolicy(policy().build(), "slow"));

            overtaken.beforeAdding = record -> {};
            assertThat(slow.admin().policy().policy().denied(Operation.ENCRYPT)).containsExactly("Operators");
            slow.admin().changePolicy(policy().build(), "again");
            assertThat(slow.admin().policy().number()).isEqualTo(3);
        }
    }

    /** As stores do that try again by themselves after a lost connection. */
    @Test
    void aStoreThatRefusesItsOwnSecondAttemptHasMadeTheChange() {
        KeyRingStore shared = rings.store;
        FailingStore twice = new FailingStore(shared, Integer.MAX_VALUE);
        rings.store = twice;
        try (KeyRing ring = rings.builder(TestRings.OPERATOR).open()) {
            twice.beforeAdding = record -> shared.add("connected-accounts", record);

            assertThat(ring.admin().changePolicy(policy().build(), "slow").number())
                    .isEqualTo(2);
        }
    }

    @Test
    void aConfigurationAssertsThePolicyInForceNow() {
        change(policy().build());

        assertThatExceptionOfType(ConfigurationMismatch.class)
                .isThrownBy(() -> rings.builder(TestRings.SERVICE)
                        .policy(TestRings.POLICY)
                        .open());
        rings.builder(TestRings.SERVICE).policy(policy().build()).open().close();
    }

    @Test
    void nobodyBringsAnOlderPolicyBackThroughTheStore() {
        List<StoredRecord> before = rings.store.read("connected-accounts");
        change(policy().deny(Operation.ENCRYPT, "Mail Services").build());
        StoredRecord first = before.stream()
                .filter(record -> record.name().slot().startsWith("policy-"))
                .findFirst()
                .orElseThrow();
        try (KeyRing ring = rings.open()) {
            rings.store.add(
                    "connected-accounts",
                    StoredRecord.of(
                            new RecordName("policy-0000000003", first.name().id()), first.content()));
            rings.pass(MINUTE);

            assertThat(mayEncrypt(ring)).isFalse();
            assertThat(ring.admin().policy().number()).isEqualTo(2);
        }
    }

    @Test
    void explanationsNameTheRuleAndTheNestedGroups() {
        rings.groups.add("Mail Services", "@Importers");
        rings.groups.add("Importers", "svc-import");
        try (KeyRing ring = rings.builder(TestRings.OPERATOR).open()) {
            Decision decision = ring.admin().explain(new Caller("svc-import", "svc-import"), Operation.ENCRYPT);

            assertThat(decision)
                    .isEqualTo(new Decision(
                            true, "allow: encrypt = Mail Services", List.of("Importers", "Mail Services")));
        }
        try (KeyRing ring = rings.builder(TestRings.STRANGER).open()) {
            assertThat(ring.admin()
                            .explain(TestRings.STRANGER, Operation.ENCRYPT)
                            .allowed())
                    .isFalse();
            assertThatExceptionOfType(AccessDenied.class)
                    .isThrownBy(() -> ring.admin().explain(TestRings.SERVICE, Operation.ENCRYPT));
            assertThatExceptionOfType(AccessDenied.class)
                    .isThrownBy(() -> ring.admin().policy());
        }
    }

    @Test
    void anAssertedCallerIsActedForByTheRingsAccountAndBothAreRecorded() {
        rings.groups.add("Web", "svc-web");
        rings.groups.add("Mailboxes", "svc-mail");
        try (KeyRing web = rings.builder(new Caller("svc-web", "svc-web")).open()) {
            assertThat(mayEncrypt(web.actingFor("svc-mail"))).isFalse();
            assertThat(rings.events)
                    .filteredOn(AuditEvent.AccessRefused.class::isInstance)
                    .extracting(AuditEvent::caller)
                    .containsExactly("svc-mail (through svc-web)");

            change(policy().actAs(new ActAs("Web", "Mailboxes")).build());
            rings.pass(MINUTE);

            assertThat(mayEncrypt(web.actingFor("svc-mail"))).isTrue();
            assertThat(mayEncrypt(web)).isFalse();
            assertThat(mayEncrypt(web.actingFor("operator"))).isFalse();
            assertThatExceptionOfType(AccessDenied.class)
                    .isThrownBy(
                            () -> web.actingFor("operator").admin().changePolicy(policy().build(), "for the operator"));
        }
    }

    @Test
    void anAssertedNameThatIsTheRingsOwnIsItself() {
        try (KeyRing ring = rings.open()) {
            assertThat(mayEncrypt(ring.actingFor("svc-mail"))).isTrue();
        }
    }

    @Test
    void aResolverIsAskedForEveryOperation() {
        Caller[] current = {TestRings.SERVICE};
        try (KeyRing ring = rings.builder(TestRings.STRANGER).open()) {
            KeyRingView view = ring.as(() -> current[0]);
            assertThat(mayEncrypt(view)).isTrue();

            current[0] = TestRings.OPERATOR;
            assertThat(mayEncrypt(view)).isFalse();
            assertThat(view.admin().keys()).hasSize(1);
        }
        try (KeyRing ring = rings.open()) {
            KeyRingView view = ring.as(() -> {
                throw new AccessDenied("nobody is logged in");
            });
            assertThat(mayEncrypt(view)).isFalse();
        }
    }

    @Test
    void theRingActsAsWhomTheDirectoryKnowsTheProcessAs() {
        GroupDirectory groups = new GroupDirectory() {
            @Override
            public boolean isMember(String caller, String group) {
                return rings.groups.isMember(caller, group);
            }

            @Override
            public Optional<String> identity() {
                return Optional.of("svc-mail");
            }
        };
        try (KeyRing ring = KeyRing.builder("connected-accounts")
                .store(rings.store)
                .rootKey(rings.root)
                .groups(groups)
                .clock(rings)
                .audit(rings.events::add)
                .open()) {
            assertThat(mayEncrypt(ring)).isTrue();
            assertThat(rings.events.get(rings.events.size() - 1).caller()).isEqualTo("svc-mail");
        }
    }

    @Test
    void aHumanAdministratorOpensNothingRevokedWhereOnlyServicesMayUseKeys() {
        byte[] message;
        try (KeyRing ring = rings.open()) {
            message = ring.encryptor().encrypt(new byte[] {7}, CONTEXT);
        }
        try (KeyRing ring = rings.builder(TestRings.OPERATOR).open()) {
            ring.admin().revoke(ring.admin().keys().get(0).metadata().ref(), "leaked");
            assertThat(ring.admin().decryptDespiteRevocation(message, CONTEXT).plaintext())
                    .containsExactly(7);

            ring.admin().changePolicy(policy().servicesOnly().build(), "no humans");

            assertThatExceptionOfType(AccessDenied.class)
                    .isThrownBy(() -> ring.admin().decryptDespiteRevocation(message, CONTEXT));
        }
    }

    @Test
    void aRemovedMemberIsOutWithinTheTimeToLive() {
        try (KeyRing ring = rings.builder(TestRings.SERVICE)
                .membershipTtl(Duration.ofSeconds(30))
                .open()) {
            assertThat(mayEncrypt(ring)).isTrue();
            rings.groups.remove("Mail Services", "svc-mail");
            rings.pass(Duration.ofSeconds(30));

            assertThat(mayEncrypt(ring)).isFalse();
        }
    }

    @Test
    void aDirectoryThatIsDownIsRiddenOutForTheGraceThenRefusedAndSaidSo() {
        AtomicBoolean down = new AtomicBoolean();
        try (KeyRing ring = KeyRing.builder("connected-accounts")
                .store(rings.store)
                .rootKey(rings.root)
                .groups((caller, group) -> {
                    if (down.get()) {
                        throw new GroupDirectoryUnavailable("no answer");
                    }
                    return rings.groups.isMember(caller, group);
                })
                .account(TestRings.SERVICE)
                .clock(rings)
                .audit(rings.events::add)
                .membershipGrace(Duration.ofMinutes(10))
                .open()) {
            assertThat(mayEncrypt(ring)).isTrue();
            down.set(true);

            rings.pass(Duration.ofMinutes(10));
            assertThat(mayEncrypt(ring)).isTrue();
            assertThat(ring.health().problems()).anyMatch(problem -> problem.contains("no answer"));
            rings.pass(Duration.ofMinutes(1));
            assertThatExceptionOfType(GroupDirectoryUnavailable.class).isThrownBy(() -> mayEncrypt(ring));

            down.set(false);
            rings.pass(Duration.ofSeconds(1));
            assertThat(mayEncrypt(ring)).isTrue();
            assertThat(ring.health().problems()).isEmpty();
        }
    }

    /** Whatever the operating system calls the process. */
    @Test
    void noAssertedNameIsTakenForTheProcess() {
        String os = Caller.processAccount().name();
        rings.groups.add("Mail Services", os);
        rings.groups.add("Operators", os);
        try (KeyRing ring = rings.builder(TestRings.STRANGER).open()) {
            assertThat(mayEncrypt(ring.actingFor(os))).isFalse();
            assertThat(mayEncrypt(ring.as(new Caller("svc-mail", os)))).isFalse();
            assertThatExceptionOfType(AccessDenied.class)
                    .isThrownBy(() -> ring.actingFor(os).admin().changePolicy(policy().build(), "mine"));
        }
        assertThatIllegalArgumentException().isThrownBy(() -> rings.builder(new Caller("svc-mail", "svc-web")));
    }

    @ParameterizedTest
    @EnumSource
    void whoIsNoAdministratorAnyMoreChangesNothingWhereNobodyHasHeardOfItYet(AdministrativeAct act) {
        rings.groups.add("Operators", "mallory");
        rings.groups.add("Suspects", "mallory");
        try (KeyRing mallory = rings.builder(new Caller("mallory", "mallory")).open()) {
            KeyRef key = mallory.admin().keys().get(0).metadata().ref();
            change(policy().allow(Operation.ROLL_OVER, "Operators")
                    .allow(Operation.DESTROY, "Operators")
                    .deny(Operation.ADMINISTER, "Suspects")
                    .deny(Operation.ROLL_OVER, "Suspects")
                    .deny(Operation.DESTROY, "Suspects")
                    .build());
            List<StoredRecord> before = rings.store.read("connected-accounts");

            assertThatExceptionOfType(AccessDenied.class).isThrownBy(() -> act.run(mallory.admin(), key));

            assertThat(rings.store.read("connected-accounts")).hasSameSizeAs(before);
        }
    }

    enum AdministrativeAct {
        CHANGE_POLICY,
        ROLL_OVER,
        REVOKE,
        DESTROY,
        DESTROY_WITHOUT_INVENTORY,
        UNDO,
        ACCEPT_RESTORE;

        void run(KeyRingAdmin admin, KeyRef key) {
            switch (this) {
                case CHANGE_POLICY -> admin.changePolicy(TestRings.POLICY, "as it was");
                case ROLL_OVER -> admin.rollOver();
                case REVOKE -> admin.revoke(key, "mine");
                case DESTROY -> admin.destroy(key, "mine");
                case DESTROY_WITHOUT_INVENTORY -> admin.destroyWithoutInventory(key, "mine");
                case UNDO -> admin.undoDestruction(key, "mine");
                case ACCEPT_RESTORE -> admin.acceptRestore("mine");
            }
        }
    }

    @Test
    void aProcessThatStartsDoesNotGoByAnOlderPolicyWhereTheNewestWasAltered() {
        change(policy().allow(Operation.ROLL_OVER, "Operators")
                .deny(Operation.DECRYPT, "Mail Services")
                .build());
        try (KeyRing ring = rings.builder(TestRings.OPERATOR).open()) {
            ring.admin().rollOver();
        }
        StoredRecord newest = rings.store.read("connected-accounts").stream()
                .filter(record -> record.name().slot().equals("policy-0000000002"))
                .findFirst()
                .orElseThrow();
        byte[] altered = newest.content();
        altered[altered.length / 2] ^= 1;
        rings.store.remove("connected-accounts", newest.name());
        rings.store.add("connected-accounts", StoredRecord.of(newest.name(), altered));

        assertThatExceptionOfType(RecordNotAuthentic.class)
                .isThrownBy(() -> rings.open())
                .withMessageContaining("policy");
    }

    @Test
    void junkInThePlaceOfTheNextPolicyStopsNoProcessFromOpening() {
        rings.store.add(
                "connected-accounts",
                StoredRecord.of(new RecordName("policy-0000000002", "0011223344556677"), new byte[] {1}));

        rings.open().close();
    }

    @Test
    void afterALongIdleTimeNobodyGoesByThePolicyOfBefore() {
        try (KeyRing idle = rings.builder(TestRings.SERVICE)
                .executor(task -> {})
                .maxStaleness(Duration.ofDays(30), Duration.ofDays(30))
                .destroyRetention(Duration.ofDays(60))
                .open()) {
            assertThat(mayEncrypt(idle)).isTrue();
            change(policy().deny(Operation.ENCRYPT, "Mail Services").build());
            rings.pass(Duration.ofHours(20));

            assertThat(mayEncrypt(idle)).isFalse();
        }
    }

    @Test
    void aSlowReadOfTheStoreDoesNotProlongAMembership() {
        FailingStore slow = new FailingStore(rings.store, Integer.MAX_VALUE);
        rings.store = slow;
        try (KeyRing ring = rings.builder(TestRings.SERVICE)
                .refreshEvery(Duration.ofSeconds(30))
                .open()) {
            assertThat(mayEncrypt(ring)).isTrue();
            rings.groups.remove("Mail Services", "svc-mail");
            rings.pass(Duration.ofSeconds(40));
            slow.whileReading = () -> rings.pass(Duration.ofSeconds(30));

            assertThat(mayEncrypt(ring)).isFalse();
        }
    }

    @Test
    void aPolicyThatComesWithASearchedKeyCountsForItsMessage() {
        try (KeyRing node = rings.open();
                KeyRing elsewhere = rings.builder(TestRings.OPERATOR)
                        .singleNode()
                        .propagation(Duration.ZERO)
                        .open()) {
            elsewhere
                    .admin()
                    .changePolicy(
                            policy().allow(Operation.ROLL_OVER, "Operators")
                                    .deny(Operation.DECRYPT, "Mail Services")
                                    .build(),
                            "incident");
            elsewhere.admin().rollOver();
            byte[] message = elsewhere.as(TestRings.SERVICE).encryptor().encrypt(new byte[1], CONTEXT);

            assertThatExceptionOfType(AccessDenied.class)
                    .isThrownBy(() -> node.decryptor().decrypt(message, CONTEXT));
        }
    }

    @Test
    void aStrangerDoesNotHaveAFailingStoreAskedAgainAndAgain() {
        FailingStore failing = new FailingStore(rings.store, Integer.MAX_VALUE);
        rings.store = failing;
        try (KeyRing ring = rings.builder(TestRings.STRANGER).open()) {
            failing.down = true;
            rings.pass(Duration.ofMinutes(2));
            failing.attempts = 0;
            for (int i = 0; i < 10; i++) {
                assertThatExceptionOfType(AccessDenied.class)
                        .isThrownBy(() -> ring.admin().policy());
            }

            assertThat(failing.attempts).isEqualTo(1);
        }
    }

    @Test
    void aChangeThatARevocationOvertakesIsToldUntilItIsMadeAgain() {
        KeyRingStore shared = rings.store;
        FailingStore overtaken = new FailingStore(shared, Integer.MAX_VALUE);
        rings.store = overtaken;
        AccessPolicy wanted = policy().deny(Operation.ENCRYPT, "Mail Services").build();
        try (KeyRing ring = rings.builder(TestRings.OPERATOR).open()) {
            rings.store = shared;
            overtaken.beforeAdding = record -> {
                if (record.name().slot().startsWith("generation-")) {
                    overtaken.beforeAdding = other -> {};
                    change(wanted);
                }
            };
            ring.admin().revoke(ring.admin().keys().get(0).metadata().ref(), "leaked");

            assertThat(ring.admin().policy().number()).isEqualTo(1);
            assertThat(ring.admin().problems()).anyMatch(problem -> problem.contains("policy-0000000002"));
            assertThat(ring.admin().changePolicy(wanted, "again").number()).isEqualTo(3);
            assertThat(ring.admin().problems()).noneMatch(problem -> problem.startsWith("the policy"));
        }
    }

    @Test
    void reasonsAreOneLineOfText() {
        try (KeyRing ring = rings.builder(TestRings.OPERATOR).open()) {
            for (String reason : List.of("a\nallow: decrypt = All", "\u001b[8m", "a\u2028b")) {
                assertThatIllegalArgumentException()
                        .isThrownBy(() -> ring.admin().changePolicy(policy().build(), reason));
            }
        }
    }

    @Test
    void nobodyAsksAboutSomebodyElseByActingForHim() {
        try (KeyRing ring = rings.builder(TestRings.STRANGER).open()) {
            assertThatExceptionOfType(AccessDenied.class)
                    .isThrownBy(() -> ring.actingFor("svc-mail")
                            .admin()
                            .explain(new Caller("svc-mail", "stranger"), Operation.DECRYPT));
        }
    }
}
