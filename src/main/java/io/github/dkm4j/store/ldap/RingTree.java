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
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiConsumer;

/** Finds rings and records below the container of rings. Every method throws what the server says. */
final class RingTree {
    /** Most records that are read of one ring, or of its audit trails. */
    static final int MOST = 1_000_000;

    /** Most bytes that one search reads, whatever they are. */
    static final long MOST_BYTES = 1L << 30;

    private final Directory directory;
    private final DN holder;
    private final long mostBytes;

    RingTree(Directory directory, DN holder) {
        this(directory, holder, MOST_BYTES);
    }

    RingTree(Directory directory, DN holder, long mostBytes) {
        this.directory = directory;
        this.holder = holder;
        this.mostBytes = mostBytes;
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

    /** Whether a slot of a ring has a record, wherever that stands. Contents are not read. */
    boolean isTaken(DN ring, String slot) throws LDAPException {
        List<DN> found = new ArrayList<>();
        forNames(ring, RecordEntry.ofSlot(slot), (dn, name) -> {
            if (name.slot().equals(slot)) {
                found.add(dn);
            }
        });
        return !found.isEmpty();
    }

    /** The records of a slot. */
    List<StoredRecord> ofSlot(DN ring, String slot) throws LDAPException {
        return records(ring, RecordEntry.ofSlot(slot)).stream()
                .filter(record -> record.name().slot().equals(slot))
                .toList();
    }

    /**
     * Where the objects of a record's name are, whatever they contain: more than one if nodes have put it back through
     * several servers, or if somebody has forged one. Contents are not read.
     */
    List<DN> named(DN ring, RecordName name) throws LDAPException {
        List<DN> found = new ArrayList<>();
        forNames(ring, RecordEntry.named(name), (dn, other) -> {
            if (other.equals(name)) {
                found.add(dn);
            }
        });
        return found;
    }

    private void forNames(DN ring, Filter filter, BiConsumer<DN, RecordName> visitor) throws LDAPException {
        directory.forEach(
                ring,
                SearchScope.ONE,
                filter,
                entry -> {
                    Optional<RecordName> name = RecordEntry.name(entry);
                    if (name.isPresent()) {
                        visitor.accept(entry.getParsedDN(), name.get());
                    }
                },
                RecordEntry.NAME);
    }

    /** Whether a ring has all these records: name and content. */
    boolean hasAll(DN ring, List<StoredRecord> wanted) throws LDAPException {
        if (wanted.isEmpty()) {
            return true;
        }
        Merge found = new Merge();
        records(ring, finding(wanted)).forEach(found::add);
        return wanted.stream().allMatch(found::has);
    }

    private static Filter finding(List<StoredRecord> wanted) {
        if (wanted.size() == 1) {
            return RecordEntry.named(wanted.get(0).name());
        }
        return wanted.stream().anyMatch(record -> record.name().isOfTrail()) ? RecordEntry.all() : RecordEntry.ofRing();
    }

    /**
     * All records of a ring but those of audit trails, in order of their names. Where there are several objects with one
     * name and content, the oldest counts.
     *
     * @throws StoreUnavailable if they are more than {@link #MOST}, or too many bytes are to be read
     */
    List<StoredRecord> records(DN ring) throws LDAPException {
        return records(ring, RecordEntry.ofRing());
    }

    /**
     * The records of a ring's audit trails that the server took then or later, in order of their names. Where there are
     * several objects with one name and content, the oldest of them counts.
     *
     * @throws StoreUnavailable as {@link #records}
     */
    List<StoredRecord> trails(DN ring, Instant since) throws LDAPException {
        return records(ring, RecordEntry.ofTrails(since));
    }

    private List<StoredRecord> records(DN ring, Filter filter) throws LDAPException {
        Merge records = new Merge();
        AtomicLong bytes = new AtomicLong();
        directory.forEach(
                ring,
                SearchScope.ONE,
                filter,
                entry -> {
                    if (bytes.addAndGet(RecordEntry.size(entry)) > mostBytes) {
                        throw new StoreUnavailable(
                                "ring " + ring + " has more than " + mostBytes + " bytes of records");
                    }
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
