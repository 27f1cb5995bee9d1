package io.github.dkm4j.store.ldap;

import com.unboundid.ldap.sdk.DeleteRequest;
import com.unboundid.ldap.sdk.LDAPConnection;
import com.unboundid.ldap.sdk.LDAPConnectionOptions;
import com.unboundid.ldap.sdk.LDAPConnectionPool;
import com.unboundid.ldap.sdk.LDAPException;
import com.unboundid.ldap.sdk.Modification;
import com.unboundid.ldap.sdk.ModificationType;
import com.unboundid.ldap.sdk.ResultCode;
import com.unboundid.ldap.sdk.controls.SubtreeDeleteRequestControl;
import com.unboundid.util.ssl.HostNameSSLSocketVerifier;
import com.unboundid.util.ssl.PEMFileTrustManager;
import com.unboundid.util.ssl.SSLUtil;
import io.github.dkm4j.directory.ActiveDirectory;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The domain controller that tests of the store use, as each of five accounts: the domain's administrator, an administrator
 * of rings, a reader, one who may roll over, and one who is in no group.
 */
final class TestDirectory {
    static final String BASE = ActiveDirectory.BASE;
    static final String DOMAIN_ADMIN = "administrator";
    static final String ADMIN = "dkm-admin";
    static final String READER = "svc-mail";
    static final String ROLLER = "svc-roll";
    static final String OTHER = "svc-other";
    static final String READERS = "DKM Readers";
    static final String ROLLERS = "Ring Rollers";
    static final String ADMINS = "DKM Admins";
    static final AclBaseline BASELINE = AclBaseline.of(READERS, ROLLERS, ADMINS);

    private static final ActiveDirectory SERVER = ActiveDirectory.running();
    private static final int PORT = 636;
    private static final Map<String, LDAPConnectionPool> POOLS = new ConcurrentHashMap<>();
    private static final String ROLLERS_PASSWORD = "Roll-" + UUID.randomUUID();

    static {
        SERVER.addUser(ROLLER);
        SERVER.setPassword(ROLLER, ROLLERS_PASSWORD);
        SERVER.addGroup(ROLLERS, ActiveDirectory.dn(ROLLER));
    }

    private TestDirectory() {}

    /** Connections bound as an account, for as long as the process lives. */
    static LDAPConnectionPool as(String account) {
        return POOLS.computeIfAbsent(account, TestDirectory::connect);
    }

    private static LDAPConnectionPool connect(String account) {
        try {
            SSLUtil tls = new SSLUtil(new PEMFileTrustManager(SERVER.authority().toFile()));
            LDAPConnectionOptions options = new LDAPConnectionOptions();
            options.setSSLSocketVerifier(new HostNameSSLSocketVerifier(false));
            LDAPConnection first = new LDAPConnection(tls.createSSLSocketFactory(), options, SERVER.address(), PORT);
            first.bind(
                    account + "@" + ActiveDirectory.DNS_DOMAIN,
                    account.equals(ROLLER) ? ROLLERS_PASSWORD : new String(SERVER.password(account)));
            return new LDAPConnectionPool(first, 1, 16);
        } catch (Exception e) {
            throw new IllegalStateException("no connection for " + account, e);
        }
    }

    /** The distinguished name of a container of rings that is not there yet. */
    static String newHolder() {
        return "CN=test-" + UUID.randomUUID() + ",CN=Program Data," + BASE;
    }

    /** A container of rings as the baseline has it. */
    static String provisioned() {
        String holder = newHolder();
        LdapKeyRingStore.over(as(DOMAIN_ADMIN), holder).baseline(BASELINE).provision();
        return holder;
    }

    /** A store as an account has it. */
    static LdapKeyRingStore store(String account, String holder) {
        return LdapKeyRingStore.over(as(account), holder).baseline(BASELINE).build();
    }

    /** An account's security identifier. */
    static Sid sidOf(String account) {
        try {
            return Sid.of(
                    as(ADMIN).getEntry(ActiveDirectory.dn(account), "objectSid").getAttributeValueBytes("objectSid"));
        } catch (LDAPException | MalformedDescriptor e) {
            throw new IllegalStateException(e);
        }
    }

    /** Deletes a container with all that is in it. */
    static void delete(String holder) throws LDAPException {
        DeleteRequest request = new DeleteRequest(holder);
        request.addControl(new SubtreeDeleteRequestControl(true));
        as(ADMIN).delete(request);
    }

    /** Changes an object as an account, without the store. */
    static ResultCode modify(String account, String dn, ModificationType type, String attribute, byte[] value) {
        try {
            return as(account)
                    .modify(dn, new Modification(type, attribute, value))
                    .getResultCode();
        } catch (LDAPException e) {
            return e.getResultCode();
        }
    }
}
