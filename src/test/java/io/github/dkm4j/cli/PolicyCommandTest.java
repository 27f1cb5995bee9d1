package io.github.dkm4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.dkm4j.policy.Caller;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PolicyCommandTest extends CliTest {
    private static final String SELF = Caller.processAccount().name();

    @BeforeEach
    void groups() throws IOException {
        secret("groups", """
                Mail Services = %1$s, @Importers
                Importers = svc-import
                Mailboxes = svc-import, bob
                Leavers = eve
                Services = svc-import
                """.formatted(SELF));
        configuration("pkcs12", "groups.services=Services\n");
        assertThat(run("pkcs12", "init")).as(err).isZero();
    }

    private JsonNode json() throws IOException {
        return new ObjectMapper().readTree(out);
    }

    private String text() {
        return new String(out, StandardCharsets.UTF_8);
    }

    @Test
    void whoamiTellsTheAccountItsKindAndItsGroupsWithPaths() throws IOException {
        assertThat(run("pkcs12", "whoami --json")).as(err).isZero();
        assertThat(json().get("caller").asText()).isEqualTo(SELF);
        assertThat(json().get("kind").asText()).isEqualTo("HUMAN");
        assertThat(json().get("groups")).hasSize(1);

        assertThat(run("pkcs12", "whoami --json --caller svc-import")).as(err).isZero();
        assertThat(json().get("account").asText()).isEqualTo(SELF);
        assertThat(json().get("kind").asText()).isEqualTo("SERVICE");
        assertThat(json().get("groups").toString())
                .isEqualTo("[{\"group\":\"Importers\",\"path\":[\"Importers\"]},"
                        + "{\"group\":\"Mail Services\",\"path\":[\"Importers\",\"Mail Services\"]},"
                        + "{\"group\":\"Mailboxes\",\"path\":[\"Mailboxes\"]},"
                        + "{\"group\":\"Services\",\"path\":[\"Services\"]}]");

        assertThat(run("pkcs12", "whoami --caller svc-import")).isZero();
        assertThat(text())
                .contains("svc-import (through " + SELF + "), SERVICE")
                .contains("Mail Services, through Importers");
    }

    @Test
    void explainTellsTheRuleAndThePath() throws IOException {
        assertThat(run("pkcs12", "policy explain --caller svc-import --operation encrypt --json"))
                .as(err)
                .isZero();
        assertThat(json().toString())
                .isEqualTo("{\"caller\":\"svc-import\",\"operation\":\"encrypt\",\"allowed\":true,"
                        + "\"rule\":\"allow: encrypt = Mail Services\",\"path\":[\"Importers\",\"Mail Services\"]}");

        assertThat(run("pkcs12", "policy explain --caller svc-import --operation encrypt"))
                .isZero();
        assertThat(text()).contains("groups: Importers, which is in Mail Services");
        assertThat(run("pkcs12", "policy explain --caller eve --operation encrypt"))
                .isEqualTo(3);
        assertThat(text()).contains("eve may not encrypt").contains("in none of the policy's groups");
        assertThat(run("pkcs12", "policy explain --operation administer")).isZero();
        assertThat(run("pkcs12", "policy explain --operation adminster")).isEqualTo(2);
        assertThat(err).contains("administer");
    }

    @Test
    void setMakesTheConfigurationsPolicyTheRings() throws IOException {
        configuration("pkcs12", """
                groups.services=Services
                policy.encrypt=Mail Services, "Mail, too"
                policy.deny.decrypt=Leavers
                policy.act-as=Mail Services -> Mailboxes
                """);
        assertThat(run("pkcs12", "encrypt")).isEqualTo(2);
        assertThat(err).contains("policy");
        assertThat(run("pkcs12", "policy set")).isEqualTo(2);

        assertThat(run("pkcs12", "policy set --reason wanted --json")).as(err).isZero();

        assertThat(json().get("version").asInt()).isEqualTo(2);
        assertThat(json().get("by").asText()).isEqualTo(SELF);
        assertThat(json().get("reason").asText()).isEqualTo("wanted");
        assertThat(run("pkcs12", "policy show")).as(err).isZero();
        assertThat(text().lines().skip(1))
                .containsExactly(
                        "allow: encrypt = Mail Services, \"Mail, too\"",
                        "allow: decrypt = Mail Services",
                        "deny: decrypt = Leavers",
                        "allow: create-next = Mail Services, \"Mail, too\"",
                        "allow: roll-over = Mail Services",
                        "allow: administer = Mail Services",
                        "allow: act-as = Mail Services -> Mailboxes");
        assertThat(run("pkcs12", "encrypt")).as(err).isZero();
        assertThat(run("pkcs12", "policy set --reason again")).isZero();
        assertThat(text()).startsWith("version 2, by " + SELF);
    }

    @Test
    void aPolicyUnderWhichTheWriterCouldNotAdministerIsRefused() throws IOException {
        configuration("pkcs12", "policy.administer=Leavers\n");

        assertThat(run("pkcs12", "policy set --reason slip")).isEqualTo(3);
        assertThat(run("pkcs12", "policy show --json")).isZero();
        assertThat(json().get("version").asInt()).isEqualTo(1);
    }

    @Test
    void actingForAnotherTakesARule() throws IOException {
        assertThat(run("pkcs12", "encrypt --caller svc-import")).isEqualTo(3);
        assertThat(err).contains("svc-import").contains(SELF);
        assertThat(run("pkcs12", "init --caller svc-import")).isEqualTo(3);

        configuration("pkcs12", "policy.act-as=Mail Services -> Mailboxes\n");
        assertThat(run("pkcs12", "policy set --reason jobs")).as(err).isZero();

        assertThat(run("pkcs12", "encrypt --caller svc-import")).as(err).isZero();
        assertThat(run("pkcs12", "encrypt --caller bob")).isEqualTo(3);
        assertThat(run("pkcs12", "policy set --reason mine --caller svc-import"))
                .isEqualTo(3);
    }

    @Test
    void onlyServicesEncryptWhereThePolicySaysSo() throws IOException {
        configuration("pkcs12", "groups.services=Services\npolicy.services-only=true\n");
        assertThat(run("pkcs12", "policy set --reason no-humans")).as(err).isZero();

        assertThat(run("pkcs12", "encrypt")).isEqualTo(3);
        assertThat(err).contains("services-only");
        assertThat(run("pkcs12", "keys roll-over")).as(err).isZero();

        configuration("pkcs12", "groups.services=Importers\npolicy.services-only=true\n");
        secret("groups", "Mail Services = " + SELF + "\nImporters = " + SELF + "\n");
        assertThat(run("pkcs12", "encrypt")).as(err).isZero();
    }

    @ParameterizedTest
    @CsvSource({
        "groups=ldap:dc1\\ngroups.base=DC=x,        ldap",
        "groups=ldaps://dc1,                      groups.base",
        "groups=ldaps://dc1\\ngroups.base=DC=x,    groups.password-file",
        "groups=http://dc1,                       groups",
        "policy.act-as=Mail Services,             act-as",
        "policy.services-only=maybe,              true or false",
        "policy.deny.encript=Leavers,             policy.deny.encrypt",
    })
    void aConfigurationThatIsWrongSaysWhere(String keys, String message) throws IOException {
        configuration("pkcs12", keys.replace("\\n", "\n") + "\n");

        assertThat(run("pkcs12", "encrypt")).isEqualTo(2);
        assertThat(err).contains(message);
    }
}
