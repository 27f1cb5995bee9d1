package io.github.dkm4j.store.ldap;

import com.unboundid.ldap.listener.InMemoryDirectoryServer;
import com.unboundid.ldap.listener.InMemoryDirectoryServerConfig;
import com.unboundid.ldap.listener.interceptor.InMemoryInterceptedAddRequest;
import com.unboundid.ldap.listener.interceptor.InMemoryInterceptedAddResult;
import com.unboundid.ldap.listener.interceptor.InMemoryInterceptedDeleteResult;
import com.unboundid.ldap.listener.interceptor.InMemoryInterceptedModifyDNRequest;
import com.unboundid.ldap.listener.interceptor.InMemoryInterceptedSearchRequest;
import com.unboundid.ldap.listener.interceptor.InMemoryOperationInterceptor;
import com.unboundid.ldap.sdk.AddRequest;
import com.unboundid.ldap.sdk.Attribute;
import com.unboundid.ldap.sdk.Control;
import com.unboundid.ldap.sdk.DN;
import com.unboundid.ldap.sdk.Entry;
import com.unboundid.ldap.sdk.LDAPConnectionOptions;
import com.unboundid.ldap.sdk.LDAPConnectionPool;
import com.unboundid.ldap.sdk.LDAPException;
import com.unboundid.ldap.sdk.RDN;
import com.unboundid.ldap.sdk.ResultCode;
import com.unboundid.ldap.sdk.SearchRequest;
import com.unboundid.ldap.sdk.SearchResultEntry;
import com.unboundid.ldap.sdk.SearchScope;
import com.unboundid.ldap.sdk.SingleServerSet;
import com.unboundid.ldap.sdk.controls.SimplePagedResultsControl;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;

/** A domain controller in memory, as far as the store can tell: without access control, but able to fail and replicate. */
final class MemoryController implements AutoCloseable {
    static final String HOLDER = "CN=dkm4j,DC=test";
    static final String CREATED = "20260301100000.0Z";
    static final AclBaseline BASELINE =
            AclBaseline.of("S-1-5-21-1-2-3-1101", "S-1-5-21-1-2-3-1102", "S-1-5-21-1-2-3-1103");

    private final InMemoryDirectoryServer server;
    private int addsLeft = Integer.MAX_VALUE;
    private boolean refusesRenaming;
    private boolean refusesOwners;
    private boolean hangsUp;
    private volatile boolean hangsUpOnSearch;
    private volatile boolean losesTheBase;
    private volatile Duration renamingTakes = Duration.ZERO;
    private volatile Duration searchesTake = Duration.ZERO;

    MemoryController() {
        this(new Attribute("dsServiceName", "CN=NTDS Settings,CN=" + UUID.randomUUID()));
    }

    /**
     * @param identity what it says of itself
     */
    MemoryController(Attribute... identity) {
        try {
            InMemoryDirectoryServerConfig config = new InMemoryDirectoryServerConfig("DC=test");
            config.setSchema(null);
            List<Attribute> root = new ArrayList<>(List.of(identity));
            root.add(new Attribute("currentTime", CREATED));
            config.setCustomRootDSEAttributes(root);
            config.addInMemoryOperationInterceptor(new Behaviour());
            server = new InMemoryDirectoryServer(config);
            server.add("DC=test", new Attribute("objectClass", "domain"));
            server.add(HOLDER, new Attribute("objectClass", "container"));
            server.startListening();
        } catch (LDAPException e) {
            throw new IllegalStateException(e);
        }
    }

    LDAPConnectionPool pool() {
        try {
            LDAPConnectionPool pool = server.getConnectionPool(4);
            pool.setRetryFailedOperationsDueToInvalidConnections(true);
            return pool;
        } catch (LDAPException e) {
            throw new IllegalStateException(e);
        }
    }

    LdapKeyRingStore store() {
        return LdapKeyRingStore.over(pool(), HOLDER).baseline(BASELINE).build();
    }

    void failAfterAdds(int adds) {
        addsLeft = adds;
    }

    void refuseRenaming(boolean refuses) {
        refusesRenaming = refuses;
    }

    /** Ends the connection of the next search instead of answering it. */
    void hangUpOnNextSearch() {
        hangsUpOnSearch = true;
    }

    /** Lets each change of a name take this long. */
    void delayRenaming(Duration time) {
        renamingTakes = time;
    }

    /** Lets each search take this long. */
    void delaySearches(Duration time) {
        searchesTake = time;
    }

    /** Takes the base of a search away before its second page. */
    void loseTheBaseAfterAPage() {
        losesTheBase = true;
    }

    /** Connections that wait for answers this long. */
    LDAPConnectionPool pool(Duration patience) {
        LDAPConnectionOptions options = new LDAPConnectionOptions();
        options.setResponseTimeoutMillis(patience.toMillis());
        try {
            return new LDAPConnectionPool(
                    new SingleServerSet("localhost", server.getListenPort(), options), null, 0, 2);
        } catch (LDAPException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Ends all connections after each change, before it is answered. */
    void hangUpAfterChanges(boolean does) {
        hangsUp = does;
    }

    void refuseOwners() {
        refusesOwners = true;
    }

    void add(Entry entry) {
        try {
            server.add(entry);
        } catch (LDAPException e) {
            throw new IllegalStateException(e);
        }
    }

    List<SearchResultEntry> objects() {
        try {
            return server.search(HOLDER, SearchScope.SUB, "(objectClass=*)").getSearchEntries();
        } catch (LDAPException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Gives another controller what it has not; of two objects of one name the copy is renamed, as replication does. */
    void replicateTo(MemoryController other) {
        for (SearchResultEntry entry : objects()) {
            try {
                Entry there = other.server.getEntry(entry.getDN());
                if (there == null) {
                    other.server.add(entry);
                } else if (!there.equals(entry)) {
                    Entry copy = entry.duplicate();
                    RDN name = new RDN("CN", entry.getRDN().getAttributeValues()[0] + "\nCNF:" + UUID.randomUUID());
                    copy.setDN(new DN(name, entry.getParentDN()));
                    copy.removeAttribute("cn");
                    other.server.add(copy);
                }
            } catch (LDAPException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    @Override
    public void close() {
        server.shutDown(true);
    }

    private final class Behaviour extends InMemoryOperationInterceptor {
        @Override
        public void processAddRequest(InMemoryInterceptedAddRequest intercepted) throws LDAPException {
            Entry entry = intercepted.getRequest().toEntry();
            byte[] descriptor = entry.getAttributeValueBytes(Directory.DESCRIPTOR);
            try {
                if (refusesOwners
                        && descriptor != null
                        && SecurityDescriptor.read(descriptor).owner().isPresent()) {
                    throw new LDAPException(ResultCode.CONSTRAINT_VIOLATION, "0000051B: invalid owner");
                }
            } catch (MalformedDescriptor e) {
                throw new LDAPException(ResultCode.INVALID_ATTRIBUTE_SYNTAX, "no descriptor", e);
            }
            if (descriptor != null && addsLeft-- == 0) {
                throw new LDAPException(ResultCode.UNAVAILABLE, "the disk is full");
            }
            if (!entry.hasAttribute("whenCreated")) {
                entry.addAttribute("whenCreated", CREATED);
            }
            intercepted.setRequest(new AddRequest(entry));
        }

        @Override
        public void processSearchRequest(InMemoryInterceptedSearchRequest intercepted) throws LDAPException {
            sleep(searchesTake);
            for (Control control : intercepted.getRequest().getControls()) {
                if (losesTheBase
                        && control instanceof SimplePagedResultsControl page
                        && page.getCookie() != null
                        && page.getCookie().getValueLength() > 0) {
                    throw new LDAPException(ResultCode.NO_SUCH_OBJECT, "gone");
                }
            }
            if (hangsUpOnSearch) {
                hangsUpOnSearch = false;
                server.closeAllConnections(false);
            }
            // It does not know the control that asks for parts of a descriptor.
            SearchRequest request = intercepted.getRequest().duplicate();
            request.setControls(Arrays.stream(request.getControls())
                    .filter(SimplePagedResultsControl.class::isInstance)
                    .toList());
            intercepted.setRequest(request);
        }

        @Override
        public void processAddResult(InMemoryInterceptedAddResult intercepted) {
            hangUpIfSo();
        }

        @Override
        public void processDeleteResult(InMemoryInterceptedDeleteResult intercepted) {
            hangUpIfSo();
        }

        private void hangUpIfSo() {
            if (hangsUp) {
                server.closeAllConnections(false);
            }
        }

        @Override
        public void processModifyDNRequest(InMemoryInterceptedModifyDNRequest intercepted) throws LDAPException {
            sleep(renamingTakes);
            if (refusesRenaming) {
                throw new LDAPException(ResultCode.UNAVAILABLE, "the disk is full");
            }
        }

        private void sleep(Duration time) {
            try {
                Thread.sleep(time.toMillis());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
