package io.github.dkm4j.directory;

import static org.assertj.core.api.Assertions.assertThat;

import com.unboundid.ldap.sdk.LDAPConnection;
import com.unboundid.ldap.sdk.LDAPException;
import java.nio.file.Files;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The servers are what the tests take them for, and come back with what they had stored. */
@Tag("directory")
class DirectoryServersTest {
    @Test
    void activeDirectoryComesBackWithWhatItHadStored() throws LDAPException {
        ActiveDirectory server = ActiveDirectory.running();
        server.addUser("kept");
        server.addGroup("keepers", ActiveDirectory.dn("kept"));

        server.kill();
        server.restart();

        try (LDAPConnection connection = server.administrator()) {
            assertThat(connection
                            .getEntry(ActiveDirectory.dn("kept"), "memberOf")
                            .getAttributeValues("memberOf"))
                    .containsExactly(ActiveDirectory.dn("keepers"));
        }
    }

    @Test
    void anotherDomainControllerRunsBesideTheFirst() throws LDAPException {
        ActiveDirectory first = ActiveDirectory.running();
        ActiveDirectory second = first.another();
        second.addUser("only-here");

        try (LDAPConnection connection = first.administrator();
                LDAPConnection other = second.administrator()) {
            assertThat(connection.getEntry(ActiveDirectory.dn("only-here"))).isNull();
            assertThat(other.getEntry(ActiveDirectory.dn("only-here"))).isNotNull();
            assertThat(first.password("alice")).isEqualTo(second.password("alice"));
        } finally {
            second.kill();
        }
    }

    @Test
    void openLdapComesBackWithWhatItHadStored() throws LDAPException {
        OpenLdap server = OpenLdap.running();
        server.addUser("kept");

        server.kill();
        server.restart();

        try (LDAPConnection connection = server.administrator()) {
            assertThat(connection.getEntry(OpenLdap.account("kept"))).isNotNull();
        }
    }

    @Test
    void keytabsAreThere() {
        assertThat(Files.isReadable(ActiveDirectory.running().keytab("svc-mail")))
                .isTrue();
    }
}
