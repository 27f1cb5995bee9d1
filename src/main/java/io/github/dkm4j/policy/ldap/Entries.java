package io.github.dkm4j.policy.ldap;

import com.unboundid.asn1.ASN1OctetString;
import com.unboundid.ldap.sdk.DN;
import com.unboundid.ldap.sdk.ExtendedResult;
import com.unboundid.ldap.sdk.Filter;
import com.unboundid.ldap.sdk.LDAPConnection;
import com.unboundid.ldap.sdk.LDAPConnectionPool;
import com.unboundid.ldap.sdk.LDAPException;
import com.unboundid.ldap.sdk.LDAPInterface;
import com.unboundid.ldap.sdk.LDAPSearchException;
import com.unboundid.ldap.sdk.ResultCode;
import com.unboundid.ldap.sdk.SearchRequest;
import com.unboundid.ldap.sdk.SearchResult;
import com.unboundid.ldap.sdk.SearchResultEntry;
import com.unboundid.ldap.sdk.SearchScope;
import com.unboundid.ldap.sdk.controls.SimplePagedResultsControl;
import com.unboundid.ldap.sdk.extensions.WhoAmIExtendedRequest;
import com.unboundid.ldap.sdk.extensions.WhoAmIExtendedResult;
import io.github.dkm4j.key.GroupDirectoryUnavailable;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The entries of a directory below a base. Whatever keeps an answer from being complete is a {@link
 * GroupDirectoryUnavailable}. Safe for use by many threads.
 */
final class Entries {
    private static final int PAGE = 500;
    private static final int ATTEMPTS = 2;

    private final LDAPInterface connections;
    private final DN base;
    private final boolean references;

    Entries(LDAPInterface connections, DN base) {
        this(connections, base, true);
    }

    private Entries(LDAPInterface connections, DN base, boolean references) {
        this.connections = connections;
        this.base = base;
        this.references = references;
    }

    /** The same directory below another base. */
    Entries at(DN other) {
        return new Entries(connections, other, references);
    }

    /**
     * The same directory; if a search has to be continued elsewhere, that is an error from now on. Otherwise what is elsewhere counts
     * as not there.
     */
    Entries withoutReferences() {
        return new Entries(connections, base, false);
    }

    /** Whom the connections are bound as, as the server calls it; empty if it does not tell, or they are no pool. */
    Optional<String> whoAmI() {
        if (!(connections instanceof LDAPConnectionPool pool)) {
            return Optional.empty();
        }
        try {
            ExtendedResult result = pool.processExtendedOperation(new WhoAmIExtendedRequest());
            return result instanceof WhoAmIExtendedResult told
                            && result.getResultCode().equals(ResultCode.SUCCESS)
                    ? Optional.ofNullable(told.getAuthorizationID())
                    : Optional.empty();
        } catch (LDAPException e) {
            if (ResultCode.isConnectionUsable(e.getResultCode())) {
                return Optional.empty(); // it does not know the operation
            }
            throw unavailable(e);
        }
    }

    DN base() {
        return base;
    }

    /** The entry that describes the server. */
    SearchResultEntry root(String... attributes) {
        return read(DN.NULL_DN, Filter.createPresenceFilter("objectClass"), attributes)
                .orElseThrow(() -> new GroupDirectoryUnavailable("the directory does not describe itself"));
    }

    /** The entry at this place, if there is one below the base that the filter takes. */
    Optional<SearchResultEntry> readBelowBase(DN dn, Filter filter, String... attributes) {
        return dn.isDescendantOf(base, true) ? read(dn, filter, attributes) : Optional.empty();
    }

    /** The entry at this place, if there is one that the filter takes. */
    Optional<SearchResultEntry> read(DN dn, Filter filter, String... attributes) {
        SearchRequest request = new SearchRequest(dn.toString(), SearchScope.BASE, filter, attributes);
        try {
            return complete(connections.search(request)).getSearchEntries().stream()
                    .findFirst();
        } catch (LDAPSearchException e) {
            if (e.getResultCode().equals(ResultCode.NO_SUCH_OBJECT)) {
                return Optional.empty();
            }
            throw unavailable(e);
        }
    }

    /** The one entry that the filter takes, if there is one. */
    Optional<SearchResultEntry> findOne(String what, Filter filter, String... attributes) {
        SearchRequest request = new SearchRequest(base.toString(), SearchScope.SUB, filter, attributes);
        request.setSizeLimit(2);
        List<SearchResultEntry> found;
        try {
            found = complete(connections.search(request)).getSearchEntries();
        } catch (LDAPSearchException e) {
            if (!e.getResultCode().equals(ResultCode.SIZE_LIMIT_EXCEEDED)) {
                throw unavailable(e);
            }
            throw ambiguous(what);
        }
        if (found.size() > 1) {
            throw ambiguous(what);
        }
        return found.stream().findFirst();
    }

    /** All entries that the filter takes, in pages. */
    List<SearchResultEntry> findAll(Filter filter, String... attributes) {
        try {
            // A server may want the pages of one search on one connection.
            return connections instanceof LDAPConnectionPool pool
                    ? pagesOnOneConnection(pool, filter, attributes)
                    : pages(connections, filter, attributes);
        } catch (LDAPException e) {
            throw unavailable(e);
        }
    }

    private List<SearchResultEntry> pagesOnOneConnection(LDAPConnectionPool pool, Filter filter, String... attributes)
            throws LDAPException {
        LDAPConnection connection = pool.getConnection();
        for (int attempt = 1; ; attempt++) {
            try {
                List<SearchResultEntry> found = pages(connection, filter, attributes);
                pool.releaseConnection(connection);
                return found;
            } catch (GroupDirectoryUnavailable e) {
                pool.releaseConnection(connection);
                throw e;
            } catch (LDAPException e) {
                if (attempt == ATTEMPTS || ResultCode.isConnectionUsable(e.getResultCode())) {
                    pool.releaseConnectionAfterException(connection, e);
                    throw e;
                }
                // The server may have closed it long ago; a new one tells whether it is there.
                connection = pool.replaceDefunctConnection(connection);
            }
        }
    }

    private List<SearchResultEntry> pages(LDAPInterface connection, Filter filter, String... attributes)
            throws LDAPException {
        List<SearchResultEntry> found = new ArrayList<>();
        @Nullable ASN1OctetString cookie = null;
        do {
            SearchRequest request = new SearchRequest(base.toString(), SearchScope.SUB, filter, attributes);
            request.addControl(new SimplePagedResultsControl(PAGE, cookie));
            SearchResult result = complete(connection.search(request));
            found.addAll(result.getSearchEntries());
            @Nullable SimplePagedResultsControl page = SimplePagedResultsControl.get(result);
            cookie = page != null && page.moreResultsToReturn() ? page.getCookie() : null;
        } while (cookie != null);
        return found;
    }

    private SearchResult complete(SearchResult result) {
        if (!references && result.getReferenceCount() > 0) {
            throw new GroupDirectoryUnavailable("the directory has a part of what is below " + base + " elsewhere");
        }
        return result;
    }

    private static GroupDirectoryUnavailable ambiguous(String what) {
        return new GroupDirectoryUnavailable("the directory has several entries for " + what + "; name one by its DN");
    }

    private GroupDirectoryUnavailable unavailable(LDAPException e) {
        if (e.getResultCode().equals(ResultCode.NO_SUCH_OBJECT)
                || e.getResultCode().equals(ResultCode.REFERRAL)) {
            return new GroupDirectoryUnavailable("the directory has nothing at " + base, e);
        }
        return new GroupDirectoryUnavailable(
                "the directory could not be asked: " + e.getResultCode().getName() + ", " + e.getMessage(), e);
    }
}
