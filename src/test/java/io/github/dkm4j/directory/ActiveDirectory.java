package io.github.dkm4j.directory;

import com.unboundid.ldap.sdk.Attribute;
import com.unboundid.ldap.sdk.LDAPConnection;
import com.unboundid.ldap.sdk.LDAPException;
import com.unboundid.ldap.sdk.Modification;
import com.unboundid.ldap.sdk.ModificationType;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A real Active Directory domain controller. {@link #running()} is one for all tests of a process, started when the first
 * asks; tests that end a server or need two start their own. All are ended with the process.
 *
 * <p>There are the accounts {@code svc-mail}, {@code svc-other}, {@code dkm-admin}, {@code alice} and {@code svc-disabled},
 * and the groups {@code Mail Services} (of svc-mail and svc-disabled), which is in {@code DKM Readers}, {@code DKM Rollers} and
 * {@code DKM Admins} (both of dkm-admin). Safe for use by many threads.
 */
public final class ActiveDirectory {
    /** The Kerberos realm. */
    public static final String REALM = "AD.DKM4J.TEST";
    /** The name that the domain has before a backslash. */
    public static final String DOMAIN = "DKM4J";
    /** The domain's name in DNS, which a user principal name ends with. */
    public static final String DNS_DOMAIN = "ad.dkm4j.test";
    /** The distinguished name of the domain. */
    public static final String BASE = "DC=ad,DC=dkm4j,DC=test";
    /** Where the accounts and groups are. */
    public static final String USERS = "CN=Users," + BASE;

    private static final AtomicInteger SERVERS = new AtomicInteger();

    private final ServerScript script;
    private final String address;
    private final Administrator administrator;

    private ActiveDirectory(Map<String, String> environment) {
        address = nextAddress();
        Map<String, String> variables = new HashMap<>(environment);
        variables.put("ADDR", address);
        script = ServerScript.started("active-directory.sh", variables);
        administrator = new Administrator(
                address, 389, authority(), "administrator@" + DNS_DOMAIN, script.password("administrator"));
    }

    /** The one of this process, whose realm is where the process's Kerberos goes. */
    public static ActiveDirectory running() {
        return Running.SERVER;
    }

    /** A domain controller of its own with the same names and passwords, which knows nothing of the other. */
    public ActiveDirectory another() {
        return new ActiveDirectory(Map.of("PASSWORDS", script.folder().toString()));
    }

    /** The loopback address of LDAP on port 389 and LDAPS on port 636; the certificate has it, and localhost. */
    public String address() {
        return address;
    }

    /** The certificate of the authority that vouches for the server, as PEM. */
    public Path authority() {
        return script.folder().resolve("ca.pem");
    }

    /** A copy of an account's password. */
    public char[] password(String account) {
        return script.password(account);
    }

    /** The keys of svc-mail, svc-other or dkm-admin. */
    public Path keytab(String account) {
        return script.folder().resolve(account + ".keytab");
    }

    /** The name that an account has for Kerberos. */
    public static String principal(String account) {
        return account + "@" + REALM;
    }

    /** The distinguished name of an account or group. */
    public static String dn(String name) {
        return "CN=" + name + "," + USERS;
    }

    /** A connection bound as the domain's administrator, which the caller closes. */
    public LDAPConnection administrator() {
        return administrator.connect();
    }

    /** Makes an enabled account without a password, which the account is allowed not to have. */
    public void addUser(String name) {
        administrator.add(
                dn(name),
                new Attribute("objectClass", "user"),
                new Attribute("sAMAccountName", name),
                new Attribute("userPrincipalName", name + "@" + DNS_DOMAIN),
                new Attribute("userAccountControl", "544"));
    }

    /** Makes a group with the given members, which are distinguished names. */
    public void addGroup(String name, String... members) {
        administrator.add(dn(name), new Attribute("objectClass", "group"), new Attribute("sAMAccountName", name));
        if (members.length > 0) {
            addMembers(name, members);
        }
    }

    /** Adds members, which are distinguished names. */
    public void addMembers(String group, String... members) {
        administrator.addValues(dn(group), "member", members);
    }

    /** Removes members, which are distinguished names. */
    public void removeMembers(String group, String... members) {
        administrator.removeValues(dn(group), "member", members);
    }

    /** Gives an account or group other values of an attribute, none to remove it. */
    public void replace(String name, String attribute, String... values) {
        administrator.replace(dn(name), attribute, values);
    }

    /** Gives an account a password. */
    public void setPassword(String name, String password) {
        try (LDAPConnection connection = administrator()) {
            connection.modify(
                    dn(name),
                    new Modification(
                            ModificationType.REPLACE,
                            "unicodePwd",
                            ("\"" + password + "\"").getBytes(StandardCharsets.UTF_16LE)));
        } catch (LDAPException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Makes an entry. */
    public void add(String dn, Attribute... attributes) {
        administrator.add(dn, attributes);
    }

    /** Removes an entry. */
    public void delete(String dn) {
        administrator.delete(dn);
    }

    /** Locks an account out of new binds. */
    public void disable(String account) {
        replace(account, "userAccountControl", "514");
    }

    /** Ends the server's process at once. */
    public void kill() {
        script.run("kill");
    }

    /** Starts the server again, with all that it has stored. */
    public void restart() {
        script.run("start");
    }

    /** An address that no other server of this or another process of the machine is given. */
    private static String nextAddress() {
        long process = ProcessHandle.current().pid();
        int server = SERVERS.incrementAndGet();
        return "127." + (100 + server) + "." + (1 + process / 250 % 250) + "." + (1 + process % 250);
    }

    /** Holds the server, so that nothing is started before it is asked for. */
    private static final class Running {
        static final ActiveDirectory SERVER = start();

        private static ActiveDirectory start() {
            ActiveDirectory server = new ActiveDirectory(Map.of());
            System.setProperty(
                    "java.security.krb5.conf",
                    server.script.folder().resolve("krb5.conf").toString());
            return server;
        }
    }
}
