package io.github.dkm4j.store.ldap;

import com.unboundid.ldap.sdk.Attribute;
import com.unboundid.ldap.sdk.DN;
import com.unboundid.ldap.sdk.Entry;
import com.unboundid.ldap.sdk.LDAPException;
import com.unboundid.ldap.sdk.RDN;
import io.github.dkm4j.key.StoreUnavailable;
import io.github.dkm4j.store.StoredRecord;
import java.util.List;
import java.util.UUID;

/** Adds rings and records. Every method throws what the server says. Safe for use by many threads. */
final class RingWriter {
    private final Directory directory;
    private final DN holder;
    private final RingTree tree;
    private final AclKeeper acls;

    RingWriter(Directory directory, DN holder, AclKeeper acls) {
        this.directory = directory;
        this.holder = holder;
        this.tree = new RingTree(directory, holder);
        this.acls = acls;
    }

    /** The container of rings, or of a ring. */
    static Entry container(DN dn) {
        return new Entry(dn, new Attribute("objectClass", "container"));
    }

    /**
     * Makes a ring whole under another name, and gives it its own in the end. If the server says that something cannot be
     * done, what was made is deleted again. If it says nothing, all is left as it is: a rename that is still under way may
     * succeed, and must then find everything.
     *
     * @return false if there is one
     * @throws StoreUnavailable if the name is taken by something else
     */
    boolean create(String ring, List<StoredRecord> records) throws LDAPException {
        if (isThere(ring)) {
            return false;
        }
        Demands demands = acls.demands();
        DN unfinished = new DN(new RDN("CN", "_new-" + UUID.randomUUID()), holder);
        try {
            acls.add(directory, container(unfinished), demands.ring());
            for (StoredRecord record : records) {
                acls.add(directory, RecordEntry.of(unfinished, record), demands.plain());
            }
            directory.rename(unfinished, new RDN("CN", ring));
            return true;
        } catch (LDAPException e) {
            if (!Failures.isAnswer(e)) {
                throw new StoreUnavailable(
                        "the directory does not say whether ring " + ring
                                + " was created; it may be there whole, or what was made of it is left in "
                                + unfinished,
                        e);
            }
            sweep(unfinished, e);
            if (Failures.isTaken(e) && isThere(ring)) {
                return false;
            }
            throw e;
        }
    }

    private void sweep(DN unfinished, LDAPException cause) {
        try {
            tree.sweep(unfinished);
        } catch (LDAPException e) {
            cause.addSuppressed(e);
        }
    }

    private boolean isThere(String ring) throws LDAPException {
        if (tree.ring(ring).isPresent()) {
            return true;
        }
        if (directory.find(tree.place(ring), "objectClass").isPresent()) {
            // Somebody else may have created it since the first look.
            if (tree.ring(ring).isPresent()) {
                return true;
            }
            throw new StoreUnavailable(tree.place(ring)
                    + " is there and is no ring of that name: it differs in case, or is another kind of object");
        }
        return false;
    }

    /**
     * Adds a record to a ring: at its slot's place, or at another one if that is held by something that is no record. Whoever
     * may add objects can hold a slot's places, and the last one has a name that nobody can know before; two that come there
     * at once are both added, and are rivals as those are that two servers have taken.
     *
     * @return false if its slot is taken by a record
     * @throws StoreUnavailable if its places are taken by something else
     */
    boolean add(DN ring, StoredRecord record) throws LDAPException {
        List<Entry> places = List.of(
                RecordEntry.of(ring, record),
                RecordEntry.besideJunk(ring, record),
                RecordEntry.besideARival(ring, record));
        for (Entry place : places) {
            if (tree.isTaken(ring, record.name().slot())) {
                return false;
            }
            if (added(place)) {
                return true;
            }
        }
        if (tree.isTaken(ring, record.name().slot())) {
            return false;
        }
        throw notShown("every place of " + record.name());
    }

    /**
     * Adds a record to a ring, if need be beside another one of its slot, or of its name with another content.
     *
     * @return false if it is there, with this content
     * @throws StoreUnavailable if its places are taken by something else
     */
    boolean restore(DN ring, StoredRecord record) throws LDAPException {
        if (isThere(ring, record)) {
            return false;
        }
        if (added(RecordEntry.of(ring, record))) {
            return true;
        }
        // Somebody else may have put back the very same record in this moment.
        if (isThere(ring, record)) {
            return false;
        }
        if (added(RecordEntry.besideARival(ring, record))) {
            return true;
        }
        if (isThere(ring, record)) {
            return false;
        }
        throw notShown("the place of " + record.name() + " beside its rival");
    }

    private boolean isThere(DN ring, StoredRecord record) throws LDAPException {
        return tree.hasAll(ring, List.of(record));
    }

    private static StoreUnavailable notShown(String place) {
        return new StoreUnavailable(
                place + " is taken by an object that is no record, or is not shown to this account");
    }

    /** Adds something, or tells that its name is taken. */
    private boolean added(Entry entry) throws LDAPException {
        try {
            acls.add(directory, entry, acls.demands().plain());
            return true;
        } catch (LDAPException e) {
            if (Failures.isTaken(e)) {
                return false;
            }
            throw e;
        }
    }
}
