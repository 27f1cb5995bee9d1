package io.github.dkm4j.directory;

import com.unboundid.ldap.sdk.Attribute;
import com.unboundid.ldap.sdk.Entry;
import com.unboundid.ldap.sdk.LDAPConnection;
import com.unboundid.ldap.sdk.LDAPConnectionOptions;
import com.unboundid.ldap.sdk.LDAPException;
import com.unboundid.ldap.sdk.Modification;
import com.unboundid.ldap.sdk.ModificationType;
import com.unboundid.ldap.sdk.extensions.StartTLSExtendedRequest;
import com.unboundid.util.ssl.HostNameSSLSocketVerifier;
import com.unboundid.util.ssl.PEMFileTrustManager;
import com.unboundid.util.ssl.SSLUtil;
import java.nio.file.Path;
import java.security.GeneralSecurityException;

/** A server's administrator, who changes entries over TLS, with a connection of its own for each change. */
final class Administrator {
    private final String address;
    private final int port;
    private final Path authority;
    private final String user;
    private final char[] password;

    Administrator(String address, int port, Path authority, String user, char[] password) {
        this.address = address;
        this.port = port;
        this.authority = authority;
        this.user = user;
        this.password = password;
    }

    /** A bound connection, which the caller closes. */
    LDAPConnection connect() {
        try {
            LDAPConnectionOptions options = new LDAPConnectionOptions();
            options.setSSLSocketVerifier(new HostNameSSLSocketVerifier(false));
            LDAPConnection connection = new LDAPConnection(options, address, port);
            connection.processExtendedOperation(new StartTLSExtendedRequest(
                    new SSLUtil(new PEMFileTrustManager(authority.toFile())).createSSLSocketFactory()));
            connection.bind(user, new String(password));
            return connection;
        } catch (LDAPException | GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    void add(String dn, Attribute... attributes) {
        change(connection -> connection.add(new Entry(dn, attributes)));
    }

    void delete(String dn) {
        change(connection -> connection.delete(dn));
    }

    void addValues(String dn, String attribute, String... values) {
        modify(dn, new Modification(ModificationType.ADD, attribute, values));
    }

    void removeValues(String dn, String attribute, String... values) {
        modify(dn, new Modification(ModificationType.DELETE, attribute, values));
    }

    void replace(String dn, String attribute, String... values) {
        modify(dn, new Modification(ModificationType.REPLACE, attribute, values));
    }

    private void modify(String dn, Modification modification) {
        change(connection -> connection.modify(dn, modification));
    }

    private void change(Change change) {
        try (LDAPConnection connection = connect()) {
            change.on(connection);
        } catch (LDAPException e) {
            throw new IllegalStateException(e);
        }
    }

    @FunctionalInterface
    private interface Change {
        void on(LDAPConnection connection) throws LDAPException;
    }
}
