package io.github.dkm4j.policy.ldap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.unboundid.ldap.sdk.Attribute;
import com.unboundid.ldap.sdk.LDAPConnection;
import com.unboundid.ldap.sdk.LDAPConnectionPool;
import com.unboundid.ldap.sdk.LDAPException;
import com.unboundid.ldap.sdk.Modification;
import com.unboundid.ldap.sdk.ModificationType;
import io.github.dkm4j.directory.ActiveDirectory;
import io.github.dkm4j.key.GroupDirectoryUnavailable;
import io.github.dkm4j.ldap.LdapConnections;
import io.github.dkm4j.policy.CallerKind;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Groups of a real domain, asked as an account without special rights. */
@Tag("directory")
class ActiveDirectoryGroupsTest {
    /** More than the 1,500 that one answer of Active Directory holds; CI has 5,000. */
    private static final int MEMBERS = Integer.getInteger("directory.members", 1_600);

    private static final ActiveDirectory SERVER = ActiveDirectory.running();
    private static final Instant START = Instant.parse("2026-11-24T12:00:00Z");
    private static final Duration SECOND = Duration.ofSeconds(1);

    private static final LDAPConnectionPool POOL = LdapConnections.to("ldaps://" + SERVER.address())
            .authorities(SERVER.authority())
            .gssapi(ActiveDirectory.principal("svc-other"), SERVER.keytab("svc-other"))
            .open();

    private final TestTime time = new TestTime(START);
    private final CountedConnections counted = new CountedConnections(POOL);
    private final LdapGroupDirectory directory = LdapGroupDirectory.over(counted.connections(), ActiveDirectory.BASE)
            .clock(time)
            .build();

    @AfterAll
    static void disconnect() {
        POOL.close();
    }

    @Test
    void membersOfANestedGroupAreMembers() {
        assertThat(directory.isMember("svc-mail", "Mail Services")).isTrue();
        assertThat(directory.isMember("svc-mail", "DKM Readers")).isTrue();
        assertThat(directory.isMember("svc-mail", "DKM Admins")).isFalse();
        assertThat(directory.isMember("alice", "DKM Readers")).isFalse();
    }

    @Test
    void everyFormOfAnAccountsNameIsTheAccount() throws LDAPException {
        for (String name : List.of(
                "svc-mail",
                "SVC-MAIL",
                "svc-mail@ad.dkm4j.test",
                "svc-mail@AD.DKM4J.TEST",
                "DKM4J\\svc-mail",
                "dkm4j\\svc-mail",
                "ad.dkm4j.test\\svc-mail",
                ActiveDirectory.dn("svc-mail"),
                "cn=svc-mail, cn=users, dc=AD,dc=dkm4j,dc=test",
                sid("svc-mail"))) {
            assertThat(directory.isMember(name, "DKM Readers")).as(name).isTrue();
        }
    }

    @Test
    void everyFormOfAGroupsNameIsTheGroup() throws LDAPException {
        for (String name : List.of(
                "DKM Readers",
                "dkm readers",
                "DKM4J\\DKM Readers",
                ActiveDirectory.dn("DKM Readers"),
                sid("DKM Readers"))) {
            assertThat(directory.isMember("svc-mail", name)).as(name).isTrue();
            assertThat(directory.exists(name)).as(name).isTrue();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "nobody",
                "svc-mail@elsewhere.test",
                "ELSEWHERE\\svc-mail",
                "DKM4J\\",
                "\\svc-mail",
                "CN=nobody,CN=Users,DC=ad,DC=dkm4j,DC=test",
                "CN=svc-mail,CN=Users,DC=elsewhere,DC=test",
                "S-1-5-21-1-2-3-4",
                "DKM Readers",
                "*",
                "svc-mai*",
                "svc-mail)(cn=*",
                "a)(cn=*",
                "*)(objectClass=*",
                "\\2a",
                "\\2A)(cn=\\2a",
                "svc-mail\u0000",
                "\u0000",
                "svc-mail ",
                " svc-mail",
                "svc\u2010mail",
                "=",
                "CN=,=",
                "@",
                "@AD.DKM4J.TEST"
            })
    void whoIsNotThereIsAHumanWithoutGroups(String name) {
        assertThat(directory.isMember(name, "DKM Readers")).isFalse();
        assertThat(directory.path(name, "DKM Readers")).isEmpty();
        assertThat(directory.memberships(name)).isEmpty();
        assertThat(directory.kind(name)).isEqualTo(CallerKind.HUMAN);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "No Such Group",
                "*",
                "DKM*",
                "DKM Readers)(cn=*",
                "\\2a",
                "\u0000",
                "svc-mail",
                "CN=No Such Group,CN=Users,DC=ad,DC=dkm4j,DC=test",
                "CN=DKM Readers,CN=Users,DC=elsewhere,DC=test",
                "S-1-5-21-1-2-3-4"
            })
    void aGroupThatIsNotThereHasNoMembers(String group) {
        assertThat(directory.isMember("svc-mail", group)).isFalse();
        assertThat(directory.exists(group)).isFalse();
    }

    @Test
    void thePrimaryGroupCounts() {
        assertThat(directory.isMember("svc-mail", "Domain Users")).isTrue();
        assertThat(directory.path("svc-mail", "Domain Users")).contains(List.of("Domain Users"));
        // Which is itself in a group of the domain.
        assertThat(directory.path("svc-mail", "CN=Users,CN=Builtin," + ActiveDirectory.BASE))
                .contains(List.of("Domain Users", "CN=Users,CN=Builtin," + ActiveDirectory.BASE));
    }

    @Test
    void tenLevelsOfNestingAndACycleAreFollowed() {
        SERVER.addUser("deep");
        SERVER.addGroup("level 1", ActiveDirectory.dn("deep"));
        for (int level = 2; level <= 10; level++) {
            SERVER.addGroup("level " + level, ActiveDirectory.dn("level " + (level - 1)));
        }
        SERVER.addMembers("level 1", ActiveDirectory.dn("level 10"));

        assertThat(directory.isMember("deep", "level 10")).isTrue();
        assertThat(directory.path("deep", "level 10"))
                .contains(List.of(
                        "level 1",
                        "level 2",
                        "level 3",
                        "level 4",
                        "level 5",
                        "level 6",
                        "level 7",
                        "level 8",
                        "level 9",
                        "level 10"));
        assertThat(directory.memberships("deep"))
                .filteredOn(path -> path.get(0).startsWith("level"))
                .hasSize(10);
    }

    @Test
    void aGroupWithMoreMembersThanOneAnswerHoldsIsNoMatter() throws LDAPException {
        List<String> members = new ArrayList<>();
        try (LDAPConnection connection = SERVER.administrator()) {
            for (int i = 0; i < MEMBERS - 1; i++) {
                String dn = ActiveDirectory.dn("crowd" + i);
                connection.add(dn, new Attribute("objectClass", "contact"));
                members.add(dn);
            }
        }
        SERVER.addUser("last-of-many");
        members.add(ActiveDirectory.dn("last-of-many"));
        SERVER.addGroup("crowd", members.toArray(String[]::new));

        assertThat(directory.isMember("last-of-many", "crowd")).isTrue();
        assertThat(directory.path("last-of-many", "crowd")).contains(List.of("crowd"));
        assertThat(directory.isMember("alice", "crowd")).isFalse();
    }

    @Test
    void disabledAccountsAreMembersOfNothing() {
        assertThat(directory.isMember("svc-disabled", "Mail Services")).isFalse();
        assertThat(directory.path("svc-disabled", "Mail Services")).isEmpty();
        assertThat(directory.memberships("svc-disabled")).isEmpty();

        SERVER.addUser("soon-disabled");
        SERVER.addGroup("of soon-disabled", ActiveDirectory.dn("soon-disabled"));
        assertThat(directory.isMember("soon-disabled", "of soon-disabled")).isTrue();
        SERVER.disable("soon-disabled");
        time.advance(SECOND);
        assertThat(directory.isMember("soon-disabled", "of soon-disabled")).isFalse();
    }

    @Test
    void lockedAccountsAreMembersOfNothing() throws LDAPException {
        SERVER.addUser("locked");
        SERVER.setPassword("locked", "Right-1-password");
        SERVER.addGroup("of locked", ActiveDirectory.dn("locked"));
        assertThat(directory.isMember("locked", "of locked")).isTrue();
        setLockoutThreshold("3");
        try {
            for (int attempt = 0; attempt < 4; attempt++) {
                try (LDAPConnectionPool wrong = LdapConnections.to("ldaps://" + SERVER.address())
                        .authorities(SERVER.authority())
                        .simple("DKM4J\\locked", "wrong".toCharArray())
                        .open()) {
                    assertThatThrownBy(() -> wrong.getEntry("")).isInstanceOf(LDAPException.class);
                }
            }
            time.advance(SECOND);

            assertThat(directory.isMember("locked", "of locked")).isFalse();

            SERVER.replace("locked", "lockoutTime", "0");
            time.advance(SECOND);
            assertThat(directory.isMember("locked", "of locked")).isTrue();
        } finally {
            setLockoutThreshold("0");
        }
    }

    @Test
    void anAccountIsAMemberUntilItExpires() {
        SERVER.addUser("expiring");
        SERVER.addGroup("of expiring", ActiveDirectory.dn("expiring"));
        Instant end = START.plus(Duration.ofDays(365));
        SERVER.replace(
                "expiring", "accountExpires", Long.toString((end.getEpochSecond() + 11_644_473_600L) * 10_000_000));

        time.set(end.minusSeconds(1));
        assertThat(directory.isMember("expiring", "of expiring")).isTrue();
        time.set(end);
        assertThat(directory.isMember("expiring", "of expiring")).isFalse();

        SERVER.replace("expiring", "accountExpires", Long.toString(Long.MAX_VALUE));
        time.advance(SECOND);
        assertThat(directory.isMember("expiring", "of expiring")).isTrue();
    }

    @Test
    void aNameOfTwoAccountsIsAnError() {
        SERVER.addUser("twice");
        SERVER.addUser("pretender");
        SERVER.addGroup("of twice", ActiveDirectory.dn("twice"), ActiveDirectory.dn("pretender"));
        // Within its own domain's long suffix, the server itself refuses such a name.
        SERVER.replace("pretender", "userPrincipalName", "twice@DKM4J");

        assertThatThrownBy(() -> directory.isMember("twice@dkm4j", "of twice"))
                .isInstanceOf(GroupDirectoryUnavailable.class)
                .hasMessageContaining("several entries for account 'twice@dkm4j'");
        assertThat(directory.isMember("twice", "of twice")).isTrue();
        assertThat(directory.isMember(ActiveDirectory.dn("twice"), "of twice")).isTrue();
    }

    @Test
    void aPrincipalOfAnotherRealmIsNobodyUnlessItsSuffixIsTold() {
        SERVER.addUser("mallory");
        SERVER.addGroup("of mallory", ActiveDirectory.dn("mallory"));
        SERVER.replace("mallory", "userPrincipalName", "bob@other.test");

        assertThat(directory.isMember("bob@OTHER.TEST", "of mallory")).isFalse();
        assertThat(directory.memberships("bob@OTHER.TEST")).isEmpty();
        assertThat(directory.isMember("mallory@AD.DKM4J.TEST", "of mallory")).isTrue();
        LdapGroupDirectory told = LdapGroupDirectory.over(POOL, ActiveDirectory.BASE)
                .principalSuffix("other.test")
                .build();
        assertThat(told.isMember("bob@OTHER.TEST", "of mallory")).isTrue();
        assertThat(told.isMember("mallory@OTHER.TEST", "of mallory")).isFalse();
        assertThat(told.isMember("bob@elsewhere.test", "of mallory")).isFalse();
    }

    @Test
    void aDistributionGroupIsAnErrorAndOnNoPath() {
        SERVER.addUser("reader");
        SERVER.add(
                ActiveDirectory.dn("Mailing List"),
                new Attribute("objectClass", "group"),
                new Attribute("sAMAccountName", "Mailing List"),
                new Attribute("groupType", "2"),
                new Attribute("member", ActiveDirectory.dn("reader")));

        for (String name : List.of("Mailing List", ActiveDirectory.dn("Mailing List"))) {
            assertThatThrownBy(() -> directory.exists(name))
                    .isInstanceOf(GroupDirectoryUnavailable.class)
                    .hasMessageContaining("distribution group");
            assertThatThrownBy(() -> directory.isMember("reader", name))
                    .isInstanceOf(GroupDirectoryUnavailable.class)
                    .hasMessageContaining("distribution group");
        }
        assertThat(directory.memberships("reader")).doesNotContain(List.of("Mailing List"));
    }

    @Test
    void aGroupThatWasMadeAnewIsTheOneThatExists() {
        SERVER.addUser("shut-out");
        SERVER.addGroup("Barred", ActiveDirectory.dn("alice"));
        assertThat(directory.isMember("shut-out", "Barred")).isFalse();

        SERVER.delete(ActiveDirectory.dn("Barred"));
        assertThat(directory.exists("Barred")).isFalse();
        assertThat(directory.isMember("alice", "Barred")).isFalse();

        SERVER.addGroup("Barred", ActiveDirectory.dn("shut-out"));
        time.advance(SECOND);
        assertThat(directory.exists("Barred")).isTrue();
        assertThat(directory.isMember("shut-out", "Barred")).isTrue();
    }

    @Test
    void aGroupIsNotNamedByACommonNameOfAnotherForm() throws LDAPException {
        SERVER.addGroup("gone", ActiveDirectory.dn("svc-mail"));
        String sid = sid("gone");
        SERVER.delete(ActiveDirectory.dn("gone"));
        addGroupOfAlice(ActiveDirectory.dn(sid), "harmless");
        addGroupOfAlice("CN=ELSEWHERE\\\\Admins," + ActiveDirectory.USERS, "harmless-2");

        for (String name : List.of(sid, "ELSEWHERE\\Admins")) {
            assertThat(directory.exists(name)).as(name).isFalse();
            assertThat(directory.isMember("alice", name)).as(name).isFalse();
        }
        assertThat(directory.isMember("alice", "harmless")).isTrue();
        assertThat(directory.isMember("alice", "harmless-2")).isTrue();
    }

    private static void addGroupOfAlice(String dn, String account) {
        SERVER.add(
                dn,
                new Attribute("objectClass", "group"),
                new Attribute("sAMAccountName", account),
                new Attribute("member", ActiveDirectory.dn("alice")));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\u212aate",
                "kat\u0117",
                "\uff4bate",
                "DKM4J\\\u212aate",
                "\u212aate@ad.dkm4j.test",
                "CN=\u212aate,CN=Users,DC=ad,DC=dkm4j,DC=test"
            })
    void lettersThatFoldToOthersAreOthers(String name) {
        if (!directory.isMember("kate", "Domain Users")) {
            SERVER.addUser("kate");
        }

        assertThat(directory.isMember("KATE", "Domain Users")).isTrue();
        assertThat(directory.isMember(name, "Domain Users")).isFalse();
    }

    @Test
    void aNameOfTwoGroupsIsAnError() {
        SERVER.addGroup("double", ActiveDirectory.dn("svc-mail"));
        SERVER.add(
                "CN=double,OU=Domain Controllers," + ActiveDirectory.BASE,
                new Attribute("objectClass", "group"),
                new Attribute("sAMAccountName", "double-2"));

        assertThatThrownBy(() -> directory.isMember("svc-mail", "double"))
                .isInstanceOf(GroupDirectoryUnavailable.class)
                .hasMessageContaining("group 'double'");
        assertThat(directory.isMember("svc-mail", "double-2")).isFalse();
        assertThat(directory.isMember("svc-mail", ActiveDirectory.dn("double"))).isTrue();
    }

    @Test
    void aRemovalIsSeenAtTheNextQuestionAfterASecond() {
        SERVER.addUser("leaver");
        SERVER.addGroup("team", ActiveDirectory.dn("leaver"));
        assertThat(directory.isMember("leaver", "team")).isTrue();

        SERVER.removeMembers("team", ActiveDirectory.dn("leaver"));
        time.advance(SECOND);

        assertThat(directory.isMember("leaver", "team")).isFalse();
    }

    @Test
    void nothingIsReusedIfNothingShallBe() {
        LdapGroupDirectory strict = LdapGroupDirectory.over(counted.connections(), ActiveDirectory.BASE)
                .clock(time)
                .reuseFor(Duration.ZERO)
                .build();
        SERVER.addUser("strict-leaver");
        SERVER.addGroup("strict team", ActiveDirectory.dn("strict-leaver"));
        assertThat(strict.isMember("strict-leaver", "strict team")).isTrue();

        SERVER.removeMembers("strict team", ActiveDirectory.dn("strict-leaver"));

        assertThat(strict.isMember("strict-leaver", "strict team")).isFalse();
    }

    @Test
    void aMovedOrReplacedAccountIsFoundAnew() {
        SERVER.addUser("mover");
        SERVER.addGroup("of mover", ActiveDirectory.dn("mover"));
        assertThat(directory.isMember("mover", "of mover")).isTrue();

        SERVER.replace("mover", "sAMAccountName", "moved");
        SERVER.replace("mover", "userPrincipalName", "moved@ad.dkm4j.test");
        time.advance(SECOND);
        assertThat(directory.isMember("mover", "of mover")).isFalse();
        assertThat(directory.isMember("moved", "of mover")).isTrue();

        SERVER.delete(ActiveDirectory.dn("mover"));
        SERVER.addUser("mover");
        time.advance(SECOND);
        assertThat(directory.isMember("mover", "of mover")).isFalse();
    }

    @Test
    void aKnownAccountCostsOneRoundTripAndOneDecisionToo() {
        assertThat(counted.during(() -> directory.isMember("svc-mail", "DKM Readers")))
                .isEqualTo(4); // the server's kind, the account's place, the account, the group
        time.advance(SECOND);
        assertThat(counted.during(() -> directory.isMember("svc-mail", "DKM Readers")))
                .isEqualTo(1);
        assertThat(counted.during(() -> directory.isMember("svc-mail", "DKM Readers")))
                .isZero();
        assertThat(counted.during(() -> directory.isMember("svc-mail", "DKM Admins")))
                .isEqualTo(1); // the group
        assertThat(counted.during(() -> directory.kind("svc-mail"))).isZero();
    }

    @Test
    void computersAndManagedAccountsAreServices() {
        SERVER.add(
                ActiveDirectory.dn("host"),
                new Attribute("objectClass", "computer"),
                new Attribute("sAMAccountName", "host$"),
                new Attribute("userAccountControl", "4096"));
        SERVER.addGroup("of host", ActiveDirectory.dn("host"));
        SERVER.add(
                ActiveDirectory.dn("managed"),
                new Attribute("objectClass", "msDS-ManagedServiceAccount"),
                new Attribute("sAMAccountName", "managed$"),
                new Attribute("userAccountControl", "4096"));

        assertThat(directory.kind("host$")).isEqualTo(CallerKind.SERVICE);
        SERVER.add(
                ActiveDirectory.dn("group-managed"),
                new Attribute("objectClass", "msDS-GroupManagedServiceAccount"),
                new Attribute("sAMAccountName", "group-managed$"),
                new Attribute("userAccountControl", "4096"),
                new Attribute("msDS-ManagedPasswordInterval", "30"));

        assertThat(directory.kind("DKM4J\\managed$")).isEqualTo(CallerKind.SERVICE);
        assertThat(directory.kind("group-managed$@AD.DKM4J.TEST")).isEqualTo(CallerKind.SERVICE);
        assertThat(directory.isMember("host$@AD.DKM4J.TEST", "of host")).isTrue();
        LdapGroupDirectory withServices = LdapGroupDirectory.over(POOL, ActiveDirectory.BASE)
                .services("Mail Services")
                .build();
        assertThat(withServices.kind("host$")).isEqualTo(CallerKind.HUMAN); // any user can make one
        assertThat(withServices.kind("managed$")).isEqualTo(CallerKind.SERVICE);
        assertThat(withServices.kind("group-managed$")).isEqualTo(CallerKind.SERVICE);
        assertThat(directory.kind("host")).isEqualTo(CallerKind.HUMAN);
        assertThat(directory.kind("svc-mail")).isEqualTo(CallerKind.HUMAN);
    }

    @ParameterizedTest
    @ValueSource(strings = {"Mail Services", "CN=Mail Services,CN=Users,DC=ad,DC=dkm4j,DC=test"})
    void membersOfTheServicesGroupAreServices(String services) {
        LdapGroupDirectory withServices = LdapGroupDirectory.over(POOL, ActiveDirectory.BASE)
                .services(services)
                .build();

        assertThat(withServices.kind("svc-mail")).isEqualTo(CallerKind.SERVICE);
        assertThat(withServices.kind("alice")).isEqualTo(CallerKind.HUMAN);
    }

    @Test
    void accountsBelowTheServicesUnitAreServices() {
        String unit = "OU=Services," + ActiveDirectory.BASE;
        SERVER.add(unit, new Attribute("objectClass", "organizationalUnit"));
        SERVER.add(
                "CN=unit-svc," + unit,
                new Attribute("objectClass", "user"),
                new Attribute("sAMAccountName", "unit-svc"),
                new Attribute("userAccountControl", "544"));
        LdapGroupDirectory withServices = LdapGroupDirectory.over(POOL, ActiveDirectory.BASE)
                .services(unit)
                .build();

        assertThat(withServices.kind("unit-svc")).isEqualTo(CallerKind.SERVICE);
        assertThat(withServices.kind("alice")).isEqualTo(CallerKind.HUMAN);
    }

    @Test
    void servicesThatAreNotThereAreAnError() {
        LdapGroupDirectory withServices = LdapGroupDirectory.over(POOL, ActiveDirectory.BASE)
                .services("No Such Services")
                .build();

        assertThatThrownBy(() -> withServices.kind("alice")).isInstanceOf(GroupDirectoryUnavailable.class);
    }

    @Test
    void theBoundAccountIsTheIdentityByItsOwnName() {
        for (String bound : List.of("svc-other@AD.DKM4J.TEST", "DKM4J\\SVC-OTHER", ActiveDirectory.dn("svc-other"))) {
            LdapGroupDirectory known = LdapGroupDirectory.over(POOL, ActiveDirectory.BASE)
                    .account(bound)
                    .build();
            assertThat(known.identity()).contains("svc-other");
        }
        assertThat(directory.identity()).isEmpty();
        LdapGroupDirectory unknown = LdapGroupDirectory.over(POOL, ActiveDirectory.BASE)
                .account("nobody")
                .build();
        assertThatThrownBy(unknown::identity).isInstanceOf(GroupDirectoryUnavailable.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"DC=elsewhere,DC=test", "OU=absent,DC=ad,DC=dkm4j,DC=test", "CN=Users"})
    void aWrongBaseIsAnError(String base) {
        LdapGroupDirectory wrong = LdapGroupDirectory.over(POOL, base).build();

        assertThatThrownBy(() -> wrong.isMember("svc-mail", "DKM Readers"))
                .isInstanceOf(GroupDirectoryUnavailable.class)
                .hasMessageContaining(base);
        assertThatThrownBy(() -> wrong.exists("DKM Readers")).isInstanceOf(GroupDirectoryUnavailable.class);
    }

    @Test
    void whoMayNotLookIsToldAnError() {
        try (LDAPConnectionPool anonymous = LdapConnections.to("ldaps://" + SERVER.address())
                .authorities(SERVER.authority())
                .open()) {
            LdapGroupDirectory blind =
                    LdapGroupDirectory.over(anonymous, ActiveDirectory.BASE).build();
            assertThatThrownBy(() -> blind.isMember("svc-mail", "DKM Readers"))
                    .isInstanceOf(GroupDirectoryUnavailable.class);
        }
    }

    @Test
    void aServerThatDiesIsAnErrorUntilItIsBack() {
        ActiveDirectory mortal = SERVER.another();
        try (LDAPConnectionPool connections = LdapConnections.to("ldap://" + mortal.address())
                .authorities(mortal.authority())
                .simple("DKM4J\\svc-other", mortal.password("svc-other"))
                .open()) {
            LdapGroupDirectory asked = LdapGroupDirectory.over(connections, ActiveDirectory.BASE)
                    .clock(time)
                    .build();
            assertThat(asked.isMember("svc-mail", "DKM Readers")).isTrue();

            mortal.kill();
            time.advance(SECOND);
            assertThatThrownBy(() -> asked.isMember("svc-mail", "DKM Readers"))
                    .isInstanceOf(GroupDirectoryUnavailable.class)
                    .hasMessageContaining("could not be asked");
            assertThatThrownBy(() -> asked.memberships("svc-mail")).isInstanceOf(GroupDirectoryUnavailable.class);

            mortal.restart();
            assertThat(asked.isMember("svc-mail", "DKM Readers")).isTrue();
            assertThat(asked.path("svc-mail", "DKM Readers")).contains(List.of("Mail Services", "DKM Readers"));
        } finally {
            mortal.kill();
        }
    }

    private static void setLockoutThreshold(String count) throws LDAPException {
        try (LDAPConnection connection = SERVER.administrator()) {
            connection.modify(
                    ActiveDirectory.BASE, new Modification(ModificationType.REPLACE, "lockoutThreshold", count));
        }
    }

    private static String sid(String name) throws LDAPException {
        return Sid.text(POOL.getEntry(ActiveDirectory.dn(name), "objectSid").getAttributeValueBytes("objectSid"))
                .orElseThrow();
    }
}
