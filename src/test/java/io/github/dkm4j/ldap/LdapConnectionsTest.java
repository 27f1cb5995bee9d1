package io.github.dkm4j.ldap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.unboundid.ldap.sdk.LDAPConnectionPool;
import com.unboundid.ldap.sdk.LDAPException;
import com.unboundid.ldap.sdk.ResultCode;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What needs no directory. */
class LdapConnectionsTest {
    @Test
    void itIsKnownWhomItBindsAs() {
        assertThat(LdapConnections.to("ldap://dc1").principal()).isEmpty();
        assertThat(LdapConnections.to("ldap://dc1")
                        .simple("uid=x,dc=y", "pw".toCharArray())
                        .principal())
                .contains("uid=x,dc=y");
        assertThat(LdapConnections.to("ldap://dc1")
                        .gssapi("svc@REALM", Path.of("k"))
                        .principal())
                .contains("svc@REALM");
        assertThat(LdapConnections.to("ldap://dc1")
                        .gssapi("svc@REALM", Path.of("k"))
                        .anonymous()
                        .principal())
                .isEmpty();
    }

    @Test
    void anEmptyNameOrPasswordWouldBindAnonymouslyAndIsRefused() {
        LdapConnections connections = LdapConnections.to("ldap://dc1");

        assertThatThrownBy(() -> connections.simple("user", new char[0])).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> connections.simple("", new char[] {'x'})).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> connections.gssapi(" ", Path.of("k"))).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void limitsAreHeld() {
        LdapConnections connections = LdapConnections.to("ldap://dc1");

        assertThatThrownBy(() -> connections.size(0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> connections.timeout(Duration.ZERO)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> connections.timeout(Duration.ofDays(2))).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> connections.renewEvery(Duration.ofMillis(999)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aKeytabThatOthersCanReadIsRefused(@TempDir Path folder) throws IOException {
        Path keytab = Files.createFile(folder.resolve("svc.keytab"));
        Files.setPosixFilePermissions(keytab, PosixFilePermissions.fromString("rw-r-----"));

        assertThatThrownBy(LdapConnections.to("ldap://dc1").gssapi("svc@REALM", keytab)::open)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("chmod");
    }

    @Test
    void missingFilesAreRefused(@TempDir Path folder) throws IOException {
        Path absent = folder.resolve("absent");
        Path empty = Files.createFile(folder.resolve("empty.pem"));

        assertThatThrownBy(LdapConnections.to("ldap://dc1").gssapi("svc@REALM", absent)::open)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(absent.toString());
        assertThatThrownBy(LdapConnections.to("ldap://dc1").authorities(absent)::open)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(absent.toString());
        assertThatThrownBy(LdapConnections.to("ldap://dc1").authorities(empty)::open)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(empty.toString());
    }

    @Test
    void aDirectoryThatIsNotThereShowsAtUse() throws IOException {
        int port;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        try (LDAPConnectionPool pool =
                LdapConnections.to("ldap://127.0.0.1:" + port).open()) {
            assertThatThrownBy(() -> pool.getEntry("")).isInstanceOf(LDAPException.class);
        }
    }

    @Test
    void aServerThatSaysNothingIsNotWaitedForWithoutEnd() throws IOException {
        try (ServerSocket silent = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            for (String scheme : new String[] {"ldap", "ldaps"}) {
                try (LDAPConnectionPool pool = LdapConnections.to(scheme + "://127.0.0.1:" + silent.getLocalPort())
                        .timeout(Duration.ofMillis(200))
                        .open()) {
                    assertThatThrownBy(() -> pool.getEntry(""))
                            .isInstanceOfSatisfying(
                                    LDAPException.class,
                                    e -> assertThat(e.getResultCode())
                                            .isIn(
                                                    ResultCode.TIMEOUT,
                                                    ResultCode.CONNECT_ERROR,
                                                    ResultCode.SERVER_DOWN));
                }
            }
        }
    }
}
