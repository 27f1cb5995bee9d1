package io.github.dkm4j.store.ldap;

import static java.nio.charset.StandardCharsets.UTF_16LE;

import com.unboundid.ldap.sdk.Attribute;
import com.unboundid.ldap.sdk.DeleteRequest;
import com.unboundid.ldap.sdk.Entry;
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
import java.io.File;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The domain controller that tests use, with four accounts: an administrator of keys, a reader, one who may roll over, and
 * one who is in no group. Where it is, the environment says.
 */
final class TestDirectory {
    static final String BASE = "DC=ad,DC=dkm4j,DC=test";
    static final String DOMAIN_ADMIN = "Administrator";
    static final String ADMIN = "dkm-admin";
    static final String READER = "svc-exch";
    static final String ROLLER = "svc-roll";
    static final String OTHER = "svc-other";
    static final AclBaseline BASELINE = AclBaseline.of("DKM-Readers", "DKM-Rollers", "DKM-Admins");

    private static final String ADDRESS = env("DKM4J_AD_ADDRESS", "127.0.0.1");
    private static final int PORT = 636;
    private static final Map<String, String> PASSWORDS = Map.of(
            DOMAIN_ADMIN, "Passw0rd!Adm",
            ADMIN, "Dkm-Admin-Pw1",
            READER, "Svc-Exch-Pw1",
            ROLLER, "Svc-Roll-Pw1",
            OTHER, "Svc-Other-Pw1");
    private static final Map<String, LDAPConnectionPool> POOLS = new ConcurrentHashMap<>();
    private static final AtomicBoolean PEOPLED = new AtomicBoolean();

    private TestDirectory() {}

    /** Connections bound as an account, for as long as the process lives. */
    static LDAPConnectionPool as(String account) {
        addRoller();
        return pool(account);
    }

    private static LDAPConnectionPool pool(String account) {
        return POOLS.computeIfAbsent(account, TestDirectory::connect);
    }

    private static LDAPConnectionPool connect(String account) {
        try {
            SSLUtil tls = new SSLUtil(new PEMFileTrustManager(new File(env("DKM4J_AD_CA", "ca.pem"))));
            LDAPConnectionOptions options = new LDAPConnectionOptions();
            options.setSSLSocketVerifier(new HostNameSSLSocketVerifier(false));
            options.setConnectTimeoutMillis(5_000);
            options.setResponseTimeoutMillis(30_000);
            LDAPConnection first = new LDAPConnection(tls.createSSLSocketFactory(), options, ADDRESS, PORT);
            first.bind(account + "@" + "ad.dkm4j.test", PASSWORDS.get(account));
            return new LDAPConnectionPool(first, 1, 16);
        } catch (Exception e) {
            throw new IllegalStateException("no domain controller at " + ADDRESS + " for " + account, e);
        }
    }

    private static synchronized void addRoller() {
        if (PEOPLED.getAndSet(true)) {
            return;
        }
        String user = "CN=" + ROLLER + ",CN=Users," + BASE;
        addIfAbsent(
                user,
                new Attribute("objectClass", "user"),
                new Attribute("sAMAccountName", ROLLER),
                new Attribute("userPrincipalName", ROLLER + "@ad.dkm4j.test"),
                new Attribute("userAccountControl", "512"),
                new Attribute("unicodePwd", ("\"" + PASSWORDS.get(ROLLER) + "\"").getBytes(UTF_16LE)));
        addIfAbsent(
                "CN=DKM-Rollers,CN=Users," + BASE,
                new Attribute("objectClass", "group"),
                new Attribute("sAMAccountName", "DKM-Rollers"),
                new Attribute("member", user));
    }

    private static void addIfAbsent(String dn, Attribute... attributes) {
        try {
            pool(DOMAIN_ADMIN).add(new Entry(dn, attributes));
        } catch (LDAPException e) {
            if (!e.getResultCode().equals(ResultCode.ENTRY_ALREADY_EXISTS)) {
                throw new IllegalStateException(e);
            }
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

    private static String env(String name, String otherwise) {
        String value = System.getenv(name);
        return value == null ? otherwise : value;
    }
}
