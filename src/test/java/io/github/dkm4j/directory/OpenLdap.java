package io.github.dkm4j.directory;

import com.unboundid.ldap.sdk.Attribute;
import com.unboundid.ldap.sdk.LDAPConnection;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;

/**
 * A real OpenLDAP server, one for all tests of a process, started when the first asks and ended with the process.
 *
 * <p>There are the accounts {@code svc-mail}, {@code svc-other}, {@code dkm-admin} and {@code alice}, and the groups
 * {@code Mail Services} (of svc-mail), which is in {@code DKM Readers}, {@code DKM Rollers} and {@code DKM Admins} (both of
 * dkm-admin). Safe for use by many threads.
 */
public final class OpenLdap {
    /** The distinguished name above all others. */
    public static final String BASE = "dc=dkm4j,dc=test";
    /** Where the accounts are. */
    public static final String PEOPLE = "ou=people," + BASE;
    /** Where the groups are. */
    public static final String GROUPS = "ou=groups," + BASE;

    private static final String ADDRESS = "127.0.0.1";

    private final ServerScript script;
    private final int port;
    private final Administrator administrator;

    private OpenLdap() {
        port = freePort();
        script = ServerScript.started("openldap.sh", Map.of("ADDR", ADDRESS, "PORT", Integer.toString(port)));
        administrator = new Administrator(
                ADDRESS, port, authority(), "cn=administrator," + BASE, script.password("administrator"));
    }

    /** The one of this process. */
    public static OpenLdap running() {
        return Running.SERVER;
    }

    /** Host and port of LDAP, which has StartTLS. */
    public String address() {
        return ADDRESS + ":" + port;
    }

    /** Host and port of LDAPS. */
    public String secureAddress() {
        return ADDRESS + ":" + (port + 1);
    }

    /** The certificate of the authority that vouches for the server, as PEM. */
    public Path authority() {
        return script.folder().resolve("ca.pem");
    }

    /** A copy of an account's password. */
    public char[] password(String account) {
        return script.password(account);
    }

    /** The distinguished name of an account. */
    public static String account(String name) {
        return "uid=" + name + "," + PEOPLE;
    }

    /** The distinguished name of a group. */
    public static String group(String name) {
        return "cn=" + name + "," + GROUPS;
    }

    /** A connection bound as the administrator, which the caller closes. */
    public LDAPConnection administrator() {
        return administrator.connect();
    }

    /** Makes an account without a password. */
    public void addUser(String name) {
        administrator.add(
                account(name),
                new Attribute("objectClass", "inetOrgPerson"),
                new Attribute("uid", name),
                new Attribute("cn", name),
                new Attribute("sn", name));
    }

    /** Makes a group with the given members, at least one, which are distinguished names. */
    public void addGroup(String name, String... members) {
        administrator.add(
                group(name),
                new Attribute("objectClass", "groupOfNames"),
                new Attribute("cn", name),
                new Attribute("member", members));
    }

    /** Makes an entry. */
    public void add(String dn, Attribute... attributes) {
        administrator.add(dn, attributes);
    }

    /** Removes an entry. */
    public void delete(String dn) {
        administrator.delete(dn);
    }

    /** Adds members, which are distinguished names. */
    public void addMembers(String group, String... members) {
        administrator.addValues(group(group), "member", members);
    }

    /** Removes members, which are distinguished names. */
    public void removeMembers(String group, String... members) {
        administrator.removeValues(group(group), "member", members);
    }

    /** Locks an account. */
    public void disable(String account) {
        administrator.replace(account(account), "pwdAccountLockedTime", "000001010000Z");
    }

    /** Ends the server's process at once. */
    public void kill() {
        script.run("kill");
    }

    /** Starts the server again, with all that it has stored. */
    public void restart() {
        script.run("start");
    }

    /** A port that is free now, before one that is. */
    private static int freePort() {
        return Stream.generate(OpenLdap::freePair)
                .limit(100)
                .filter(port -> port > 0)
                .findFirst()
                .orElseThrow();
    }

    /** Zero if the port after a free one is taken. */
    private static int freePair() {
        try (ServerSocket first = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            try (ServerSocket second =
                    new ServerSocket(first.getLocalPort() + 1, 1, InetAddress.getLoopbackAddress())) {
                return second.getLocalPort() - 1;
            } catch (IOException | IllegalArgumentException e) {
                return 0;
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Holds the server, so that nothing is started before it is asked for. */
    private static final class Running {
        static final OpenLdap SERVER = new OpenLdap();
    }
}
