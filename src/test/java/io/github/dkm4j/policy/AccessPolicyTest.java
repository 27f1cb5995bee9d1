package io.github.dkm4j.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AccessPolicyTest {
    private static final String ADMINISTER = "allow: administer = Admins";

    private static AccessPolicy.Builder administered() {
        return AccessPolicy.builder().allow(Operation.ADMINISTER, "Admins");
    }

    @Test
    void whatIsNotAllowedIsDenied() {
        AccessPolicy policy = administered().build();

        for (Operation operation : Operation.values()) {
            if (operation != Operation.ADMINISTER) {
                assertThat(policy.groups(operation)).isEmpty();
            }
        }
    }

    @Test
    void whoMayEncryptMayCreateTheSuccessorUnlessSaidOtherwise() {
        AccessPolicy byDefault =
                administered().allow(Operation.ENCRYPT, "Writers").build();
        AccessPolicy named = administered()
                .allow(Operation.ENCRYPT, "Writers")
                .allow(Operation.CREATE_NEXT, "Makers")
                .build();
        AccessPolicy nobody = administered()
                .allow(Operation.ENCRYPT, "Writers")
                .allow(Operation.CREATE_NEXT)
                .build();

        assertThat(byDefault.groups(Operation.CREATE_NEXT)).containsExactly("Writers");
        assertThat(named.groups(Operation.CREATE_NEXT)).containsExactly("Makers");
        assertThat(nobody.groups(Operation.CREATE_NEXT)).isEmpty();
        assertThat(AccessPolicy.fromLines(nobody.toLines())).isEqualTo(nobody);
    }

    @Test
    void aPolicyThatNobodyCanAdministerIsRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(AccessPolicy.builder().allow(Operation.ENCRYPT, "Writers")::build)
                .withMessageContaining("administer");
        assertThatIllegalArgumentException().isThrownBy(AccessPolicy.builder().allow(Operation.ADMINISTER)::build);
    }

    @Test
    void aBuiltPolicyDoesNotFollowItsBuilder() {
        AccessPolicy.Builder builder = administered();
        AccessPolicy policy = builder.build();

        builder.allow(Operation.ADMINISTER, "Later");

        assertThat(policy.groups(Operation.ADMINISTER)).containsExactly("Admins");
    }

    @Test
    void linesAreInTheOrderOfOperationsWithSortedGroups() {
        AccessPolicy policy = administered()
                .allow(Operation.ROLL_OVER, " Key Operators ", "Admins")
                .allow(Operation.ENCRYPT, "B")
                .allow(Operation.ENCRYPT, "A", "B")
                .build();

        assertThat(policy.toLines())
                .containsExactly(
                        "allow: encrypt = A, B",
                        "allow: create-next = A, B",
                        "allow: roll-over = Admins, Key Operators",
                        ADMINISTER);
        assertThat(policy).hasToString(String.join("; ", policy.toLines()));
    }

    @Test
    void everyPolicySurvivesItsLines() {
        Random random = new Random(20261124);
        for (int round = 0; round < 2_000; round++) {
            AccessPolicy policy = randomPolicy(random);

            AccessPolicy read = AccessPolicy.fromLines(policy.toLines());

            assertThat(read).isEqualTo(policy).hasSameHashCodeAs(policy);
            assertThat(read.toLines()).isEqualTo(policy.toLines());
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "encrypt = A",
                "allow: encrypt",
                "allow: encrypt = ",
                "allow: encrypt =A",
                "allow: encrypt  = A",
                "allow: encrypt = A ",
                "allow: encrypt =  A",
                "allow: encrypt = A,B",
                "allow: encrypt = \"A\"",
                "allow: encrypt = \"A,B",
                "allow: encrypt = A\"B",
                "allow: encrypt = \"A,B\"C",
                "allow: encrypt = A,B\"",
                "services-only ",
                "services-only: yes",
                "deny: encrypt = ",
                "deny: encrypt",
                "deny: read = A",
                "allow: act-as = A",
                "allow: act-as = A->B",
                "allow: act-as = A -> ",
                "allow: act-as = A -> B -> C",
                "deny: act-as = B, A",
                "allow: encrypt = A, ",
                "allow: encrypt = B, A",
                "allow: encrypt = A, A",
                "allow: ENCRYPT = A",
                "allow: read = A",
                "Allow: encrypt = A",
                "allow: encrypt = A\n",
                "allow: encrypt = A\tB",
                "allow: = A"
            })
    void linesInAnyOtherFormAreRefused(String line) {
        assertThatIllegalArgumentException().isThrownBy(() -> AccessPolicy.fromLines(List.of(line, ADMINISTER)));
    }

    @Test
    void linesOutOfOrderRepeatedOrWithoutAdministratorAreRefused() {
        String destroy = "allow: destroy = A";
        assertThatIllegalArgumentException().isThrownBy(() -> AccessPolicy.fromLines(List.of(destroy, ADMINISTER)));
        assertThatIllegalArgumentException().isThrownBy(() -> AccessPolicy.fromLines(List.of(ADMINISTER, ADMINISTER)));
        assertThatIllegalArgumentException().isThrownBy(() -> AccessPolicy.fromLines(List.of(destroy)));
        assertThatIllegalArgumentException().isThrownBy(() -> AccessPolicy.fromLines(List.of()));
    }

    @Test
    void distinguishedNamesStandInQuotationMarks() {
        AccessPolicy policy = administered()
                .allow(Operation.ENCRYPT, "CN=Mail,DC=example", "say \"mail\"", "Writers")
                .deny(Operation.ENCRYPT, "Leavers")
                .actAs(new ActAs("CN=Web,DC=example", "Mailboxes"))
                .servicesOnly()
                .build();

        assertThat(policy.toLines())
                .containsExactly(
                        "services-only",
                        "allow: encrypt = \"CN=Mail,DC=example\", Writers, \"say \"\"mail\"\"\"",
                        "deny: encrypt = Leavers",
                        "allow: create-next = \"CN=Mail,DC=example\", Writers, \"say \"\"mail\"\"\"",
                        ADMINISTER,
                        "allow: act-as = \"CN=Web,DC=example -> Mailboxes\"");
        assertThat(AccessPolicy.fromLines(policy.toLines())).isEqualTo(policy);
    }

    @Test
    void rulesOfAConfigurationMayStandInAnyOrderWithWhiteSpace() {
        AccessPolicy policy = AccessPolicy.builder()
                .rule("allow: administer = Admins")
                .rule("allow: encrypt =   B ,\"A,C\" ")
                .rule("allow: act-as =  W  ->  M , X -> Y")
                .build();

        assertThat(policy.groups(Operation.ENCRYPT)).containsExactly("A,C", "B");
        assertThat(policy.delegations()).containsExactly(new ActAs("W", "M"), new ActAs("X", "Y"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "  ", "a\nb", "a\u0000", "a\u0085b"})
    void malformedGroupNamesAreRefused(String name) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> AccessPolicy.builder().allow(Operation.ENCRYPT, name));
    }

    @Test
    void groupNamesHaveAtMost256CharactersOfWellFormedText() {
        AccessPolicy.Builder builder = administered().allow(Operation.ENCRYPT, "x".repeat(256));

        assertThatIllegalArgumentException().isThrownBy(() -> builder.allow(Operation.ENCRYPT, "x".repeat(257)));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder.allow(Operation.ENCRYPT, String.valueOf((char) 0xD800)));
    }

    private static AccessPolicy randomPolicy(Random random) {
        AccessPolicy.Builder builder = administered();
        for (Operation operation : Operation.values()) {
            for (int groups = random.nextInt(4); groups > 0; groups--) {
                if (operation == Operation.ACT_AS) {
                    builder.actAs(new ActAs(randomName(random), randomName(random)));
                } else {
                    builder.allow(operation, randomName(random));
                }
                if (random.nextInt(3) == 0) {
                    builder.deny(operation, randomName(random));
                }
            }
        }
        if (random.nextBoolean()) {
            builder.servicesOnly();
        }
        return builder.build();
    }

    private static String randomName(Random random) {
        String alphabet = "aZ9 =:;,@#\\\"-\u00e9\u4e2d";
        StringBuilder name = new StringBuilder("g");
        for (int length = random.nextInt(12); length > 0; length--) {
            name.append(alphabet.charAt(random.nextInt(alphabet.length())));
        }
        return name.toString();
    }
}
