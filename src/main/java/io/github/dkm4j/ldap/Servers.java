package io.github.dkm4j.ldap;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Where a directory is: servers by name, in the order in which they are tried, or the domain whose DNS knows them. */
final class Servers {
    private static final String ALLOWED =
            "is not ldaps://host[:port][,host[:port]…], ldap://host[:port][,host[:port]…] or ad:domain";
    private static final Pattern URL = Pattern.compile("(ldaps?)://(.+)", Pattern.CASE_INSENSITIVE);
    private static final Pattern SERVER =
            Pattern.compile("(?:\\[([0-9A-Fa-f.:]*:[0-9A-Fa-f.:]*)]|([A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?))"
                    + "(?::([0-9]{1,5}))?");
    private static final Pattern DOMAIN =
            Pattern.compile("ad:([A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?)", Pattern.CASE_INSENSITIVE);
    private static final int LDAP_PORT = 389;
    private static final int LDAPS_PORT = 636;
    private static final int MAX_PORT = 65_535;
    private static final Set<Integer> GLOBAL_CATALOGUE = Set.of(3268, 3269);

    private final List<Server> list;
    private final boolean tlsFirst;
    private final String domain;

    private Servers(List<Server> list, boolean tlsFirst, String domain) {
        this.list = List.copyOf(list);
        this.tlsFirst = tlsFirst;
        this.domain = domain;
    }

    /**
     * Reads {@code ldaps://host[:port][,host[:port]…]}, {@code ldap://…} or {@code ad:domain}.
     *
     * @throws IllegalArgumentException if it is something else
     */
    static Servers parse(String text) {
        Matcher domain = DOMAIN.matcher(text);
        if (domain.matches()) {
            return new Servers(List.of(), false, domain.group(1));
        }
        Matcher url = URL.matcher(text);
        if (!url.matches()) {
            throw new IllegalArgumentException("'" + text + "' " + ALLOWED);
        }
        boolean tlsFirst = url.group(1).equalsIgnoreCase("ldaps");
        List<Server> list = new ArrayList<>();
        for (String server : url.group(2).split(",", -1)) {
            list.add(server(text, server, tlsFirst ? LDAPS_PORT : LDAP_PORT));
        }
        return new Servers(list, tlsFirst, "");
    }

    private static Server server(String text, String server, int defaultPort) {
        Matcher matcher = SERVER.matcher(server);
        if (!matcher.matches()) {
            throw new IllegalArgumentException("'" + text + "' " + ALLOWED);
        }
        int port = matcher.group(3) == null ? defaultPort : Integer.parseInt(matcher.group(3));
        if (port < 1 || port > MAX_PORT) {
            throw new IllegalArgumentException("'" + text + "' has a port that is not between 1 and " + MAX_PORT);
        }
        if (isGlobalCatalogue(port)) {
            throw new IllegalArgumentException("'" + text + "' has the port of a global catalogue, which does not know"
                    + " all members of all groups: ask a domain controller at 389 or 636");
        }
        return new Server(matcher.group(1) != null ? matcher.group(1) : matcher.group(2), port);
    }

    /** Whether a port is a global catalogue's, which does not know all members of all groups. */
    static boolean isGlobalCatalogue(int port) {
        return GLOBAL_CATALOGUE.contains(port);
    }

    /** The servers, none if they are to be found by DNS. */
    List<Server> list() {
        return list;
    }

    /** Whether a connection begins with TLS; if not, StartTLS is the first that is sent on it. */
    boolean tlsFirst() {
        return tlsFirst;
    }

    /** The domain to find servers of by DNS; empty if they are listed. */
    String domain() {
        return domain;
    }

    /** The name of the SRV record of the domain's controllers. */
    String record() {
        return "_ldap._tcp.dc._msdcs." + domain;
    }

    /** A host, which is a name or an address without brackets, and a port. */
    record Server(String host, int port) {}
}
