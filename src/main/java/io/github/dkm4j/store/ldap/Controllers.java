package io.github.dkm4j.store.ldap;

import com.unboundid.ldap.sdk.Entry;
import com.unboundid.ldap.sdk.LDAPConnection;
import io.github.dkm4j.key.StoreUnavailable;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * Which domain controllers answered on the connections that were used, by their own word and not by their addresses: one
 * may have several of these. Not safe for use by many threads.
 */
final class Controllers {
    private static final String NAME = "dsServiceName";
    private static final String CAPABILITIES = "supportedCapabilities";
    /** In what a read-only controller says that it can do: it holds a part of the secrets. */
    private static final String READ_ONLY = "1.2.840.113556.1.4.1920";

    static final String[] ATTRIBUTES = {NAME, CAPABILITIES};

    private final Set<LDAPConnection> connections = Collections.newSetFromMap(new IdentityHashMap<>());
    private final Set<Controller> seen = new LinkedHashSet<>();

    /**
     * A domain controller.
     *
     * @param name empty if it does not tell
     */
    private record Controller(String name, boolean readOnly) {}

    /** Whether it is known who is at a connection's other end: a connection stays with its server. */
    boolean isKnown(LDAPConnection connection) {
        return connections.contains(connection);
    }

    /** Notes who is at a connection's other end, by the server's own entry with these {@link #ATTRIBUTES}. */
    void note(LDAPConnection connection, Entry root) {
        String name = root.getAttributeValue(NAME);
        seen.add(new Controller(name == null ? "" : name, root.hasAttributeValue(CAPABILITIES, READ_ONLY)));
        connections.add(connection);
    }

    /**
     * Holds if these are others than those that took something, and can keep it.
     *
     * @throws StoreUnavailable if not
     */
    void requireOthersThan(Controllers takers) {
        for (Controller controller : seen) {
            if (controller.name().isEmpty()
                    || takers.seen.stream().anyMatch(taker -> taker.name().isEmpty())) {
                throw new StoreUnavailable("a domain controller does not tell which one it is, so that none can confirm"
                        + " what another one has taken");
            }
            if (controller.readOnly()) {
                throw new StoreUnavailable(
                        controller.name() + " is a read-only domain controller: no other one gets anything from it");
            }
            if (takers.seen.stream().anyMatch(taker -> taker.name().equalsIgnoreCase(controller.name()))) {
                throw new StoreUnavailable(controller.name()
                        + " is the same domain controller that has taken it, and confirms nothing: give the store"
                        + " and its confirmation two");
            }
        }
    }
}
