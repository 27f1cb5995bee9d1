package io.github.dkm4j.policy.ldap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.unboundid.ldap.listener.InMemoryDirectoryServer;
import com.unboundid.ldap.listener.InMemoryDirectoryServerConfig;
import com.unboundid.ldap.sdk.LDAPConnection;
import com.unboundid.ldap.sdk.LDAPConnectionOptions;
import com.unboundid.ldap.sdk.LDAPConnectionPool;
import com.unboundid.ldap.sdk.LDAPException;
import com.unboundid.ldif.LDIFException;
import io.github.dkm4j.key.GroupDirectoryUnavailable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The dialect of other directories than Active Directory, on a server in this process. */
class LdapGroupDirectoryTest {
    private static final String BASE = "dc=test";

    private final InMemoryDirectoryServer server = server();
    private final TestTime time = new TestTime(Instant.parse("2026-11-24T12:00:00Z"));
    private final LdapGroupDirectory directory =
            LdapGroupDirectory.over(server, BASE).clock(time).build();

    private static InMemoryDirectoryServer server() {
        try {
            InMemoryDirectoryServerConfig config = new InMemoryDirectoryServerConfig(BASE);
            config.setSchema(null);
            config.setListenerExceptionHandler(null);
            return new InMemoryDirectoryServer(config);
        } catch (LDAPException e) {
            throw new IllegalStateException(e);
        }
    }

    @BeforeEach
    void fill() throws LDAPException, LDIFException {
        server.add("dn: dc=test", "objectClass: domain", "dc: test");
        person("svc");
        group("inner", "uid=svc,dc=test");
        group("outer", "cn=inner,dc=test", "cn=cycle,dc=test");
        group("cycle", "cn=outer,dc=test");
    }

    @AfterEach
    void stop() {
        server.shutDown(true);
    }

    @Test
    void nestedGroupsAndCyclesAreFollowed() {
        assertThat(directory.isMember("svc", "inner")).isTrue();
        assertThat(directory.isMember("svc", "cycle")).isTrue();
        assertThat(directory.path("svc", "cycle")).contains(List.of("inner", "outer", "cycle"));
        assertThat(directory.memberships("svc"))
                .containsExactly(List.of("inner", "outer", "cycle"), List.of("inner"), List.of("inner", "outer"));
    }

    @Test
    void aGroupOfNamesWhoseMembersAreHiddenIsAnError() throws LDAPException, LDIFException {
        group("hidden");
        server.add("dn: cn=posix,dc=test", "objectClass: posixGroup", "cn: posix");

        for (String name : List.of("hidden", "cn=hidden,dc=test")) {
            assertThatThrownBy(() -> directory.exists(name))
                    .isInstanceOf(GroupDirectoryUnavailable.class)
                    .hasMessageContaining("shows no member");
            assertThatThrownBy(() -> directory.isMember("svc", name)).isInstanceOf(GroupDirectoryUnavailable.class);
        }
        assertThat(directory.exists("posix")).isTrue(); // such a group may have none
    }

    @Test
    void aGroupThatExistsAtAnotherPlaceIsAskedAboutThere() throws LDAPException, LDIFException {
        assertThat(directory.isMember("svc", "inner")).isTrue();
        server.delete("cn=inner,dc=test");
        person("unit");
        server.add(
                "dn: cn=inner,uid=unit,dc=test", "objectClass: groupOfNames", "cn: inner", "member: uid=unit,dc=test");

        assertThat(directory.exists("inner")).isTrue();
        assertThat(directory.isMember("unit", "inner")).isTrue();
    }

    @Test
    void nsAccountLockCountsIfItIsTrue() throws LDAPException, LDIFException {
        server.modify("dn: uid=svc,dc=test", "changetype: modify", "add: nsAccountLock", "nsAccountLock: false");
        assertThat(directory.isMember("svc", "outer")).isTrue();

        server.modify("dn: uid=svc,dc=test", "changetype: modify", "replace: nsAccountLock", "nsAccountLock: true");
        time.advance(Duration.ofSeconds(1));
        assertThat(directory.isMember("svc", "outer")).isFalse();
    }

    @Test
    void aNewHolderOfANameIsNotTakenForTheOld() throws LDAPException, LDIFException {
        assertThat(directory.isMember("svc", "outer")).isTrue();
        server.modifyDN("uid=svc,dc=test", "uid=old", true);
        server.modify("dn: uid=old,dc=test", "changetype: modify", "replace: cn", "cn: old");
        person("svc");
        server.modify("dn: cn=inner,dc=test", "changetype: modify", "replace: member", "member: uid=old,dc=test");
        time.advance(Duration.ofSeconds(1));

        assertThat(directory.isMember("svc", "outer")).isFalse();
        assertThat(directory.isMember("old", "outer")).isTrue();
    }

    @Test
    void aClockThatIsSetBackReusesNothing() throws LDAPException, LDIFException {
        assertThat(directory.isMember("svc", "inner")).isTrue();
        server.modify("dn: cn=inner,dc=test", "changetype: modify", "replace: member", "member: uid=none,dc=test");
        time.advance(Duration.ofHours(-1));

        assertThat(directory.isMember("svc", "inner")).isFalse();
    }

    @Test
    void anAccountInVeryManyGroupsIsAnErrorInsteadOfASearchWithoutEnd() throws LDAPException, LDIFException {
        person("everywhere");
        for (int i = 0; i <= 5_000; i++) {
            group("g" + i, "uid=everywhere,dc=test");
        }

        assertThatThrownBy(() -> directory.isMember("everywhere", "g1"))
                .isInstanceOf(GroupDirectoryUnavailable.class)
                .hasMessageContaining("more than 5000 groups");
    }

    @Test
    void aServerThatSaysNothingIsAnErrorWithinTheTimeOut() throws IOException, LDAPException {
        LDAPConnectionOptions options = new LDAPConnectionOptions();
        options.setResponseTimeoutMillis(100);
        try (ServerSocket silent = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
                LDAPConnection connection = new LDAPConnection(options, "127.0.0.1", silent.getLocalPort());
                LDAPConnectionPool pool = new LDAPConnectionPool(connection, 1)) {
            LdapGroupDirectory unanswered = LdapGroupDirectory.over(pool, BASE).build();
            assertThatThrownBy(() -> unanswered.isMember("svc", "inner")).isInstanceOf(GroupDirectoryUnavailable.class);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "test", "dc", "="})
    void aBaseIsADistinguishedName(String base) {
        assertThatThrownBy(() -> LdapGroupDirectory.over(server, base)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void timesHaveLimits() {
        LdapGroupDirectory.Builder builder = LdapGroupDirectory.over(server, BASE);

        assertThatThrownBy(() -> builder.reuseFor(Duration.ofMillis(-1))).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> builder.rememberNamesFor(Duration.ofDays(2)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    private void person(String name) throws LDAPException, LDIFException {
        server.add("dn: uid=" + name + ",dc=test", "objectClass: person", "uid: " + name, "cn: " + name, "sn: x");
    }

    private void group(String name, String... members) throws LDAPException, LDIFException {
        String[] lines = new String[3 + members.length];
        lines[0] = "dn: cn=" + name + ",dc=test";
        lines[1] = "objectClass: groupOfNames";
        lines[2] = "cn: " + name;
        for (int i = 0; i < members.length; i++) {
            lines[3 + i] = "member: " + members[i];
        }
        server.add(lines);
    }
}
