package io.github.dkm4j.ldap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.dkm4j.ldap.Servers.Server;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ServersTest {
    @ParameterizedTest
    @CsvSource({
        "ldaps://dc1.example.com,         dc1.example.com, 636, true",
        "LDAPS://dc1:7636,                dc1,             7636, true",
        "ldap://dc1,                      dc1,             389, false",
        "ldap://127.0.0.1:10389,          127.0.0.1,       10389, false",
        "ldaps://[::1],                   ::1,             636, true",
        "ldap://[2001:db8::a]:1389,       2001:db8::a,     1389, false",
        "ldap://[::ffff:192.0.2.1],       ::ffff:192.0.2.1, 389, false"
    })
    void oneServer(String text, String host, int port, boolean tlsFirst) {
        Servers servers = Servers.parse(text);

        assertThat(servers.list()).containsExactly(new Server(host, port));
        assertThat(servers.tlsFirst()).isEqualTo(tlsFirst);
        assertThat(servers.domain()).isEmpty();
    }

    @Test
    void severalServersKeepTheirOrder() {
        assertThat(Servers.parse("ldaps://b,a:7636,[::1]").list())
                .containsExactly(new Server("b", 636), new Server("a", 7636), new Server("::1", 636));
    }

    @Test
    void aDomainIsARecordInDns() {
        Servers servers = Servers.parse("ad:example.com");

        assertThat(servers.record()).isEqualTo("_ldap._tcp.dc._msdcs.example.com");
        assertThat(servers.domain()).isEqualTo("example.com");
        assertThat(servers.list()).isEmpty();
        assertThat(servers.tlsFirst()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"ldap://dc1:3268", "ldaps://dc1,dc2:3269"})
    void aGlobalCatalogueDoesNotKnowAllMemberships(String text) {
        assertThatThrownBy(() -> Servers.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("global catalogue");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "dc1.example.com",
                "http://dc1",
                "ldaps://",
                "ldaps:///",
                "ldaps://dc1/",
                "ldaps://dc1/dc=example",
                "ldaps://user@dc1",
                "ldaps://dc1:",
                "ldaps://dc1:abc",
                "ldaps://dc1:123456",
                "ldaps://dc1,",
                "ldaps://dc1,ldaps://dc2",
                "ldaps://dc1 dc2",
                "ldaps:// dc1",
                "ldaps://::1",
                "ldaps://[::1",
                "ldaps://[dc1]",
                "ldaps://-dc1",
                "ad:",
                "ad://example.com",
                "ad:example.com:389",
                "ldapi://socket"
            })
    void anythingElseIsRefusedWithWhatIsAllowed(String text) {
        assertThatThrownBy(() -> Servers.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("ldaps://host[:port]")
                .hasMessageContaining("ad:domain");
    }

    @ParameterizedTest
    @ValueSource(strings = {"ldaps://dc1:0", "ldaps://dc1:65536", "ldap://dc1,dc2:99999"})
    void aPortIsBetween1And65535(String text) {
        assertThatThrownBy(() -> Servers.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("between 1 and 65535");
    }
}
