package io.github.dkm4j.policy.ldap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.unboundid.ldap.sdk.AddRequest;
import com.unboundid.ldap.sdk.Attribute;
import com.unboundid.ldap.sdk.DeleteRequest;
import com.unboundid.ldap.sdk.LDAPConnection;
import com.unboundid.ldap.sdk.LDAPConnectionPool;
import com.unboundid.ldap.sdk.LDAPException;
import com.unboundid.ldap.sdk.Modification;
import com.unboundid.ldap.sdk.ModificationType;
import com.unboundid.ldap.sdk.controls.ManageDsaITRequestControl;
import io.github.dkm4j.directory.OpenLdap;
import io.github.dkm4j.key.GroupDirectoryUnavailable;
import io.github.dkm4j.ldap.LdapConnections;
import io.github.dkm4j.policy.CallerKind;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Groups of a real OpenLDAP, asked as an account without special rights. */
@Tag("directory")
class OpenLdapGroupsTest {
    private static final OpenLdap SERVER = OpenLdap.running();
    private static final LDAPConnectionPool POOL = LdapConnections.to("ldap://" + SERVER.address())
            .authorities(SERVER.authority())
            .simple(OpenLdap.account("svc-other"), SERVER.password("svc-other"))
            .open();

    private final TestTime time = new TestTime(Instant.parse("2026-11-24T12:00:00Z"));
    private final CountedConnections counted = new CountedConnections(POOL);
    private final LdapGroupDirectory directory = LdapGroupDirectory.over(counted.connections(), OpenLdap.BASE)
            .clock(time)
            .build();

    @AfterAll
    static void disconnect() {
        POOL.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"svc-mail", "SVC-MAIL", "uid=svc-mail,ou=people,dc=dkm4j,dc=test"})
    void membersOfANestedGroupAreMembers(String caller) {
        assertThat(directory.isMember(caller, "Mail Services")).isTrue();
        assertThat(directory.isMember(caller, "DKM Readers")).isTrue();
        assertThat(directory.isMember(caller, OpenLdap.group("DKM Readers"))).isTrue();
        assertThat(directory.isMember(caller, "DKM Admins")).isFalse();
        assertThat(directory.path(caller, "DKM Readers")).contains(List.of("Mail Services", "DKM Readers"));
        assertThat(directory.memberships(caller))
                .contains(List.of("Mail Services", "DKM Readers"), List.of("Mail Services"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "nobody",
                "*",
                "svc-mai*",
                "svc-mail)(cn=*",
                "a)(cn=*",
                "\\2a",
                "svc-mail\u0000",
                "\u0000",
                "svc-mail ",
                "Mail Services",
                "cn=Mail Services,ou=groups,dc=dkm4j,dc=test",
                "ou=people,dc=dkm4j,dc=test",
                "uid=,=",
                "uid=svc-mail,ou=people,dc=elsewhere,dc=test"
            })
    void whoIsNotThereIsAHumanWithoutGroups(String name) {
        assertThat(directory.isMember(name, "DKM Readers")).isFalse();
        assertThat(directory.path(name, "DKM Readers")).isEmpty();
        assertThat(directory.memberships(name)).isEmpty();
        assertThat(directory.kind(name)).isEqualTo(CallerKind.HUMAN);
    }

    @ParameterizedTest
    @ValueSource(strings = {"No Such Group", "*", "DKM*", "DKM Readers)(cn=*", "\\2a", "\u0000", "svc-mail"})
    void aGroupThatIsNotThereHasNoMembers(String group) {
        assertThat(directory.isMember("svc-mail", group)).isFalse();
        assertThat(directory.exists(group)).isFalse();
        assertThat(directory.exists("DKM Readers")).isTrue();
    }

    @Test
    void tenLevelsOfNestingAndACycleAreFollowed() {
        SERVER.addUser("deep");
        SERVER.addGroup("level 1", OpenLdap.account("deep"), OpenLdap.group("level 10"));
        for (int level = 2; level <= 10; level++) {
            SERVER.addGroup("level " + level, OpenLdap.group("level " + (level - 1)));
        }

        assertThat(directory.isMember("deep", "level 10")).isTrue();
        assertThat(directory.path("deep", "level 10").orElseThrow()).hasSize(10).startsWith("level 1", "level 2");
        assertThat(directory.memberships("deep")).hasSize(10);
    }

    @Test
    void aGroupOfFiveThousandIsNoMatter() {
        SERVER.addUser("last-of-many");
        SERVER.addGroup(
                "crowd",
                Stream.concat(
                                IntStream.range(0, 4_999).mapToObj(i -> OpenLdap.account("absent" + i)),
                                Stream.of(OpenLdap.account("last-of-many")))
                        .toArray(String[]::new));

        assertThat(directory.isMember("last-of-many", "crowd")).isTrue();
        assertThat(directory.isMember("alice", "crowd")).isFalse();
    }

    @Test
    void anAccountInMoreGroupsThanAPageHoldsIsInAllOfThem() throws LDAPException {
        SERVER.addUser("busy");
        try (LDAPConnection connection = SERVER.administrator()) {
            for (int i = 0; i < 1_100; i++) {
                connection.add(
                        OpenLdap.group("many" + i),
                        new Attribute("objectClass", "groupOfNames"),
                        new Attribute("cn", "many" + i),
                        new Attribute("member", OpenLdap.account("busy")));
            }
        }
        SERVER.addGroup("above many", OpenLdap.group("many1099"));
        // Pages have to be asked for on one connection, which a pool does not promise by itself.
        LdapGroupDirectory pooled = LdapGroupDirectory.over(POOL, OpenLdap.BASE).build();

        assertThat(pooled.isMember("busy", "many0")).isTrue();
        assertThat(pooled.isMember("busy", "many1099")).isTrue();
        assertThat(pooled.isMember("busy", "above many")).isTrue();
    }

    @Test
    void uniqueMembersAndPosixMembersCount() {
        SERVER.add(
                OpenLdap.account("unixer"),
                new Attribute("objectClass", "inetOrgPerson", "posixAccount"),
                new Attribute("uid", "unixer"),
                new Attribute("cn", "Unix Er"),
                new Attribute("sn", "Er"),
                new Attribute("uidNumber", "1001"),
                new Attribute("gidNumber", "2001"),
                new Attribute("homeDirectory", "/"));
        SERVER.add(
                OpenLdap.group("by-unique"),
                new Attribute("objectClass", "groupOfUniqueNames"),
                new Attribute("cn", "by-unique"),
                new Attribute("uniqueMember", OpenLdap.account("unixer")));
        SERVER.add(
                OpenLdap.group("by-uid"),
                new Attribute("objectClass", "posixGroup"),
                new Attribute("cn", "by-uid"),
                new Attribute("gidNumber", "2002"),
                new Attribute("memberUid", "unixer"));
        SERVER.add(
                OpenLdap.group("primary"),
                new Attribute("objectClass", "posixGroup"),
                new Attribute("cn", "primary"),
                new Attribute("gidNumber", "2001"));
        SERVER.addGroup("above", OpenLdap.group("by-unique"), OpenLdap.group("by-uid"));

        for (String caller : List.of("unixer", "Unix Er")) {
            for (String group : List.of("by-unique", "by-uid", "primary", "above")) {
                assertThat(directory.isMember(caller, group)).as(group).isTrue();
            }
        }
        assertThat(directory.isMember("alice", "primary")).isFalse();
    }

    @Test
    void lockedAccountsAreMembersOfNothing() {
        SERVER.addUser("locked");
        SERVER.addGroup("of locked", OpenLdap.account("locked"));
        assertThat(directory.isMember("locked", "of locked")).isTrue();

        SERVER.disable("locked");
        time.advance(Duration.ofSeconds(1));

        assertThat(directory.isMember("locked", "of locked")).isFalse();
        assertThat(directory.memberships("locked")).isEmpty();
    }

    @Test
    void aNameOfTwoIsAnError() {
        SERVER.addUser("twice");
        SERVER.add(
                OpenLdap.account("pretender"),
                new Attribute("objectClass", "inetOrgPerson"),
                new Attribute("uid", "pretender"),
                new Attribute("cn", "twice"),
                new Attribute("sn", "x"));
        SERVER.addGroup("double", OpenLdap.account("twice"));
        SERVER.add(
                "cn=double,ou=people," + OpenLdap.BASE,
                new Attribute("objectClass", "groupOfNames"),
                new Attribute("cn", "double"),
                new Attribute("member", OpenLdap.account("pretender")));

        assertThatThrownBy(() -> directory.isMember("twice", "DKM Readers"))
                .isInstanceOf(GroupDirectoryUnavailable.class)
                .hasMessageContaining("account 'twice'");
        assertThatThrownBy(() -> directory.isMember("pretender", "double"))
                .isInstanceOf(GroupDirectoryUnavailable.class)
                .hasMessageContaining("group 'double'");
        assertThat(directory.isMember(OpenLdap.account("twice"), OpenLdap.group("double")))
                .isTrue();
    }

    @Test
    void aRemovalIsSeenAtTheNextQuestionAfterASecond() {
        SERVER.addUser("leaver");
        SERVER.addGroup("team", OpenLdap.account("leaver"), OpenLdap.account("alice"));
        assertThat(directory.isMember("leaver", "team")).isTrue();

        SERVER.removeMembers("team", OpenLdap.account("leaver"));
        time.advance(Duration.ofSeconds(1));

        assertThat(directory.isMember("leaver", "team")).isFalse();
    }

    @Test
    void aKnownAccountCostsOneRoundTripAndOneForEachLevel() {
        directory.isMember("svc-mail", "DKM Readers");
        time.advance(Duration.ofSeconds(1));

        assertThat(counted.during(() -> directory.isMember("svc-mail", "DKM Readers")))
                .isEqualTo(4); // the account, its groups, theirs, and that there are no more
    }

    @Test
    void servicesAreBelowAUnitOrInAGroup() {
        LdapGroupDirectory byGroup = LdapGroupDirectory.over(POOL, OpenLdap.BASE)
                .services("Mail Services")
                .build();
        LdapGroupDirectory byUnit = LdapGroupDirectory.over(POOL, OpenLdap.BASE)
                .services(OpenLdap.PEOPLE)
                .build();
        LdapGroupDirectory elsewhere = LdapGroupDirectory.over(POOL, OpenLdap.BASE)
                .services(OpenLdap.GROUPS)
                .build();

        assertThat(byGroup.kind("svc-mail")).isEqualTo(CallerKind.SERVICE);
        assertThat(byGroup.kind("svc-other")).isEqualTo(CallerKind.HUMAN);
        assertThat(byUnit.kind("svc-other")).isEqualTo(CallerKind.SERVICE);
        assertThat(elsewhere.kind("svc-other")).isEqualTo(CallerKind.HUMAN);
    }

    @ParameterizedTest
    @ValueSource(strings = {"uid=svc-other,ou=people,dc=dkm4j,dc=test", "svc-other", "svc-other@DKM4J.TEST"})
    void theBoundAccountIsTheIdentityByItsPlaceWhateverItWasCalled(String account) {
        LdapGroupDirectory known =
                LdapGroupDirectory.over(POOL, OpenLdap.BASE).account(account).build();

        assertThat(known.identity()).contains(OpenLdap.account("svc-other"));
    }

    @Test
    void whereNobodyTellsWhoIsBoundTheNameThatWasGivenCounts() {
        LdapGroupDirectory known = LdapGroupDirectory.over(counted.connections(), OpenLdap.BASE)
                .account("svc-other")
                .build();
        LdapGroupDirectory unknown = LdapGroupDirectory.over(counted.connections(), OpenLdap.BASE)
                .account("svc-other@DKM4J.TEST")
                .build();

        assertThat(known.identity()).contains(OpenLdap.account("svc-other"));
        assertThatThrownBy(unknown::identity).isInstanceOf(GroupDirectoryUnavailable.class);
    }

    @Test
    void aMemberUidThatMayMeanAnotherIsAnError() throws LDAPException {
        SERVER.addUser("boss");
        SERVER.addUser("spoofer");
        SERVER.add(
                OpenLdap.group("of boss"),
                new Attribute("objectClass", "posixGroup"),
                new Attribute("cn", "of boss"),
                new Attribute("gidNumber", "3000"),
                new Attribute("memberUid", "boss"));
        assertThat(directory.isMember("boss", "of boss")).isTrue();
        assertThat(directory.isMember("spoofer", "of boss")).isFalse();

        try (LDAPConnection connection = SERVER.administrator()) {
            connection.modify(
                    OpenLdap.account("spoofer"), new Modification(ModificationType.ADD, "uid", "boss", "alias"));
        }
        time.advance(Duration.ofSeconds(1));
        assertThatThrownBy(() -> directory.isMember("spoofer", "of boss"))
                .isInstanceOf(GroupDirectoryUnavailable.class)
                .hasMessageContaining("several uid");
        assertThatThrownBy(() -> directory.isMember(OpenLdap.account("boss"), "of boss"))
                .isInstanceOf(GroupDirectoryUnavailable.class)
                .hasMessageContaining("uid 'boss'");
        SERVER.delete(OpenLdap.account("spoofer"));

        String twin = "uid=boss,ou=groups," + OpenLdap.BASE;
        SERVER.add(
                twin,
                new Attribute("objectClass", "inetOrgPerson"),
                new Attribute("uid", "boss"),
                new Attribute("cn", "twin"),
                new Attribute("sn", "x"));
        for (String name : List.of(twin, "twin")) {
            assertThatThrownBy(() -> directory.isMember(name, "of boss"))
                    .isInstanceOf(GroupDirectoryUnavailable.class)
                    .hasMessageContaining("uid 'boss'");
        }
        SERVER.delete(twin);
        time.advance(Duration.ofSeconds(1));
        assertThat(directory.isMember("boss", "of boss")).isTrue();
    }

    @Test
    void severalUidsAreNoMatterToGroupsOfOtherMembers() throws LDAPException {
        SERVER.addUser("many-named");
        try (LDAPConnection connection = SERVER.administrator()) {
            connection.modify(
                    OpenLdap.account("many-named"), new Modification(ModificationType.ADD, "uid", "named-many"));
        }
        SERVER.addGroup("of many-named", OpenLdap.account("many-named"));

        assertThat(directory.isMember("named-many", "of many-named")).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\u017fvc-mail",
                "svc-ma\u0131l",
                "svc-m\u00e1il",
                "\uff53vc-mail",
                "uid=\u017fvc-mail,ou=people,dc=dkm4j,dc=test"
            })
    void lettersThatFoldToOthersAreOthers(String name) {
        assertThat(directory.isMember(name, "DKM Readers")).isFalse();
    }

    @Test
    void aPartOfTheDirectoryThatIsElsewhereIsAnError() throws LDAPException {
        String base = "ou=split," + OpenLdap.BASE;
        SERVER.add(base, new Attribute("objectClass", "organizationalUnit"), new Attribute("ou", "split"));
        SERVER.add("uid=here," + base, new Attribute("objectClass", "account"), new Attribute("uid", "here"));
        LdapGroupDirectory split = LdapGroupDirectory.over(POOL, base).build();
        assertThat(split.exists("elsewhere")).isFalse();

        String away = "ou=away," + base;
        try (LDAPConnection connection = SERVER.administrator()) {
            AddRequest referral = new AddRequest(
                    away,
                    new Attribute("objectClass", "referral", "extensibleObject"),
                    new Attribute("ou", "away"),
                    new Attribute("ref", "ldap://127.0.0.9:1/" + away));
            referral.addControl(new ManageDsaITRequestControl(true));
            connection.add(referral);
            try {
                assertThatThrownBy(() -> split.exists("elsewhere"))
                        .isInstanceOf(GroupDirectoryUnavailable.class)
                        .hasMessageContaining("elsewhere");
                assertThatThrownBy(() -> split.isMember("uid=here," + base, "uid=here," + base))
                        .isInstanceOf(GroupDirectoryUnavailable.class);
                assertThatThrownBy(() -> split.isMember("here", "elsewhere"))
                        .isInstanceOf(GroupDirectoryUnavailable.class);
            } finally {
                DeleteRequest removal = new DeleteRequest(away);
                removal.addControl(new ManageDsaITRequestControl(true));
                connection.delete(removal);
            }
        }
    }

    @Test
    void aWrongBaseIsAnError() {
        for (String base : List.of("dc=elsewhere,dc=test", "ou=absent," + OpenLdap.BASE)) {
            LdapGroupDirectory wrong = LdapGroupDirectory.over(POOL, base).build();
            assertThatThrownBy(() -> wrong.isMember("svc-mail", "DKM Readers"))
                    .isInstanceOf(GroupDirectoryUnavailable.class);
        }
    }

    @Test
    void aServerThatDiesIsAnErrorUntilItIsBack() {
        assertThat(directory.isMember("svc-mail", "DKM Readers")).isTrue();
        SERVER.kill();
        try {
            time.advance(Duration.ofSeconds(1));
            assertThatThrownBy(() -> directory.isMember("svc-mail", "DKM Readers"))
                    .isInstanceOf(GroupDirectoryUnavailable.class);
            assertThatThrownBy(() -> directory.exists("DKM Readers")).isInstanceOf(GroupDirectoryUnavailable.class);
        } finally {
            SERVER.restart();
        }
        assertThat(directory.isMember("svc-mail", "DKM Readers")).isTrue();
    }
}
