package io.github.dkm4j.store.ldap;

import com.unboundid.ldap.sdk.DN;
import com.unboundid.ldap.sdk.Entry;
import com.unboundid.ldap.sdk.Filter;
import com.unboundid.ldap.sdk.LDAPException;
import com.unboundid.ldap.sdk.SearchResultEntry;
import com.unboundid.ldap.sdk.SearchScope;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Compares the container of rings, and everything below it, with a baseline: one pass. Not safe for use by threads. */
final class AclCheck {
    /** Most objects in rings, and most others, whose differences are told. */
    static final int MOST = 1_000;

    /** Most lines about objects in rings, and most about others. */
    static final int MOST_LINES = 2_000;

    private static final String[] ATTRIBUTES = {
        "objectClass", "entryTTL", "msDS-Entry-Time-To-Die", Directory.DESCRIPTOR
    };

    private final Directory directory;
    private final DN holder;
    private final Accounts accounts;
    private final Demands demands;
    private final Differences differences;
    private final Map<Sid, Boolean> administrators = new HashMap<>();
    private final Map<Sid, Boolean> adders = new HashMap<>();
    private @Nullable Boolean ownersHaveRights;
    private @Nullable List<Sid> domainAdmins;

    AclCheck(Directory directory, DN holder, Accounts accounts, Demands demands) {
        this.directory = directory;
        this.holder = holder;
        this.accounts = accounts;
        this.demands = demands;
        this.differences = new Differences(demands);
    }

    /** What differs. */
    AclFindings run() throws LDAPException {
        Told containers = new Told();
        Told records = new Told();
        boolean there = forEach(entry -> {
            Told told = isInARing(entry) ? records : containers;
            if (told.isFull()) {
                told.more = true;
            } else {
                told.add(entry.getParsedDN(), about(entry));
            }
        });
        if (!there) {
            containers.add(holder, List.of("is not there, or not shown to this account"));
        }
        return new AclFindings(containers.lines("the container of rings"), records.lines("rings"));
    }

    /** What differs in the container of rings itself; empty if it is not there. */
    List<String> ofHolder() throws LDAPException {
        Optional<? extends Entry> top = directory.find(holder, ATTRIBUTES);
        return top.isPresent() ? about(top.get()) : List.of();
    }

    /**
     * Shows all objects, the container of rings first, with what the other methods here ask of them.
     *
     * @return whether the container of rings is there
     */
    boolean forEach(Directory.Visitor visitor) throws LDAPException {
        Optional<SearchResultEntry> top = directory.find(holder, ATTRIBUTES);
        if (top.isEmpty()) {
            return false;
        }
        visitor.visit(top.get());
        directory.forEach(
                holder,
                SearchScope.SUB,
                Filter.createPresenceFilter("objectClass"),
                entry -> {
                    if (!entry.getParsedDN().equals(holder)) {
                        visitor.visit(entry);
                    }
                },
                ATTRIBUTES);
        return true;
    }

    private List<String> about(Entry entry) throws LDAPException {
        Few about = new Few();
        if (entry.hasAttributeValue("objectClass", "dynamicObject")
                || entry.hasAttribute("entryTTL")
                || entry.hasAttribute("msDS-Entry-Time-To-Die")) {
            about.add(() -> "is a dynamic object: the directory deletes it by itself when its time is up");
        }
        drift(entry, about);
        return about.lines();
    }

    /** Whether an object's owner or access control list differs. */
    boolean drifts(Entry entry) throws LDAPException {
        Few about = new Few();
        drift(entry, about);
        return !about.lines().isEmpty();
    }

    /** How they differ: what there is at most once comes first, so that many entries do not crowd it out. */
    private void drift(Entry entry, Few about) throws LDAPException {
        byte[] bytes = entry.getAttributeValueBytes(Directory.DESCRIPTOR);
        if (bytes == null) {
            about.add(() -> "this account may not read its security descriptor");
            return;
        }
        SecurityDescriptor descriptor;
        try {
            descriptor = SecurityDescriptor.read(bytes);
        } catch (MalformedDescriptor e) {
            about.add(() -> "its security descriptor is not understood: " + e.getMessage());
            return;
        }
        Optional<Sid> owner = descriptor.owner();
        if (owner.isEmpty() || !mayOwn(owner.get(), entry)) {
            about.add(() -> "is owned by " + owner.map(differences::name).orElse("nobody")
                    + ", who is none of the administrators");
        }
        differences.between(descriptor, demanded(entry), about);
    }

    /** What is demanded of the object. */
    SecurityDescriptor demanded(Entry entry) throws LDAPException {
        return isRing(entry) ? demands.ring() : demands.plain();
    }

    /** Whether it is neither the container of rings nor directly in it. */
    boolean isInARing(Entry entry) throws LDAPException {
        return !entry.getParsedDN().equals(holder) && !RecordEntry.parent(entry).equals(holder);
    }

    private boolean isRing(Entry entry) throws LDAPException {
        return isContainer(entry) && RecordEntry.parent(entry).equals(holder);
    }

    private static boolean isContainer(Entry entry) {
        return entry.hasAttributeValue("objectClass", "container");
    }

    private boolean mayOwn(Sid owner, Entry entry) throws LDAPException {
        if (owner.equals(demands.administrators())
                || owner.equals(Sid.SYSTEM)
                || owner.equals(Sid.BUILTIN_ADMINISTRATORS)
                || (owner.isDomainAdmins() && isOwnDomainAdmins(owner))) {
            return true;
        }
        // Windows makes a record's creator its owner, and the list above takes an owner's rights away. On Samba that
        // does not help: there the store names the administrators instead.
        boolean adderMay = !isContainer(entry) && !ownersHaveRights();
        return isKnown(owner, administrators, List.of(demands.administrators()))
                || (adderMay && isKnown(owner, adders, List.of(demands.rollers())));
    }

    private boolean isOwnDomainAdmins(Sid owner) throws LDAPException {
        List<Sid> known = domainAdmins;
        if (known == null) {
            known = accounts.domainAdmins().stream().toList();
            domainAdmins = known;
        }
        return known.contains(owner);
    }

    private boolean ownersHaveRights() throws LDAPException {
        Boolean known = ownersHaveRights;
        if (known == null) {
            known = directory
                    .root("vendorName")
                    .map(root -> root.getAttributeValue("vendorName"))
                    .filter(vendor -> vendor.startsWith("Samba"))
                    .isPresent();
            ownersHaveRights = known;
        }
        return known;
    }

    private boolean isKnown(Sid owner, Map<Sid, Boolean> known, List<Sid> groups) throws LDAPException {
        Boolean before = known.get(owner);
        if (before == null) {
            before = accounts.isIn(owner, groups);
            known.put(owner, before);
        }
        return before;
    }

    /** Differences as lines, of so many objects, and so many of them, and no more. */
    private static final class Told {
        private final List<String> lines = new ArrayList<>();
        private int objects;
        private boolean more;

        boolean isFull() {
            return objects == MOST || lines.size() + Few.MOST + 1 > MOST_LINES;
        }

        void add(DN dn, List<String> about) {
            objects += about.isEmpty() ? 0 : 1;
            about.forEach(difference -> lines.add(Printed.escaped(dn + ": " + difference)));
        }

        List<String> lines(String where) {
            if (more) {
                lines.add(objects + " objects in " + where + " differ, and the others there were not looked at");
            }
            return lines;
        }
    }
}
