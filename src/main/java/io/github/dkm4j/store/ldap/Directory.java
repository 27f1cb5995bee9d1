package io.github.dkm4j.store.ldap;

import com.unboundid.asn1.ASN1OctetString;
import com.unboundid.ldap.sdk.AddRequest;
import com.unboundid.ldap.sdk.Attribute;
import com.unboundid.ldap.sdk.Control;
import com.unboundid.ldap.sdk.DN;
import com.unboundid.ldap.sdk.Entry;
import com.unboundid.ldap.sdk.Filter;
import com.unboundid.ldap.sdk.LDAPConnection;
import com.unboundid.ldap.sdk.LDAPConnectionPool;
import com.unboundid.ldap.sdk.LDAPException;
import com.unboundid.ldap.sdk.Modification;
import com.unboundid.ldap.sdk.ModificationType;
import com.unboundid.ldap.sdk.ModifyDNRequest;
import com.unboundid.ldap.sdk.ModifyRequest;
import com.unboundid.ldap.sdk.RDN;
import com.unboundid.ldap.sdk.ResultCode;
import com.unboundid.ldap.sdk.SearchRequest;
import com.unboundid.ldap.sdk.SearchResult;
import com.unboundid.ldap.sdk.SearchResultEntry;
import com.unboundid.ldap.sdk.SearchScope;
import com.unboundid.ldap.sdk.controls.SimplePagedResultsControl;
import io.github.dkm4j.key.StoreUnavailable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What the store asks of an LDAP server. Not being allowed to see something and its not being there are the same: Active
 * Directory does not tell them apart either. Every method throws what the server says.
 */
final class Directory {
    /** Owner, group and discretionary access control list. */
    static final int WHOLE_DESCRIPTOR = 7;

    /** The discretionary access control list alone. */
    static final int DACL = 4;

    static final String DESCRIPTOR = "nTSecurityDescriptor";

    private static final String SD_FLAGS = "1.2.840.113556.1.4.801";
    private static final int PAGE = 500;

    private final LDAPConnectionPool pool;
    private final Optional<Controllers> used;
    private final Optional<LongSupplier> left;

    Directory(LDAPConnectionPool pool) {
        this(pool, Optional.empty(), Optional.empty());
    }

    private Directory(LDAPConnectionPool pool, Optional<Controllers> used, Optional<LongSupplier> left) {
        this.pool = pool;
        this.used = used;
        this.left = left;
    }

    /** The same directory; which controllers are asked through it, is noted. */
    Directory noting(Controllers controllers) {
        return new Directory(pool, Optional.of(controllers), left);
    }

    /** The same directory; who searches it waits for an answer no longer than the milliseconds that are left then. */
    Directory within(LongSupplier milliseconds) {
        return new Directory(pool, used, Optional.of(milliseconds));
    }

    /** Something done with each entry. */
    interface Visitor {
        /** Looks at an entry. */
        void visit(SearchResultEntry entry) throws LDAPException;
    }

    /** The object of exactly this name, with these attributes; its descriptor if that is among them. */
    Optional<SearchResultEntry> find(DN dn, String... attributes) throws LDAPException {
        SearchRequest request = new SearchRequest(
                dn.toString(), SearchScope.BASE, Filter.createPresenceFilter("objectClass"), attributes);
        if (Arrays.asList(attributes).contains(DESCRIPTOR)) {
            request.addControl(descriptorFlags(WHOLE_DESCRIPTOR));
        }
        List<SearchResultEntry> found = new ArrayList<>();
        searching(request, (connection, result) -> found.addAll(result.getSearchEntries()));
        return found.stream().findFirst();
    }

    /** The server's own entry. */
    Optional<SearchResultEntry> root(String... attributes) throws LDAPException {
        return find(DN.NULL_DN, attributes);
    }

    /**
     * Shows the visitor every object that matches, however many there are, page by page on one connection; none if the
     * base is not there. It sees what was there when the search began, and may or may not see what is added meanwhile.
     *
     * @throws StoreUnavailable if the base was there and is gone before the last page
     */
    void forEach(DN base, SearchScope scope, Filter filter, Visitor visitor, String... attributes)
            throws LDAPException {
        SearchRequest request = new SearchRequest(base.toString(), scope, filter, attributes);
        request.setControls(controls(request, null));
        searching(request, (connection, first) -> {
            SearchResult result = first;
            while (true) {
                for (SearchResultEntry entry : result.getSearchEntries()) {
                    visitor.visit(entry);
                }
                SimplePagedResultsControl answer = SimplePagedResultsControl.get(result);
                if (answer == null || !answer.moreResultsToReturn()) {
                    return;
                }
                request.setControls(controls(request, answer.getCookie()));
                result = next(connection, request);
            }
        });
    }

    private SearchResult next(LDAPConnection connection, SearchRequest request) throws LDAPException {
        try {
            return search(connection, request);
        } catch (LDAPException e) {
            if (isMissing(e)) {
                throw new StoreUnavailable(request.getBaseDN() + " went away while it was read", e);
            }
            throw e;
        }
    }

    private SearchResult search(LDAPConnection connection, SearchRequest request) throws LDAPException {
        left.ifPresent(milliseconds -> request.setResponseTimeoutMillis(Math.max(1, milliseconds.getAsLong())));
        return connection.search(request);
    }

    /**
     * Searches, on a new connection if the pool's turns out to be lost before anything was read, as idle ones do, and goes on
     * with the result on the same one. Does nothing if the base is not there.
     */
    private void searching(SearchRequest request, Continuation continuation) throws LDAPException {
        LDAPConnection connection = pool.getConnection();
        @Nullable SearchResult first = null;
        try {
            first = search(connection, request);
        } catch (LDAPException e) {
            if (isMissing(e)) {
                on(connection, same -> {});
                return;
            }
            if (e.getResultCode().isConnectionUsable()) {
                pool.releaseConnection(connection);
                throw e;
            }
            connection = pool.replaceDefunctConnection(connection);
        }
        @Nullable SearchResult known = first;
        on(connection, same -> {
            SearchResult result = known;
            try {
                result = result == null ? search(same, request) : result;
            } catch (LDAPException e) {
                if (isMissing(e)) {
                    return;
                }
                throw e;
            }
            continuation.with(same, result);
        });
    }

    private static boolean isMissing(LDAPException e) {
        return e.getResultCode().equals(ResultCode.NO_SUCH_OBJECT);
    }

    private static Control[] controls(SearchRequest request, @Nullable ASN1OctetString cookie) {
        Control page = new SimplePagedResultsControl(PAGE, cookie, true);
        return request.getAttributeList().contains(DESCRIPTOR)
                ? new Control[] {page, descriptorFlags(WHOLE_DESCRIPTOR)}
                : new Control[] {page};
    }

    /** Adds an object that has the descriptor from its first moment. */
    void add(Entry entry, SecurityDescriptor descriptor) throws LDAPException {
        Entry whole = entry.duplicate();
        whole.addAttribute(new Attribute(DESCRIPTOR, descriptor.bytes()));
        int parts = descriptor.owner().isPresent() ? WHOLE_DESCRIPTOR : DACL;
        write(connection -> connection.add(new AddRequest(whole, new Control[] {descriptorFlags(parts)})));
    }

    /** Adds an object with the descriptor that the server gives it. */
    void add(Entry entry) throws LDAPException {
        write(connection -> connection.add(new AddRequest(entry)));
    }

    /** Gives an object another descriptor. */
    void protect(DN dn, SecurityDescriptor descriptor) throws LDAPException {
        Modification change = new Modification(ModificationType.REPLACE, DESCRIPTOR, descriptor.bytes());
        int parts = descriptor.owner().isPresent() ? WHOLE_DESCRIPTOR : DACL;
        pool.modify(
                new ModifyRequest(dn.toString(), new Modification[] {change}, new Control[] {descriptorFlags(parts)}));
    }

    /** Renames an object in its container. */
    void rename(DN dn, RDN name) throws LDAPException {
        write(connection -> connection.modifyDN(new ModifyDNRequest(dn.toString(), name.toString(), true)));
    }

    /**
     * Deletes an object that has no children.
     *
     * @return false if there is none
     */
    boolean delete(DN dn) throws LDAPException {
        try {
            write(connection -> connection.delete(dn.toString()));
            return true;
        } catch (LDAPException e) {
            if (isMissing(e)) {
                return false;
            }
            throw e;
        }
    }

    /** Writes once, whatever the pool's habits are: doing it again would not tell whether it was done. */
    private void write(Use change) throws LDAPException {
        on(pool.getConnection(), change);
    }

    private void note(LDAPConnection connection) throws LDAPException {
        if (used.isPresent() && !used.get().isKnown(connection)) {
            SearchRequest request = new SearchRequest(
                    "", SearchScope.BASE, Filter.createPresenceFilter("objectClass"), Controllers.ATTRIBUTES);
            for (SearchResultEntry root : search(connection, request).getSearchEntries()) {
                used.get().note(connection, root);
            }
        }
    }

    private void on(LDAPConnection connection, Use use) throws LDAPException {
        boolean usable = false;
        try {
            note(connection);
            use.of(connection);
            usable = true;
        } catch (LDAPException e) {
            usable = e.getResultCode().isConnectionUsable();
            throw e;
        } finally {
            if (usable) {
                pool.releaseConnection(connection);
            } else {
                pool.releaseDefunctConnection(connection);
            }
        }
    }

    /** Something done with a connection. */
    private interface Use {
        void of(LDAPConnection connection) throws LDAPException;
    }

    /** What follows a first result on the same connection. */
    private interface Continuation {
        void with(LDAPConnection connection, SearchResult first) throws LDAPException;
    }

    /** Asks for, or is about, these parts of a descriptor. */
    private static Control descriptorFlags(int parts) {
        return new Control(SD_FLAGS, true, new ASN1OctetString(new byte[] {0x30, 3, 2, 1, (byte) parts}));
    }
}
