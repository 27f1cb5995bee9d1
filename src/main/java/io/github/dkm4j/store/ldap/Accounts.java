package io.github.dkm4j.store.ldap;

import com.unboundid.ldap.sdk.DN;
import com.unboundid.ldap.sdk.Filter;
import com.unboundid.ldap.sdk.LDAPException;
import com.unboundid.ldap.sdk.SearchResultEntry;
import com.unboundid.ldap.sdk.SearchScope;
import io.github.dkm4j.key.StoreUnavailable;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Finds groups and their members in the directory's default domain. */
final class Accounts {
    private static final String IN_CHAIN = "1.2.840.113556.1.4.1941";
    private static final String SID = "objectSid";
    private static final String TOKEN = "tokenGroups";

    /** In a group's type: its members have its rights. Others are distribution lists. */
    private static final int IS_SECURITY_GROUP = 0x8000_0000;

    private final Directory directory;

    Accounts(Directory directory) {
        this.directory = directory;
    }

    /**
     * The baseline with its groups looked up.
     *
     * @throws StoreUnavailable if one is not there, there are several of its name, or it gives nobody rights
     */
    Demands demands(AclBaseline baseline) throws LDAPException {
        return new Demands(group(baseline.readers()), group(baseline.rollers()), group(baseline.administrators()));
    }

    private Sid group(String given) throws LDAPException {
        if (Sid.isSid(given)) {
            return Sid.of(given);
        }
        List<SearchResultEntry> found = given.indexOf('=') > 0 && DN.isValidDN(given)
                ? directory.find(new DN(given), SID, "groupType").stream().toList()
                : named(given);
        if (found.isEmpty()) {
            throw new StoreUnavailable("the directory shows no group " + given);
        }
        if (found.size() > 1) {
            throw new StoreUnavailable("there are several groups " + given + ": "
                    + found.stream().map(SearchResultEntry::getDN).toList()
                    + "; give the distinguished name of the one that is meant");
        }
        SearchResultEntry group = found.get(0);
        Integer type = group.getAttributeValueAsInteger("groupType");
        if (type == null || (type & IS_SECURITY_GROUP) == 0) {
            throw new StoreUnavailable(group.getDN() + " is no security group: it gives nobody rights");
        }
        return sid(group);
    }

    private List<SearchResultEntry> named(String name) throws LDAPException {
        Filter filter = Filter.createANDFilter(
                Filter.createEqualityFilter("objectClass", "group"),
                Filter.createORFilter(
                        Filter.createEqualityFilter("sAMAccountName", name), Filter.createEqualityFilter("cn", name)));
        List<SearchResultEntry> found = new ArrayList<>();
        directory.forEach(domain(), SearchScope.SUB, filter, found::add, SID, "groupType");
        return found;
    }

    /** Whether somebody is one of these, or is in one of these groups, directly or through others. */
    boolean isIn(Sid account, List<Sid> groups) throws LDAPException {
        if (groups.contains(account)) {
            return true;
        }
        List<Filter> memberships = new ArrayList<>();
        for (Sid group : groups) {
            Optional<SearchResultEntry> entry = bySid(Filter.createEqualityFilter(SID, group.bytes()));
            if (entry.isPresent()) {
                memberships.add(Filter.createExtensibleMatchFilter(
                        "memberOf", IN_CHAIN, false, entry.get().getDN()));
            }
        }
        return !memberships.isEmpty()
                && bySid(Filter.createANDFilter(
                                Filter.createEqualityFilter(SID, account.bytes()), Filter.createORFilter(memberships)))
                        .isPresent();
    }

    /** The group of administrators of the directory's default domain, and of no other; empty if it is not shown. */
    Optional<Sid> domainAdmins() throws LDAPException {
        return directory
                .find(domain(), SID)
                .filter(domain -> domain.hasAttribute(SID))
                .map(domain -> sid(domain).domainAdmins());
    }

    /**
     * Who the connection acts as, by the directory's own word: the account and all groups that it was bound with.
     *
     * @throws StoreUnavailable if the directory does not tell
     */
    Set<Sid> own() throws LDAPException {
        Set<Sid> own = new HashSet<>();
        byte[][] values = directory
                .root(TOKEN)
                .map(root -> root.getAttributeValueByteArrays(TOKEN))
                .orElse(new byte[0][]);
        for (byte[] value : values) {
            try {
                own.add(Sid.of(value));
            } catch (MalformedDescriptor e) {
                throw new StoreUnavailable("the directory tells a group of this account that is not understood", e);
            }
        }
        if (own.isEmpty()) {
            throw new StoreUnavailable("the directory does not tell the groups that this account is bound with");
        }
        return own;
    }

    private Optional<SearchResultEntry> bySid(Filter filter) throws LDAPException {
        List<SearchResultEntry> found = new ArrayList<>();
        directory.forEach(domain(), SearchScope.SUB, filter, found::add, SID);
        return found.stream().findFirst();
    }

    private DN domain() throws LDAPException {
        String context = directory
                .root("defaultNamingContext")
                .map(root -> root.getAttributeValue("defaultNamingContext"))
                .orElse(null);
        if (context == null) {
            throw new StoreUnavailable("the directory does not tell its default domain: it is no Active Directory");
        }
        return new DN(context);
    }

    private static Sid sid(SearchResultEntry entry) {
        byte[] bytes = entry.getAttributeValueBytes(SID);
        try {
            if (bytes != null) {
                return Sid.of(bytes);
            }
        } catch (MalformedDescriptor e) {
            throw new StoreUnavailable(entry.getDN() + " has no readable security identifier", e);
        }
        throw new StoreUnavailable(entry.getDN() + " has no security identifier");
    }
}
