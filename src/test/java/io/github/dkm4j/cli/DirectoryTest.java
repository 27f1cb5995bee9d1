package io.github.dkm4j.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.unboundid.ldap.sdk.Attribute;
import com.unboundid.ldap.sdk.LDAPConnectionPool;
import com.unboundid.ldap.sdk.LDAPException;
import com.unboundid.ldap.sdk.SearchScope;
import io.github.dkm4j.directory.ActiveDirectory;
import io.github.dkm4j.ldap.LdapConnections;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The tool with its groups and its ring in a real Active Directory, each account with the keys of its own keytab. */
@Tag("directory")
class DirectoryTest extends CliTest {
    private static final ActiveDirectory AD = ActiveDirectory.running();
    private static final String OWNER = "dkm-admin";
    private static final String MEMBER = "svc-mail";
    private static final String OUTSIDER = "svc-other";

    private final String holder = "CN=test-" + UUID.randomUUID() + ",CN=Program Data," + ActiveDirectory.BASE;

    @BeforeEach
    void makeRing() throws IOException {
        secret("administrator", new String(AD.password("administrator")) + "\n");
        for (String account : new String[] {OWNER, MEMBER, OUTSIDER}) {
            configuration(account, bind("store", account) + bind("groups", account));
        }
        configuration(
                "administrator",
                """
                store.bind=simple
                store.user=administrator@%s
                store.password-file=%s
                """.formatted(ActiveDirectory.DNS_DOMAIN, folder.resolve("administrator")) + bind("groups", OWNER));
        assertThat(run("administrator", "store provision")).as(err).isZero();
        assertThat(run(OWNER, "init")).as(err).isZero();
    }

    private static String bind(String family, String account) {
        return """
                %1$s.bind=gssapi
                %1$s.principal=%2$s
                %1$s.keytab=%3$s
                """.formatted(family, ActiveDirectory.principal(account), AD.keytab(account));
    }

    @Override
    void configuration(String name, String binds) throws IOException {
        if (name.equals("passphrase") || name.equals("pkcs12")) {
            return;
        }
        Files.writeString(
                folder.resolve(name + ".properties"),
                """
                ring=connected-accounts
                root=pkcs12:%1$s/root.p12
                root.password-file=%1$s/passphrase
                root.alias=root
                store=ldaps://%2$s
                store.base=%3$s
                store.ca-file=%4$s
                store.readers=DKM Readers
                store.roll-over=DKM Rollers
                store.administrators=DKM Admins
                store.replication-bound=PT0S
                store.single-node=true
                rollover.propagation=PT0S
                groups=ldap://%2$s
                groups.base=%5$s
                groups.ca-file=%4$s
                policy.encrypt="CN=DKM Readers,%6$s"
                policy.decrypt=DKM Readers
                policy.create-next=DKM Rollers
                policy.roll-over=DKM Rollers
                policy.administer=DKM Admins
                """.formatted(folder, AD.address(), holder, AD.authority(), ActiveDirectory.BASE, ActiveDirectory.USERS)
                        + binds);
    }

    private JsonNode json() throws IOException {
        return new ObjectMapper().readTree(out);
    }

    @Test
    void aNestedMemberWritesAndReads() {
        assertThat(run(MEMBER, "encrypt")).as(err).isZero();
        byte[] message = out;
        assertThat(run(OWNER, "keys roll-over")).as(err).isZero();

        assertThat(run(MEMBER, "decrypt", message)).as(err).isZero();
        assertThat(out).isEqualTo(TOKEN);
        assertThat(run(MEMBER, "encrypt")).as(err).isZero();
        assertThat(run(MEMBER, "keys roll-over")).isEqualTo(3);
        assertThat(run(MEMBER, "health")).as(new String(out, UTF_8)).isZero();
    }

    @Test
    void anOutsiderIsShownNoRingByTheServerItself() throws LDAPException {
        assertThat(run(OUTSIDER, "decrypt")).isEqualTo(2);
        assertThat(err).contains("no ring connected-accounts").contains("let in");
        assertThat(entries(OWNER)).isGreaterThan(4);
        assertThat(entries(MEMBER)).isGreaterThan(4);
        assertThat(entries(OUTSIDER)).isZero();
    }

    /** How many objects in the container of rings the server shows, asked without the tool. */
    private int entries(String account) throws LDAPException {
        try (LDAPConnectionPool pool = connect(account)) {
            return pool
                    .search("CN=Program Data," + ActiveDirectory.BASE, SearchScope.SUB, "(objectClass=*)", "1.1")
                    .getSearchEntries()
                    .stream()
                    .mapToInt(entry -> entry.getDN().endsWith("," + holder) ? 1 : 0)
                    .sum();
        }
    }

    private static LDAPConnectionPool connect(String account) {
        return LdapConnections.to("ldaps://" + AD.address())
                .authorities(AD.authority())
                .gssapi(ActiveDirectory.principal(account), AD.keytab(account))
                .open();
    }

    @Test
    void whoamiTellsThePrincipalAndTheNestedGroups() throws IOException {
        assertThat(run(MEMBER, "whoami --json")).as(err).isZero();

        assertThat(json().get("caller").asText()).isEqualTo(MEMBER);
        assertThat(json().get("kind").asText()).isEqualTo("HUMAN");
        assertThat(json().get("groups").findValuesAsText("group")).contains("DKM Readers", "Mail Services");
        assertThat(json().toString())
                .contains("{\"group\":\"DKM Readers\",\"path\":[\"Mail Services\",\"DKM Readers\"]}");
    }

    @Test
    void explainAndSetGoByTheDirectory() throws IOException {
        assertThat(run(OWNER, "policy explain --caller svc-mail --operation decrypt --json"))
                .as(err)
                .isZero();
        assertThat(json().get("path").toString()).isEqualTo("[\"Mail Services\",\"DKM Readers\"]");
        assertThat(run(OWNER, "policy explain --caller svc-other --operation decrypt"))
                .isEqualTo(3);

        configuration(OWNER, bind("store", OWNER) + bind("groups", OWNER) + "policy.deny.decrypt=Mail Services\n");
        assertThat(run(OWNER, "policy set --reason incident")).as(err).isZero();
        assertThat(run(OWNER, "policy explain --caller svc-mail --operation decrypt"))
                .isEqualTo(3);
        assertThat(new String(out, UTF_8)).contains("deny: decrypt = Mail Services");
    }

    @Test
    void accessControlListsAreCheckedAndPutRight() throws LDAPException {
        assertThat(run(OWNER, "store check-acl")).as(new String(out, UTF_8)).isZero();
        // Without a descriptor of its own, whatever is made gets the one that lets everybody read.
        try (LDAPConnectionPool owner = connect(OWNER)) {
            owner.add("CN=leak," + holder, new Attribute("objectClass", "container"));
        }

        assertThat(run(OWNER, "store check-acl")).isEqualTo(1);
        assertThat(new String(out, UTF_8)).contains("CN=leak");
        assertThat(run(OWNER, "store check-acl --fix"))
                .as(new String(out, UTF_8))
                .isZero();
        assertThat(run(OWNER, "store check-acl")).isZero();
    }

    @Test
    void whatCouldNotBePutRightIsToldWithWhatToDo() {
        assertThat(run("administrator", "store check-acl --fix")).as(err).isEqualTo(1);
        assertThat(new String(out, UTF_8).lines())
                .anySatisfy(line -> assertThat(line)
                        .startsWith(holder + ": let one of the domain's administrators take ownership of it; "));
        assertThat(run(MEMBER, "store check-acl --fix")).as(err).isZero();
        assertThat(run(OUTSIDER, "store check-acl --fix")).isEqualTo(3);
        assertThat(err).contains("this account is none, whatever else it may do");
    }

    @Test
    void aKeytabOfAnotherAccountIsNotThisOne() throws IOException {
        configuration(
                "mixed",
                bind("store", MEMBER)
                                .replace(
                                        AD.keytab(MEMBER).toString(),
                                        AD.keytab(OUTSIDER).toString())
                        + bind("groups", MEMBER));

        assertThat(run("mixed", "decrypt")).isEqualTo(6);
        assertThat(err).doesNotContain("Exception");
    }

    @Test
    void aDirectoryThatIsNotThereIsUnavailable() throws IOException {
        configuration("away", bind("store", MEMBER) + bind("groups", MEMBER));
        Path file = folder.resolve("away.properties");
        Files.writeString(file, Files.readString(file).replaceFirst("groups=ldap:.*", "groups=ldaps://127.0.0.9"));

        assertThat(run("away", "whoami")).isEqualTo(6);
        assertThat(err.lines()).hasSize(1);
    }
}
