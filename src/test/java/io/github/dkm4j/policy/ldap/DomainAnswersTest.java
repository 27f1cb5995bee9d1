package io.github.dkm4j.policy.ldap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.unboundid.ldap.listener.InMemoryDirectoryServer;
import com.unboundid.ldap.listener.InMemoryDirectoryServerConfig;
import com.unboundid.ldap.sdk.Attribute;
import com.unboundid.ldap.sdk.Entry;
import com.unboundid.ldap.sdk.LDAPException;
import com.unboundid.ldap.sdk.ReadOnlyEntry;
import io.github.dkm4j.key.GroupDirectoryUnavailable;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is concluded from what a domain shows, on a server in this process that says that it is one. */
class DomainAnswersTest {
    private static final String BASE = "dc=test";
    private static final String ACCOUNT = "cn=svc,dc=test";
    private static final String GROUP = "cn=readers,dc=test";
    private static final byte[] GROUP_SID = Sid.binary("S-1-5-21-1-2-3-2000").orElseThrow();

    private final InMemoryDirectoryServer server = server();
    private final LdapGroupDirectory directory = LdapGroupDirectory.over(server, BASE)
            .clock(new TestTime(Instant.parse("2026-11-24T12:00:00Z")))
            .build();

    private static InMemoryDirectoryServer server() {
        try {
            InMemoryDirectoryServerConfig config = new InMemoryDirectoryServerConfig(BASE);
            config.setSchema(null);
            config.setRootDSEEntry(new ReadOnlyEntry(
                    "",
                    new Attribute("objectClass", "top"),
                    new Attribute("supportedCapabilities", ActiveDirectoryDialect.CAPABILITY)));
            return new InMemoryDirectoryServer(config);
        } catch (LDAPException e) {
            throw new IllegalStateException(e);
        }
    }

    @BeforeEach
    void fill() throws LDAPException {
        server.add(BASE, new Attribute("objectClass", "domain"), new Attribute("dc", "test"));
        server.add(
                GROUP,
                new Attribute("objectClass", "group"),
                new Attribute("objectSid", GROUP_SID),
                new Attribute("sAMAccountName", "readers"),
                new Attribute("groupType", "-2147483646"));
    }

    @AfterEach
    void stop() {
        server.shutDown(true);
    }

    private static Entry account() {
        return new Entry(
                ACCOUNT,
                new Attribute("objectClass", "user"),
                new Attribute("objectSid", Sid.binary("S-1-5-21-1-2-3-1000").orElseThrow()),
                new Attribute("sAMAccountName", "svc"),
                new Attribute("userAccountControl", "512"),
                new Attribute("msDS-User-Account-Control-Computed", "0"),
                new Attribute("accountExpires", "0"),
                new Attribute("tokenGroups", GROUP_SID));
    }

    @Test
    void anAccountThatShowsEverythingIsAMember() throws LDAPException {
        server.add(account());

        assertThat(directory.isMember(ACCOUNT, GROUP)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "sAMAccountName",
                "userAccountControl",
                "msDS-User-Account-Control-Computed",
                "accountExpires",
                "tokenGroups"
            })
    void anAccountThatHidesSomethingIsAnError(String attribute) throws LDAPException {
        Entry entry = account();
        entry.removeAttribute(attribute);
        server.add(entry);

        assertThatThrownBy(() -> directory.isMember(ACCOUNT, GROUP))
                .isInstanceOf(GroupDirectoryUnavailable.class)
                .hasMessageContaining("the directory does not show");
    }

    @ParameterizedTest
    @ValueSource(strings = {"userAccountControl", "msDS-User-Account-Control-Computed", "accountExpires"})
    void aNumberThatIsNoneIsAnError(String attribute) throws LDAPException {
        Entry entry = account();
        entry.setAttribute(attribute, "never");
        server.add(entry);

        assertThatThrownBy(() -> directory.isMember(ACCOUNT, GROUP)).isInstanceOf(GroupDirectoryUnavailable.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "133000000000000000"})
    void theStoredLockCountsWhereTheComputedIsNot(String since) throws LDAPException {
        Entry entry = account();
        entry.removeAttribute("msDS-User-Account-Control-Computed");
        entry.setAttribute("lockoutTime", since);
        server.add(entry);

        assertThat(directory.isMember(ACCOUNT, GROUP)).isEqualTo(since.equals("0"));
    }

    @Test
    void aGroupThatHidesItsKindIsAnError() throws LDAPException {
        server.add(account());
        server.delete(GROUP);
        server.add(GROUP, new Attribute("objectClass", "group"), new Attribute("objectSid", GROUP_SID));

        assertThatThrownBy(() -> directory.isMember(ACCOUNT, GROUP))
                .isInstanceOf(GroupDirectoryUnavailable.class)
                .hasMessageContaining("groupType");
    }
}
