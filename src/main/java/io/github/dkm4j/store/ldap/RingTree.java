package io.github.dkm4j.store.ldap;

import com.unboundid.ldap.sdk.DN;
import com.unboundid.ldap.sdk.Entry;
import com.unboundid.ldap.sdk.Filter;
import com.unboundid.ldap.sdk.LDAPException;
import com.unboundid.ldap.sdk.RDN;
import com.unboundid.ldap.sdk.SearchScope;
import io.github.dkm4j.key.StoreUnavailable;
import io.github.dkm4j.store.RecordName;
import io.github.dkm4j.store.StoredRecord;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Finds rings and records below the container of rings. Every method throws what the server says. */
final class RingTree {
    /** Most records that are read of one ring. */
    static final int MOST = 1_000_000;

    private final Directory directory;
    private final DN holder;

    RingTree(Directory directory, DN holder) {
        this.directory = directory;
        this.holder = holder;
    }

    /** Where a ring of this name is or would be. */
    DN place(String ring) {
        return new DN(new RDN("CN", ring), holder);
    }

    /** Where a ring is; empty if there is none, or this account is not shown it. */
    Optional<DN> ring(String name) throws LDAPException {
        return directory
                .find(place(name), "objectClass")
                .filter(entry -> entry.hasAttributeValue("objectClass", "container") && isNamed(entry, name))
                .map(entry -> place(name));
    }

    /** The server finds names whatever their case; rings are told apart by it. */
    private static boolean isNamed(Entry entry, String name) {
        try {
            return entry.getRDN() != null
                    && entry.getRDN().hasAttributeValue("CN", name)
                    && entry.getRDN().getAttributeValues()[0].equals(name);
        } catch (LDAPException e) {
            return false;
        }
    }

    /** Whether a slot of a ring has a record, wherever that stands. */
    boolean isTaken(DN ring, String slot) throws LDAPException {
        return objects(ring, RecordEntry.ofSlot(slot)).values().stream()
                .anyMatch(record -> record.name().slot().equals(slot));
    }

    /** Where the records of this name are: more than one if nodes have put it back through several servers. */
    List<DN> named(DN ring, RecordName name) throws LDAPException {
        List<DN> found = new ArrayList<>();
        objects(ring, RecordEntry.named(name)).forEach((dn, record) -> {
            if (record.name().equals(name)) {
                found.add(dn);
            }
        });
        return found;
    }

    private Map<DN, StoredRecord> objects(DN ring, Filter filter) throws LDAPException {
        Map<DN, StoredRecord> found = new LinkedHashMap<>();
        directory.forEach(
                ring,
                SearchScope.ONE,
                filter,
                entry -> {
                    Optional<StoredRecord> record = RecordEntry.read(entry);
                    if (record.isPresent()) {
                        found.put(entry.getParsedDN(), record.get());
                    }
                },
                RecordEntry.ATTRIBUTES);
        return found;
    }

    /**
     * All records of a ring in order of their names. Where there are several objects with one name and content, the
     * oldest counts.
     *
     * @throws StoreUnavailable if they are more than {@link #MOST}
     */
    List<StoredRecord> records(DN ring) throws LDAPException {
        Merge records = new Merge();
        directory.forEach(
                ring,
                SearchScope.ONE,
                RecordEntry.all(),
                entry -> {
                    RecordEntry.read(entry).ifPresent(records::add);
                    if (records.size() > MOST) {
                        throw new StoreUnavailable("ring " + ring + " has more than " + MOST + " records");
                    }
                },
                RecordEntry.ATTRIBUTES);
        return records.inOrder();
    }

    /** Containers of rings that replication has renamed, because another one had their name. */
    List<DN> conflicts() throws LDAPException {
        List<DN> found = new ArrayList<>();
        directory.forEach(
                holder,
                SearchScope.ONE,
                Filter.createEqualityFilter("objectClass", "container"),
                entry -> {
                    if (entry.getRDN().getAttributeValues()[0].contains("\nCNF:")) {
                        found.add(entry.getParsedDN());
                    }
                },
                "objectClass");
        return found;
    }

    /** Deletes a container with what is in it, as far as that is possible. */
    void sweep(DN container) throws LDAPException {
        List<DN> children = new ArrayList<>();
        directory.forEach(
                container,
                SearchScope.ONE,
                Filter.createPresenceFilter("objectClass"),
                entry -> children.add(entry.getParsedDN()),
                "objectClass");
        for (DN child : children) {
            directory.delete(child);
        }
        directory.delete(container);
    }
}
