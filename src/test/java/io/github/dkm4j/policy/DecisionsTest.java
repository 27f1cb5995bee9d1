package io.github.dkm4j.policy;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class DecisionsTest {
    private static final Caller MAIL = new Caller("svc-mail", "svc-mail");
    private static final Caller ALICE = new Caller("alice", "alice");
    private static final Caller WEB = new Caller("svc-web", "svc-web");
    private static final Caller WEB_FOR_ALICE = new Caller("alice", "svc-web");

    private final InMemoryGroupDirectory groups = new InMemoryGroupDirectory();

    DecisionsTest() {
        groups.add("Readers", "@Mail Services", "alice");
        groups.add("Mail Services", "svc-mail");
        groups.add("Admins", "alice", "svc-mail");
        groups.add("Web", "svc-web");
        groups.add("Users", "alice");
        groups.add("Services", "svc-mail", "svc-web");
        groups.services("Services");
    }

    private static AccessPolicy.Builder readers() {
        return AccessPolicy.builder()
                .allow(Operation.ADMINISTER, "Admins")
                .allow(Operation.DESTROY, "Admins")
                .allow(Operation.DECRYPT, "Readers");
    }

    private Decision decide(AccessPolicy.Builder policy, Caller caller, Operation operation) {
        return Explainer.of(policy.build(), groups).decide(caller, operation);
    }

    private Decision decrypt(AccessPolicy.Builder policy, Caller caller) {
        return decide(policy, caller, Operation.DECRYPT);
    }

    @Test
    void theRuleAndTheWayThroughNestedGroupsAreTold() {
        Decision decision = decrypt(readers(), MAIL);

        assertThat(decision.allowed()).isTrue();
        assertThat(decision.rule()).isEqualTo("allow: decrypt = Readers");
        assertThat(decision.path()).containsExactly("Mail Services", "Readers");
        assertThat(decision).hasToString("allowed by allow: decrypt = Readers, through Mail Services, in Readers");
    }

    @Test
    void whatNoRuleAllowsIsRefused() {
        assertThat(decrypt(readers(), WEB).allowed()).isFalse();
        assertThat(decrypt(readers(), WEB).path()).isEmpty();
        assertThat(decide(readers(), MAIL, Operation.ROLL_OVER).allowed()).isFalse();
    }

    @Test
    void explicitDenialWinsAlsoThroughNestedGroups() {
        groups.add("Leavers", "@Mail Services");
        AccessPolicy.Builder policy = readers().deny(Operation.DECRYPT, "Leavers");

        assertThat(decrypt(policy, MAIL))
                .isEqualTo(new Decision(false, "deny: decrypt = Leavers", List.of("Mail Services", "Leavers")));
        assertThat(decrypt(policy, ALICE).allowed()).isTrue();
        assertThat(decide(policy, MAIL, Operation.DESTROY).allowed()).isTrue();
    }

    @Test
    void aDeniedGroupThatDoesNotExistKeepsEverybodyOut() {
        AccessPolicy.Builder policy = readers().deny(Operation.DECRYPT, "Levers");

        assertThat(decrypt(policy, MAIL).allowed()).isFalse();
        assertThat(decrypt(policy, MAIL).rule()).contains("Levers").contains("does not exist");
    }

    @ParameterizedTest
    @EnumSource(
            value = Operation.class,
            names = {"ENCRYPT", "DECRYPT", "CREATE_NEXT"})
    void servicesOnlyKeepsHumansFromKeys(Operation operation) {
        AccessPolicy.Builder policy = readers().allow(operation, "Readers");
        assertThat(decide(policy, ALICE, operation).allowed()).isTrue();

        policy.servicesOnly();

        assertThat(decide(policy, ALICE, operation).allowed()).isFalse();
        assertThat(decide(policy, ALICE, operation).rule()).contains("services-only");
        assertThat(decide(policy, MAIL, operation).allowed()).isTrue();
    }

    @Test
    void servicesOnlyLeavesAdministrationToHumans() {
        AccessPolicy.Builder policy = readers().servicesOnly();

        assertThat(decide(policy, ALICE, Operation.ADMINISTER).allowed()).isTrue();
        assertThat(decide(policy, ALICE, Operation.DESTROY).allowed()).isTrue();
    }

    @Test
    void aDirectoryThatKnowsNoKindsTellsNoServices() {
        AccessPolicy policy = readers().servicesOnly().build();

        assertThat(Explainer.of(policy, (caller, group) -> true)
                        .decide(MAIL, Operation.DECRYPT)
                        .allowed())
                .isFalse();
    }

    @Test
    void nobodyActsForAnotherWithoutARule() {
        assertThat(decrypt(readers(), WEB_FOR_ALICE).allowed()).isFalse();
        assertThat(decrypt(readers(), WEB_FOR_ALICE).rule()).contains("svc-web").contains("alice");
    }

    @Test
    void actingTakesARuleForThatTargetAndTheTargetsOwnRight() {
        AccessPolicy.Builder policy = readers().actAs(new ActAs("Web", "Users"));

        assertThat(decrypt(policy, WEB_FOR_ALICE).allowed()).isTrue();
        assertThat(decrypt(policy, WEB_FOR_ALICE).rule())
                .isEqualTo("allow: decrypt = Readers, with allow: act-as = Web -> Users");
        assertThat(decrypt(policy, new Caller("svc-mail", "svc-web")).allowed()).isFalse();
        assertThat(decrypt(policy, new Caller("svc-mail", "alice")).allowed()).isFalse();
        groups.add("Users", "bob");
        assertThat(decrypt(policy, new Caller("bob", "svc-web")).allowed()).isFalse();
    }

    @ParameterizedTest
    @EnumSource(
            value = Operation.class,
            names = {"ADMINISTER", "DESTROY", "ACT_AS"})
    void nobodyDoesThisForAnother(Operation operation) {
        AccessPolicy.Builder policy = readers().actAs(new ActAs("Web", "Users"));

        assertThat(decide(policy, WEB_FOR_ALICE, operation).allowed()).isFalse();
    }

    @Test
    void whoMayActIsDeniedAndKeptToServicesAsAnyOperation() {
        AccessPolicy.Builder policy = readers().actAs(new ActAs("Web", "Users")).actAs(new ActAs("Users", "Users"));
        assertThat(decide(policy, WEB, Operation.ACT_AS).allowed()).isTrue();
        assertThat(decide(policy, MAIL, Operation.ACT_AS).allowed()).isFalse();
        groups.add("Services", "alice");
        groups.add("Users", "bob");
        Caller bobForAlice = new Caller("alice", "bob");
        assertThat(decrypt(policy, bobForAlice).allowed()).isTrue();

        assertThat(decrypt(policy.servicesOnly(), bobForAlice).allowed()).isFalse();
        assertThat(decrypt(policy, WEB_FOR_ALICE).allowed()).isTrue();
        assertThat(decrypt(policy.deny(Operation.ACT_AS, "Web"), WEB_FOR_ALICE).allowed())
                .isFalse();
    }

    @Test
    void whoIsShutOutDoesNotDoItForOthersEither() {
        groups.add("Barred", "svc-web");
        AccessPolicy.Builder policy = readers().actAs(new ActAs("Web", "Users")).deny(Operation.DECRYPT, "Barred");

        assertThat(decrypt(policy, WEB_FOR_ALICE).allowed()).isFalse();
        assertThat(decrypt(policy, ALICE).allowed()).isTrue();
    }

    /** A file that is replaced between two questions must not give an answer that neither version gives. */
    @Test
    void aDecisionSeesOneVersionOfTheGroups() {
        InMemoryGroupDirectory changing = new InMemoryGroupDirectory();
        changing.add("Leavers", "nobody");
        GroupDirectory directory = new GroupDirectory() {
            @Override
            public boolean isMember(String caller, String group) {
                throw new AssertionError("asked besides its own steady view");
            }

            @Override
            public GroupDirectory steady() {
                GroupDirectory before = changing.steady();
                changing.add("Leavers", "alice");
                changing.add("Readers", "alice");
                return before;
            }
        };

        assertThat(Explainer.of(readers().deny(Operation.DECRYPT, "Leavers").build(), directory)
                        .decide(ALICE, Operation.DECRYPT)
                        .rule())
                .contains("in none");
    }

    /** The decisions of random policies over random groups against the definition, set by set. */
    @Test
    void decisionsAreThoseOfTheDefinition() {
        Random random = new Random(20261124);
        for (int round = 0; round < 3_000; round++) {
            InMemoryGroupDirectory directory = new InMemoryGroupDirectory();
            List<String> names = List.of("A", "B", "C", "D");
            List<String> callers = List.of("w", "x", "y", "z");
            List<Set<String>> members = new java.util.ArrayList<>();
            for (String name : names) {
                Set<String> in = new HashSet<>();
                callers.stream().filter(caller -> random.nextInt(3) == 0).forEach(in::add);
                directory.add(name, in.toArray(String[]::new));
                members.add(in);
            }
            directory.services("D");
            Set<String> allowed = some(names, random);
            Set<String> denied = some(names, random);
            boolean servicesOnly = random.nextBoolean();
            AccessPolicy.Builder policy = AccessPolicy.builder().allow(Operation.ADMINISTER, "A");
            policy.allow(Operation.ENCRYPT, allowed.toArray(String[]::new));
            policy.deny(Operation.ENCRYPT, denied.toArray(String[]::new));
            if (servicesOnly) {
                policy.servicesOnly();
            }
            for (String caller : callers) {
                boolean expected = in(caller, allowed, names, members)
                        && !in(caller, denied, names, members)
                        && (!servicesOnly || in(caller, Set.of("D"), names, members));
                Caller who = new Caller(caller, caller);
                AccessPolicy built = policy.build();
                assertThat(new Decisions(built, directory, false)
                                .decide(who, Operation.ENCRYPT)
                                .allowed())
                        .as("round %d: %s, %s", round, built, caller)
                        .isEqualTo(expected);
                assertThat(Explainer.of(built, directory)
                                .decide(who, Operation.ENCRYPT)
                                .allowed())
                        .isEqualTo(expected);
            }
        }
    }

    private static Set<String> some(List<String> names, Random random) {
        Set<String> some = new HashSet<>();
        names.stream().filter(name -> random.nextInt(3) == 0).forEach(some::add);
        return some;
    }

    private static boolean in(String caller, Set<String> groups, List<String> names, List<Set<String>> members) {
        return groups.stream()
                .anyMatch(group -> members.get(names.indexOf(group)).contains(caller));
    }
}
