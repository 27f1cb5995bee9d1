package io.github.dkm4j.store.ldap;

import com.unboundid.ldap.sdk.DN;
import com.unboundid.ldap.sdk.LDAPConnectionPool;
import com.unboundid.ldap.sdk.LDAPException;
import com.unboundid.ldap.sdk.ResultCode;
import io.github.dkm4j.key.RingNotFound;
import io.github.dkm4j.key.StoreUnavailable;
import io.github.dkm4j.store.KeyRingStore;
import io.github.dkm4j.store.RecordName;
import io.github.dkm4j.store.Rings;
import io.github.dkm4j.store.StoredRecord;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Keeps rings in Active Directory, on Windows or Samba: below one container a {@code container} object for each ring, and
 * in it a {@code contact} object for each record, without an extension of the schema. Objects are added and deleted, and
 * never changed. Each has an access control list of its own from its first moment, so that who is in none of the groups of
 * an {@link AclBaseline} is shown nothing: see {@code docs/active-directory.md}.
 *
 * <p>Durable means: one domain controller has committed. It replicates when it gets to it; what a controller has not
 * replicated when it dies is lost. A store that is {@link LdapKeyRingStoreBuilder#confirmedBy confirmed by} another
 * controller returns only when that one shows the new object too.
 *
 * <p>An object's name is its record's slot, or another one that follows from it if something else holds that, so that of
 * two nodes that ask one controller, one wins. Of two that ask two controllers both do, and replication renames one of the
 * objects: both are then read, as rivals. Both do too where somebody holds either name with something that is no record.
 *
 * <p>Records are dated by the controller that took them, in whole seconds; times are rounded up to the end of their second,
 * so that no window that begins with them is shorter. Names of rings are told apart by their case, but two that differ in
 * nothing else cannot both be there.
 *
 * <p>An account that may not see a ring, sees none: {@link #read} is empty for it then.
 *
 * <p>Safe for use by many threads. Time-outs are those of the pool's connections: give it some, for whoever calls waits.
 */
public final class LdapKeyRingStore implements KeyRingStore {
    private final Directory directory;
    private final DN holder;
    private final RingTree tree;
    private final AclKeeper acls;
    private final Optional<Confirmation> confirmation;
    private final boolean refusesDrift;

    LdapKeyRingStore(
            Directory directory, DN holder, AclKeeper acls, Optional<Confirmation> confirmation, boolean refusesDrift) {
        this.directory = directory;
        this.holder = holder;
        this.tree = new RingTree(directory, holder);
        this.acls = acls;
        this.confirmation = confirmation;
        this.refusesDrift = refusesDrift;
    }

    /**
     * A store of the rings below a container.
     *
     * @param pool connections to one domain of an Active Directory, bound as the account that is to read and add; over
     *     TLS, or GSSAPI with a protected connection. The store never closes it
     * @param containerDn the container's distinguished name; {@link LdapKeyRingStoreBuilder#provision} makes it
     * @throws IllegalArgumentException if that is none
     */
    public static LdapKeyRingStoreBuilder over(LDAPConnectionPool pool, String containerDn) {
        return new LdapKeyRingStoreBuilder(pool, containerDn);
    }

    /**
     * {@inheritDoc} LDAP has no transactions: the ring is made under a name that no ring has, {@code _new-} and a random
     * number, and then renamed, which is the moment of decision. A creator that dies before leaves a container that no
     * method here shows; an administrator may delete it. The account must be one of the administrators.
     */
    @Override
    public boolean create(String ring, List<StoredRecord> records) {
        Rings.requireName(ring);
        List<StoredRecord> all = List.copyOf(records);
        Rings.requireDistinctSlots(all);
        String what = "create ring " + ring;
        return change(what, () -> {
            Controllers takers = new Controllers();
            Directory target = target(takers);
            boolean created = new RingWriter(target, holder, acls).create(ring, all);
            if (confirmation.isPresent()) {
                RingTree there = new RingTree(target, holder);
                List<StoredRecord> standing = created ? all : there.records(there.place(ring));
                confirmation.get().await(what, takers, ring, standing);
            }
            return created;
        });
    }

    /** Notes who takes what is written, if somebody else is to confirm it. */
    private Directory target(Controllers takers) {
        return confirmation.isPresent() ? directory.noting(takers) : directory;
    }

    @Override
    public boolean add(String ring, StoredRecord record) {
        Rings.requireName(ring);
        return put(
                "add " + record.name() + " to ring " + ring,
                ring,
                record,
                (writer, place) -> writer.add(place, record));
    }

    /**
     * {@inheritDoc} Whoever may {@link #add} may do this; so here an object of that name with another content, which somebody
     * else may have put there so that the lost record stays lost, does not count as the record: both are then read.
     */
    @Override
    public boolean restore(String ring, StoredRecord record) {
        Rings.requireName(ring);
        return put(
                "put " + record.name() + " back into ring " + ring,
                ring,
                record,
                (writer, place) -> writer.restore(place, record));
    }

    /**
     * {@inheritDoc} The account must be one of the administrators. The directory's recycle bin, if it is on, and its
     * backups keep what was deleted for as long as they are kept. A store that {@linkplain
     * LdapKeyRingStoreBuilder#refuseDrift refuses drift} does this all the same. Where several objects hold the record, as
     * many are deleted as can be.
     *
     * @throws io.github.dkm4j.key.AccessDenied if one of them could not be: the account may not, or there is something below
     *     it, which a domain administrator takes ownership of and deletes
     */
    @Override
    public boolean remove(String ring, RecordName name) {
        Rings.requireName(ring);
        return Failures.ask("remove " + name + " from ring " + ring, () -> {
            boolean removed = false;
            @Nullable LDAPException refused = null;
            for (DN dn : tree.named(require(ring), name)) {
                try {
                    removed |= directory.delete(dn);
                } catch (LDAPException e) {
                    if (!Failures.isAnswer(e)) {
                        throw e;
                    }
                    refused = refused == null ? Failures.at(dn, e) : refused;
                }
            }
            if (refused != null) {
                throw refused;
            }
            return removed;
        });
    }

    /** {@inheritDoc} It is the domain controller's, in whole seconds, rounded up. */
    @Override
    public Instant now() {
        return Failures.ask(
                "ask the time",
                () -> directory
                        .root("currentTime")
                        .flatMap(root -> RecordEntry.time(root, "currentTime"))
                        .orElseThrow(() -> new StoreUnavailable("the directory does not tell the time")));
    }

    /** {@inheritDoc} Here they are left out, and the directory does not send them. */
    @Override
    public List<StoredRecord> read(String ring) {
        return read(ring, "read ring " + ring, tree::records);
    }

    /**
     * {@inheritDoc} What another controller took before and has not replicated yet is not among them. If somebody adds one
     * again, with a name and content that are there from before then, it is shown as if it were new.
     */
    @Override
    public List<StoredRecord> readTrails(String ring, Instant since) {
        return read(ring, "read the audit trails of ring " + ring, place -> tree.trails(place, since));
    }

    private List<StoredRecord> read(String ring, String what, Reading reading) {
        Rings.requireName(ring);
        return Failures.ask(what, () -> {
            refuseDrift();
            Optional<DN> place = tree.ring(ring);
            return place.isEmpty() ? List.of() : reading.of(place.get());
        });
    }

    /**
     * {@inheritDoc} Here it is how the access control lists differ from the baseline, looked for at the first call and then
     * as often as the store was built to; that this could not be looked for, together with what was found before, until it
     * can, which is tried again after a minute; objects that the directory will delete by itself; and rings that were
     * created through two domain controllers at once.
     */
    @Override
    public List<String> doubts() {
        return Failures.ask("read the access control lists", () -> {
            List<String> doubts = new ArrayList<>(acls.doubts());
            tree.conflicts()
                    .forEach(dn -> doubts.add(Printed.escaped(dn.toString())
                            + ": a ring of this name was created through another domain controller"
                            + " too; replication kept that one, and nothing is read of this one"));
            return List.copyOf(doubts);
        });
    }

    /**
     * Compares owner and access control list of the container, of every ring and of every record with the baseline, now, and
     * looks for dynamic objects, which the directory deletes by itself. An account is not told of objects that are hidden
     * from it: an administrator sees all.
     *
     * @return what was found, in words, control characters of names escaped; the container and rings first. Of these, and of
     *     the objects in rings, at most a thousand each, in at most five lines each and two thousand in all, and then how
     *     much or that there may be more
     * @throws StoreUnavailable if the directory cannot be asked
     */
    public List<String> checkAcl() {
        return Failures.ask("read the access control lists", acls::check);
    }

    /**
     * Sets owner and access control list by the baseline wherever they differ: first on objects in rings, then on rings, and
     * on the container last. Objects on which the directory does not let the account set them are passed over. The account
     * must have been bound as one of the administrators, or of the administrators of the directory's default domain.
     *
     * @return which objects were passed over and what to do about each, the first hundred of them and the number of the
     *     others; then what {@link #checkAcl} finds; empty if nothing differs
     * @throws io.github.dkm4j.key.AccessDenied if the account is none of those; nothing was touched
     * @throws StoreUnavailable if the directory cannot be asked; some objects may have been set
     */
    public List<String> fixAcl() {
        return Failures.ask("set the access control lists", acls::fix);
    }

    private boolean put(String what, String ring, StoredRecord record, Put put) {
        return change(what, () -> {
            Controllers takers = new Controllers();
            Directory target = target(takers);
            RingTree there = new RingTree(target, holder);
            DN place = there.ring(ring).orElseThrow(() -> notFound(ring));
            try {
                boolean done = put.into(new RingWriter(target, holder, acls), place);
                if (confirmation.isPresent()) {
                    confirmation.get().await(what, takers, ring, standing(there, place, record, done));
                }
                return done;
            } catch (LDAPException e) {
                if (e.getResultCode().equals(ResultCode.NO_SUCH_OBJECT)) {
                    throw notFound(ring);
                }
                throw e;
            }
        });
    }

    /** What is to be confirmed: what was put there, or else what stands in its way, for the caller goes on with that. */
    private static List<StoredRecord> standing(RingTree there, DN place, StoredRecord record, boolean done)
            throws LDAPException {
        return done ? List.of(record) : there.ofSlot(place, record.name().slot());
    }

    private DN require(String ring) throws LDAPException {
        return tree.ring(ring).orElseThrow(() -> notFound(ring));
    }

    private RingNotFound notFound(String ring) {
        return new RingNotFound("there is no ring " + ring + " below " + holder + ", or this account may not see it");
    }

    private boolean change(String what, Failures.Work<Boolean> work) {
        return Failures.ask(what, () -> {
            refuseDrift();
            return work.run();
        });
    }

    private void refuseDrift() {
        if (refusesDrift) {
            acls.requireNoDrift();
        }
    }

    /** Records read of a ring's container. */
    private interface Reading {
        List<StoredRecord> of(DN ring) throws LDAPException;
    }

    /** A record put into a ring's container. */
    private interface Put {
        boolean into(RingWriter writer, DN ring) throws LDAPException;
    }
}
