package io.github.dkm4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.unboundid.ldap.sdk.LDAPConnectionPool;
import com.unboundid.ldap.sdk.LDAPException;
import com.unboundid.ldap.sdk.SearchScope;
import io.github.dkm4j.directory.ActiveDirectory;
import io.github.dkm4j.key.AccessDenied;
import io.github.dkm4j.key.EncryptionContext;
import io.github.dkm4j.key.GroupDirectoryUnavailable;
import io.github.dkm4j.ldap.LdapConnections;
import io.github.dkm4j.policy.AccessPolicy;
import io.github.dkm4j.policy.Caller;
import io.github.dkm4j.policy.Operation;
import io.github.dkm4j.policy.ldap.LdapGroupDirectory;
import io.github.dkm4j.store.ldap.AclBaseline;
import io.github.dkm4j.store.ldap.LdapKeyRingStore;
import io.github.dkm4j.store.ldap.LdapKeyRingStoreBuilder;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import javax.security.auth.Subject;
import javax.security.auth.kerberos.KerberosPrincipal;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Rings whose groups, and whose keys too, are in a real Active Directory; under a clock that the test turns. */
@Tag("directory")
class DirectoryRingTest {
    private static final EncryptionContext CONTEXT = EncryptionContext.of("account", "7");
    private static final Duration TTL = Duration.ofMinutes(1);
    private static final Duration GRACE = Duration.ofMinutes(10);
    private static final AccessPolicy POLICY = AccessPolicy.builder()
            .allow(Operation.ENCRYPT, "DKM Readers")
            .allow(Operation.DECRYPT, "DKM Readers")
            .allow(Operation.CREATE_NEXT, "DKM Rollers")
            .allow(Operation.ROLL_OVER, "DKM Rollers")
            .allow(Operation.ADMINISTER, "DKM Admins")
            .build();

    private final TestRings rings = new TestRings();
    private final List<LDAPConnectionPool> pools = new ArrayList<>();
    private final List<Runnable> undo = new ArrayList<>();

    @AfterEach
    void tidy() {
        undo.forEach(Runnable::run);
        pools.forEach(LDAPConnectionPool::close);
    }

    private LDAPConnectionPool connect(ActiveDirectory server, String account) {
        LDAPConnectionPool pool = LdapConnections.to("ldaps://" + server.address())
                .authorities(server.authority())
                .gssapi(ActiveDirectory.principal(account), server.keytab(account))
                .renewEvery(TTL)
                .open();
        pools.add(pool);
        return pool;
    }

    private KeyRingBuilder builder(ActiveDirectory server, String account) {
        return KeyRing.builder("connected-accounts")
                .store(rings.store)
                .rootKey(rings.root)
                .groups(LdapGroupDirectory.over(connect(server, account), ActiveDirectory.BASE)
                        .account(ActiveDirectory.principal(account))
                        .clock(rings)
                        .build())
                .membershipTtl(TTL)
                .clock(rings)
                .audit(rings.events::add);
    }

    private static byte[] encrypt(KeyRingView view) {
        return view.encryptor().encrypt(new byte[] {7}, CONTEXT);
    }

    @Test
    void aRingActsAsTheAccountOfItsKeytabAndAMemberThatIsRemovedIsOutWithinTheTimeToLive() {
        ActiveDirectory server = ActiveDirectory.running();
        builder(server, "dkm-admin").policy(POLICY).create().close();
        try (KeyRing ring = builder(server, "svc-mail").open()) {
            assertThat(ring.account().name()).isEqualTo("svc-mail");
            encrypt(ring);
            undo.add(() -> server.addMembers("Mail Services", ActiveDirectory.dn("svc-mail")));
            server.removeMembers("Mail Services", ActiveDirectory.dn("svc-mail"));
            rings.pass(TTL);

            assertThatExceptionOfType(AccessDenied.class).isThrownBy(() -> encrypt(ring));
        }
    }

    @Test
    void aDisabledAccountIsOutWithinTheTimeToLive() {
        ActiveDirectory server = ActiveDirectory.running();
        builder(server, "dkm-admin").policy(POLICY).create().close();
        server.addUser("svc-leaver");
        undo.add(() -> server.delete(ActiveDirectory.dn("svc-leaver")));
        server.addMembers("Mail Services", ActiveDirectory.dn("svc-leaver"));
        Caller leaver = Caller.authenticated(new KerberosPrincipal(ActiveDirectory.principal("svc-leaver")));
        try (KeyRing ring = builder(server, "svc-other").open()) {
            encrypt(ring.as(leaver));
            server.disable("svc-leaver");
            rings.pass(TTL);

            assertThatExceptionOfType(AccessDenied.class).isThrownBy(() -> encrypt(ring.as(leaver)));
        }
    }

    @Test
    void aJaasSubjectIsJudgedByTheDirectory() {
        ActiveDirectory server = ActiveDirectory.running();
        builder(server, "dkm-admin").policy(POLICY).create().close();
        Subject mail = new Subject();
        mail.getPrincipals().add(new KerberosPrincipal(ActiveDirectory.principal("svc-mail")));
        Subject alice = new Subject();
        alice.getPrincipals().add(new KerberosPrincipal(ActiveDirectory.principal("alice")));
        try (KeyRing ring = builder(server, "svc-other").open()) {
            encrypt(ring.as(Caller.of(mail)));
            assertThatExceptionOfType(AccessDenied.class).isThrownBy(() -> encrypt(ring.as(Caller.of(alice))));
            assertThatExceptionOfType(AccessDenied.class).isThrownBy(() -> encrypt(ring));
            assertThatExceptionOfType(AccessDenied.class).isThrownBy(() -> encrypt(ring.actingFor("svc-mail")));
        }
    }

    @Test
    void aServerThatDiesIsRiddenOutForTheGraceThenNobodyIsLetInUntilItIsBack() {
        ActiveDirectory server = ActiveDirectory.running().another();
        undo.add(server::kill);
        builder(ActiveDirectory.running(), "dkm-admin").policy(POLICY).create().close();
        Caller mail = Caller.authenticated(new KerberosPrincipal(ActiveDirectory.principal("svc-mail")));
        Caller alice = Caller.authenticated(new KerberosPrincipal(ActiveDirectory.principal("alice")));
        try (KeyRing ring = simply(server).membershipGrace(GRACE).open()) {
            byte[] message = encrypt(ring.as(mail));
            ring.as(mail).decryptor().decrypt(message, CONTEXT);
            server.kill();

            rings.pass(TTL);
            assertThat(ring.as(mail).decryptor().decrypt(encrypt(ring.as(mail)), CONTEXT))
                    .containsExactly(7);
            assertThatExceptionOfType(GroupDirectoryUnavailable.class).isThrownBy(() -> encrypt(ring.as(alice)));
            rings.pass(GRACE);
            assertThatExceptionOfType(GroupDirectoryUnavailable.class)
                    .isThrownBy(() -> ring.as(mail).decryptor().decrypt(message, CONTEXT));

            server.restart();
            rings.pass(Duration.ofSeconds(1));
            assertThat(ring.as(mail).decryptor().decrypt(message, CONTEXT)).containsExactly(7);
            assertThat(ring.health().problems()).isEmpty();
        }
    }

    /** Bound simply: the process's Kerberos goes to the other server. */
    private KeyRingBuilder simply(ActiveDirectory server) {
        LDAPConnectionPool pool = LdapConnections.to("ldap://" + server.address())
                .authorities(server.authority())
                .simple("svc-other@" + ActiveDirectory.DNS_DOMAIN, server.password("svc-other"))
                .timeout(Duration.ofSeconds(2))
                .open();
        pools.add(pool);
        return builder(ActiveDirectory.running(), "svc-other")
                .groups(LdapGroupDirectory.over(pool, ActiveDirectory.BASE)
                        .account("svc-other@" + ActiveDirectory.DNS_DOMAIN)
                        .clock(rings)
                        .build());
    }

    @Test
    void keysInTheDirectoryAreShownToMembersOnlyByTheServerItself() throws LDAPException {
        ActiveDirectory server = ActiveDirectory.running();
        String holder = "CN=test-" + UUID.randomUUID() + ",CN=Program Data," + ActiveDirectory.BASE;
        LDAPConnectionPool administrators = LdapConnections.to("ldaps://" + server.address())
                .authorities(server.authority())
                .simple("administrator@" + ActiveDirectory.DNS_DOMAIN, server.password("administrator"))
                .open();
        pools.add(administrators);
        store(administrators, holder).provision();
        KeyRingBuilder admin = builder(server, "dkm-admin");
        admin.store(store(connect(server, "dkm-admin"), holder).build()).clock(InstantSource.system());
        try (KeyRing ring =
                admin.policy(POLICY).singleNode().propagation(Duration.ZERO).create()) {
            KeyRingBuilder member = builder(server, "svc-mail");
            member.store(store(connect(server, "svc-mail"), holder).build())
                    .singleNode()
                    .propagation(Duration.ZERO)
                    .clock(InstantSource.system());
            byte[] message;
            try (KeyRing service = member.open()) {
                message = encrypt(service);
            }
            ring.admin().rollOver();
            try (KeyRing service = member.open()) {
                assertThat(service.decryptor().decrypt(message, CONTEXT)).containsExactly(7);
                assertThat(service.health().problems()).isEmpty();
            }
        }
        assertThat(entries(connect(server, "svc-mail"), holder)).isGreaterThan(4);
        assertThat(entries(connect(server, "svc-other"), holder)).isZero();
    }

    private static LdapKeyRingStoreBuilder store(LDAPConnectionPool pool, String holder) {
        return LdapKeyRingStore.over(pool, holder).baseline(AclBaseline.of("DKM Readers", "DKM Rollers", "DKM Admins"));
    }

    /** How many objects in a container the server shows, asked without the store. */
    private static int entries(LDAPConnectionPool pool, String holder) throws LDAPException {
        return pool
                .search("CN=Program Data," + ActiveDirectory.BASE, SearchScope.SUB, "(objectClass=*)", "1.1")
                .getSearchEntries()
                .stream()
                .mapToInt(entry -> entry.getDN().endsWith("," + holder) ? 1 : 0)
                .sum();
    }
}
