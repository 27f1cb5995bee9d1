package io.github.dkm4j.ldap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.unboundid.ldap.sdk.Filter;
import com.unboundid.ldap.sdk.LDAPConnectionPool;
import com.unboundid.ldap.sdk.LDAPException;
import com.unboundid.ldap.sdk.ResultCode;
import com.unboundid.ldap.sdk.SearchScope;
import io.github.dkm4j.directory.ActiveDirectory;
import io.github.dkm4j.directory.OpenLdap;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Connections to real directories. */
@Tag("directory")
class DirectoryConnectionsTest {
    private final ActiveDirectory domain = ActiveDirectory.running();
    private final OpenLdap openLdap = OpenLdap.running();

    @ParameterizedTest
    @ValueSource(strings = {"ldap", "ldaps"})
    void aKeytabBinds(String scheme) throws LDAPException {
        try (LDAPConnectionPool pool = toDomain(scheme)
                .gssapi("svc-mail@" + ActiveDirectory.REALM, domain.keytab("svc-mail"))
                .open()) {
            assertThat(whoAmI(pool)).isEqualTo("svc-mail");
        }
    }

    @Test
    void twoKeytabsBindSideBySide() throws LDAPException {
        try (LDAPConnectionPool mail = toDomain("ldaps")
                        .gssapi("svc-mail@" + ActiveDirectory.REALM, domain.keytab("svc-mail"))
                        .nanoTime(hourly())
                        .open();
                LDAPConnectionPool other = toDomain("ldaps")
                        .gssapi("svc-other@" + ActiveDirectory.REALM, domain.keytab("svc-other"))
                        .nanoTime(hourly())
                        .open()) {
            for (int i = 0; i < 5; i++) {
                assertThat(whoAmI(mail)).isEqualTo("svc-mail");
                assertThat(whoAmI(other)).isEqualTo("svc-other");
            }
        }
    }

    @Test
    void aTicketBindsAndOnlyAsWhomItIsFor(@TempDir Path folder) throws Exception {
        Path cache = folder.resolve("tickets");
        ProcessBuilder kinit = new ProcessBuilder(
                "kinit",
                "-c",
                cache.toString(),
                "-k",
                "-t",
                domain.keytab("svc-mail").toString(),
                ActiveDirectory.principal("svc-mail"));
        kinit.environment().put("KRB5_CONFIG", System.getProperty("java.security.krb5.conf"));
        assertThat(kinit.inheritIO().start().waitFor()).isZero();

        try (LDAPConnectionPool pool = toDomain("ldaps")
                .ticket(ActiveDirectory.principal("svc-mail"))
                .ticketCache(cache)
                .open()) {
            assertThat(whoAmI(pool)).isEqualTo("svc-mail");
        }
        try (LDAPConnectionPool pool = toDomain("ldaps")
                .ticket(ActiveDirectory.principal("svc-other"))
                .ticketCache(cache)
                .open()) {
            assertThatThrownBy(() -> pool.getRootDSE()).isInstanceOf(LDAPException.class);
        }
    }

    @Test
    void aKeytabOfAnotherAccountDoesNotBind() {
        try (LDAPConnectionPool pool = toDomain("ldaps")
                .gssapi("svc-mail@" + ActiveDirectory.REALM, domain.keytab("svc-other"))
                .open()) {
            assertThatThrownBy(() -> whoAmI(pool))
                    .isInstanceOf(LDAPException.class)
                    .hasMessageContaining("svc-mail@" + ActiveDirectory.REALM);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"ldap", "ldaps"})
    void aPasswordBindsWithEachFormOfTheName(String scheme) throws LDAPException {
        for (String user : new String[] {
            ActiveDirectory.dn("svc-mail"), "svc-mail@" + ActiveDirectory.DNS_DOMAIN, "DKM4J\\svc-mail"
        }) {
            try (LDAPConnectionPool pool =
                    toDomain(scheme).simple(user, domain.password("svc-mail")).open()) {
                assertThat(whoAmI(pool)).isEqualTo("svc-mail");
            }
        }
    }

    @Test
    void aWrongPasswordIsRefusedAndNotTold() {
        try (LDAPConnectionPool pool = toDomain("ldaps")
                .simple("alice@" + ActiveDirectory.DNS_DOMAIN, "not-the-password".toCharArray())
                .open()) {
            assertThatThrownBy(() -> whoAmI(pool))
                    .isInstanceOfSatisfying(
                            LDAPException.class,
                            e -> assertThat(e.getResultCode()).isEqualTo(ResultCode.INVALID_CREDENTIALS))
                    .satisfies(e -> assertThat(e.toString()).doesNotContain("not-the-password"));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"ldap", "ldaps"})
    void aCertificateOfAnotherAuthorityIsRefused(String scheme) {
        try (LDAPConnectionPool pool = LdapConnections.to(scheme + "://" + domain.address())
                .authorities(openLdap.authority())
                .anonymous()
                .open()) {
            assertThatThrownBy(() -> pool.getEntry(""))
                    .isInstanceOf(LDAPException.class)
                    .hasStackTraceContaining("SSLHandshakeException");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"ldap", "ldaps"})
    void withoutAuthoritiesJavasAreTrusted(String scheme) {
        try (LDAPConnectionPool pool =
                LdapConnections.to(scheme + "://" + domain.address()).open()) {
            assertThatThrownBy(() -> pool.getEntry(""))
                    .isInstanceOf(LDAPException.class)
                    .hasStackTraceContaining("SSLHandshakeException");
        }
    }

    @Test
    void aCertificateForAnotherNameIsRefused() throws LDAPException {
        String port = openLdap.address().substring(openLdap.address().indexOf(':'));
        String securePort =
                openLdap.secureAddress().substring(openLdap.secureAddress().indexOf(':'));
        for (String wrong : new String[] {"ldap://localhost" + port, "ldaps://localhost" + securePort}) {
            try (LDAPConnectionPool pool =
                    LdapConnections.to(wrong).authorities(openLdap.authority()).open()) {
                assertThatThrownBy(() -> pool.getEntry(""))
                        .isInstanceOf(LDAPException.class)
                        .hasStackTraceContaining("CertificateException");
            }
        }
        for (String right : new String[] {"ldap://" + openLdap.address(), "ldaps://" + openLdap.secureAddress()}) {
            try (LDAPConnectionPool pool =
                    LdapConnections.to(right).authorities(openLdap.authority()).open()) {
                assertThat(pool.getEntry("")).isNotNull();
            }
        }
    }

    @Test
    void aLoopbackAddressThatIsNotInTheCertificateIsRefusedToo() throws IOException {
        try (Relay relay = Relay.to(domain.address(), 636);
                LDAPConnectionPool pool = LdapConnections.to("ldaps://" + relay.address())
                        .authorities(domain.authority())
                        .open()) {
            assertThatThrownBy(() -> pool.getEntry(""))
                    .isInstanceOf(LDAPException.class)
                    .hasStackTraceContaining("CertificateException");
        }
    }

    @Test
    void aNameInTheCertificateIsAccepted() throws IOException, LDAPException {
        try (Relay relay = Relay.to(domain.address(), 636);
                LDAPConnectionPool pool = LdapConnections.to("ldaps://localhost:" + relay.port())
                        .authorities(domain.authority())
                        .open()) {
            assertThat(pool.getEntry("")).isNotNull();
        }
    }

    @Test
    void theNextServerIsUsedWhereTheFirstHasNone() throws IOException, LDAPException {
        int free;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            free = socket.getLocalPort();
        }
        try (LDAPConnectionPool pool = LdapConnections.to("ldap://127.0.0.1:" + free + "," + domain.address())
                .authorities(domain.authority())
                .gssapi("svc-mail@" + ActiveDirectory.REALM, domain.keytab("svc-mail"))
                .open()) {
            assertThat(whoAmI(pool)).isEqualTo("svc-mail");
        }
    }

    @Test
    void theNextServerIsUsedWhenTheFirstDies(@TempDir Path folder) throws IOException, LDAPException {
        ActiveDirectory first = domain.another();
        Path both = folder.resolve("authorities.pem");
        Files.writeString(both, Files.readString(first.authority()) + Files.readString(domain.authority()));
        try (LDAPConnectionPool pool = LdapConnections.to("ldap://" + first.address() + "," + domain.address())
                .authorities(both)
                .simple("DKM4J\\svc-mail", domain.password("svc-mail"))
                .open()) {
            first.addUser("first-only");
            assertThat(pool.getEntry(ActiveDirectory.dn("first-only"))).isNotNull();

            first.kill();

            assertThat(pool.getEntry(ActiveDirectory.dn("first-only"))).isNull();
            assertThat(whoAmI(pool)).isEqualTo("svc-mail");
        } finally {
            first.kill();
        }
    }

    @Test
    void aConnectionThatTheServerClosedIsReplacedUnseen() throws IOException, LDAPException {
        try (Relay relay = Relay.to(domain.address(), 636);
                LDAPConnectionPool pool = LdapConnections.to("ldaps://localhost:" + relay.port())
                        .authorities(domain.authority())
                        .simple("DKM4J\\svc-mail", domain.password("svc-mail"))
                        .open()) {
            whoAmI(pool);
            for (int i = 0; i < 3; i++) {
                relay.closeConnections();
                assertThat(whoAmI(pool)).isEqualTo("svc-mail");
            }
            assertThat(relay.accepted()).isEqualTo(4);
        }
    }

    @Test
    void anOldConnectionIsBoundAnewBeforeItIsUsed() throws IOException, LDAPException {
        AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 5);
        try (Relay relay = Relay.to(domain.address(), 636);
                LDAPConnectionPool pool = LdapConnections.to("ldaps://localhost:" + relay.port())
                        .authorities(domain.authority())
                        .renewEvery(Duration.ofSeconds(10))
                        .nanoTime(nanos::get)
                        .open()) {
            pool.getEntry("");
            nanos.addAndGet(Duration.ofSeconds(9).toNanos() - 1);
            pool.getEntry("");
            assertThat(relay.accepted()).isEqualTo(1);

            nanos.addAndGet(Duration.ofSeconds(1).toNanos() + 1);
            pool.getEntry("");
            assertThat(relay.accepted()).isEqualTo(2);
        }
    }

    @Test
    void whoWaitsForAConnectionIsNotToldThatItBecameTooOld() throws Exception {
        AtomicLong nanos = new AtomicLong();
        try (Relay relay = Relay.to(domain.address(), 636);
                LDAPConnectionPool pool = LdapConnections.to("ldaps://localhost:" + relay.port())
                        .authorities(domain.authority())
                        .size(1)
                        .renewEvery(Duration.ofSeconds(1))
                        .nanoTime(() -> nanos.addAndGet(Duration.ofMillis(150).toNanos()))
                        .open()) {
            assertThat(answers(pool, 8, 20)).isEqualTo(160);
            assertThat(relay.accepted()).isGreaterThan(10);
        }
    }

    @Test
    void thereAreNoMoreConnectionsThanAskedFor() throws Exception {
        try (Relay relay = Relay.to(domain.address(), 636);
                LDAPConnectionPool pool = LdapConnections.to("ldaps://localhost:" + relay.port())
                        .authorities(domain.authority())
                        .size(2)
                        .open()) {
            assertThat(answers(pool, 20, 1)).isEqualTo(20);
            assertThat(relay.accepted()).isLessThanOrEqualTo(2);
        }
    }

    /** How many of the requests that threads send at once are answered. */
    private static long answers(LDAPConnectionPool pool, int threads, int requests) throws InterruptedException {
        AtomicLong answers = new AtomicLong();
        List<Thread> all = new ArrayList<>();
        for (int i = 0; i < threads; i++) {
            Thread thread = new Thread(() -> {
                for (int request = 0; request < requests; request++) {
                    try {
                        pool.getEntry("");
                        answers.incrementAndGet();
                    } catch (LDAPException e) {
                        throw new IllegalStateException(e);
                    }
                }
            });
            all.add(thread);
            thread.start();
        }
        for (Thread thread : all) {
            thread.join();
        }
        return answers.get();
    }

    @Test
    void aDomainsServersAreFoundByDns() throws IOException, LDAPException {
        try (Relay relay = Relay.to(domain.address(), 389);
                DnsStub dns = DnsStub.answering("localhost", relay.port());
                LDAPConnectionPool pool = bySrv("localhost", dns)) {
            assertThat(whoAmI(pool)).isEqualTo("svc-mail");
            assertThat(dns.asked()).isEqualTo("_ldap._tcp.dc._msdcs.localhost");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"example.com", "host", "other.localhost"})
    void aServerOutsideTheDomainIsRefusedThoughItHasACertificate(String name) throws IOException {
        try (Relay relay = Relay.to(domain.address(), 389);
                DnsStub dns = DnsStub.answering("localhost", relay.port());
                LDAPConnectionPool pool = bySrv(name, dns)) {
            assertThatThrownBy(() -> pool.getEntry(""))
                    .isInstanceOf(LDAPException.class)
                    .hasStackTraceContaining("not in that domain");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {3268, 3269})
    void aGlobalCatalogueThatDnsNamesIsRefusedBeforeTls(int port) {
        assertThatThrownBy(() -> TlsSocketFactory.trusting(domain.authority())
                        .within("localhost")
                        .createSocket(new Socket(), "localhost", port, true))
                .isInstanceOf(SSLPeerUnverifiedException.class)
                .hasMessageContaining("global catalogue");
    }

    private LDAPConnectionPool bySrv(String name, DnsStub dns) {
        return LdapConnections.to("ad:" + name)
                .dnsServer(dns.url())
                .authorities(domain.authority())
                .gssapi("svc-mail@" + ActiveDirectory.REALM, domain.keytab("svc-mail"))
                .open();
    }

    /** A clock that an hour passes on whenever it is looked at. */
    private static LongSupplier hourly() {
        AtomicLong nanos = new AtomicLong();
        return () -> nanos.addAndGet(Duration.ofHours(1).toNanos());
    }

    private LdapConnections toDomain(String scheme) {
        return LdapConnections.to(scheme + "://" + domain.address()).authorities(domain.authority());
    }

    /** The name of the account whose rights the connection has; the domain tells the SIDs of which that account's is the first. */
    private static String whoAmI(LDAPConnectionPool pool) throws LDAPException {
        byte[] sid = pool.getEntry("", "tokenGroups").getAttributeValueByteArrays("tokenGroups")[0];
        return pool.searchForEntry(
                        ActiveDirectory.BASE,
                        SearchScope.SUB,
                        Filter.createEqualityFilter("objectSid", sid),
                        "sAMAccountName")
                .getAttributeValue("sAMAccountName");
    }
}
