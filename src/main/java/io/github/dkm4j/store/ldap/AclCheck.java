package io.github.dkm4j.store.ldap;

import com.unboundid.ldap.sdk.DN;
import com.unboundid.ldap.sdk.Entry;
import com.unboundid.ldap.sdk.Filter;
import com.unboundid.ldap.sdk.LDAPException;
import com.unboundid.ldap.sdk.SearchScope;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Compares the container of rings, and everything below it, with a baseline: one pass. Not safe for use by threads. */
final class AclCheck {
    private static final int MOST = 1_000;

    private final Directory directory;
    private final DN holder;
    private final Accounts accounts;
    private final Demands demands;
    private final Differences differences;
    private final Map<Sid, Boolean> administrators = new HashMap<>();
    private final Map<Sid, Boolean> adders = new HashMap<>();
    private boolean ownersHaveRights;

    AclCheck(Directory directory, DN holder, Accounts accounts, Demands demands) {
        this.directory = directory;
        this.holder = holder;
        this.accounts = accounts;
        this.demands = demands;
        this.differences = new Differences(demands);
    }

    /** What differs, for each object that does, the first thousand of them; the container of rings comes first. */
    Map<DN, List<String>> run() throws LDAPException {
        ownersHaveRights = directory
                .root("vendorName")
                .map(root -> root.getAttributeValue("vendorName"))
                .filter(vendor -> vendor.startsWith("Samba"))
                .isPresent();
        Map<DN, List<String>> found = new LinkedHashMap<>();
        Optional<? extends Entry> top = directory.find(holder, "objectClass", Directory.DESCRIPTOR);
        if (top.isEmpty()) {
            found.put(holder, List.of("is not there, or not shown to this account"));
            return found;
        }
        look(top.get(), found);
        directory.forEach(
                holder,
                SearchScope.SUB,
                Filter.createPresenceFilter("objectClass"),
                entry -> {
                    if (found.size() < MOST && !entry.getParsedDN().equals(holder)) {
                        look(entry, found);
                    }
                },
                "objectClass",
                Directory.DESCRIPTOR);
        return found;
    }

    private void look(Entry entry, Map<DN, List<String>> found) throws LDAPException {
        List<String> about = about(entry);
        if (!about.isEmpty()) {
            found.put(entry.getParsedDN(), about);
        }
    }

    private List<String> about(Entry entry) throws LDAPException {
        byte[] bytes = entry.getAttributeValueBytes(Directory.DESCRIPTOR);
        if (bytes == null) {
            return List.of("this account may not read its security descriptor");
        }
        SecurityDescriptor descriptor;
        try {
            descriptor = SecurityDescriptor.read(bytes);
        } catch (MalformedDescriptor e) {
            return List.of("its security descriptor is not understood: " + e.getMessage());
        }
        List<String> about = new ArrayList<>(differences.between(descriptor, demanded(entry)));
        if (descriptor.owner().isEmpty() || !mayOwn(descriptor.owner().get(), entry)) {
            about.add("is owned by "
                    + descriptor.owner().map(differences::name).orElse("nobody")
                    + ", who is none of the administrators");
        }
        return about;
    }

    /** What is demanded of the object. */
    SecurityDescriptor demanded(Entry entry) throws LDAPException {
        return isRing(entry) ? demands.ring() : demands.plain();
    }

    private boolean isRing(Entry entry) throws LDAPException {
        return isContainer(entry) && RecordEntry.parent(entry).equals(holder);
    }

    private static boolean isContainer(Entry entry) {
        return entry.hasAttributeValue("objectClass", "container");
    }

    private boolean mayOwn(Sid owner, Entry entry) throws LDAPException {
        if (owner.equals(Sid.SYSTEM) || owner.equals(Sid.BUILTIN_ADMINISTRATORS) || owner.isDomainAdmins()) {
            return true;
        }
        // Windows makes a record's creator its owner, and the list above takes an owner's rights away. On Samba that
        // does not help: there the store names the administrators instead.
        boolean adderMay = !isContainer(entry) && !ownersHaveRights;
        return isKnown(owner, administrators, List.of(demands.administrators()))
                || (adderMay && isKnown(owner, adders, List.of(demands.rollers())));
    }

    private boolean isKnown(Sid owner, Map<Sid, Boolean> known, List<Sid> groups) throws LDAPException {
        Boolean before = known.get(owner);
        if (before == null) {
            before = accounts.isIn(owner, groups);
            known.put(owner, before);
        }
        return before;
    }
}
