package io.github.dkm4j.store.ldap;

import com.unboundid.ldap.sdk.DN;
import com.unboundid.ldap.sdk.Entry;
import com.unboundid.ldap.sdk.LDAPException;
import io.github.dkm4j.key.AccessDenied;
import io.github.dkm4j.key.StoreUnavailable;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Gives new objects the access control list of a baseline, and looks from time to time whether all objects still have it.
 * Safe for use by many threads.
 */
final class AclKeeper {
    private final Directory directory;
    private final DN holder;
    private final AclBaseline baseline;
    private final Accounts accounts;
    private final AclWatch watch;

    private volatile @Nullable Demands demands;
    private volatile boolean ownerRefused;

    AclKeeper(Directory directory, DN holder, AclBaseline baseline, InstantSource clock, Duration every) {
        this.directory = directory;
        this.holder = holder;
        this.baseline = baseline;
        this.accounts = new Accounts(directory);
        this.watch = new AclWatch(clock, every, () -> newCheck().run());
    }

    /** What the baseline demands, by its groups as they were looked up last. */
    Demands demands() throws LDAPException {
        Demands known = demands;
        return known == null ? lookUp() : known;
    }

    private Demands lookUp() throws LDAPException {
        Demands fresh = accounts.demands(baseline);
        demands = fresh;
        return fresh;
    }

    /**
     * Adds an object that has the descriptor from its first moment. Where the server does not let the caller name another
     * owner than itself, as Windows does not, the caller owns it.
     */
    void add(Directory target, Entry entry, SecurityDescriptor descriptor) throws LDAPException {
        SecurityDescriptor ownerless = descriptor.ownerless();
        if (ownerRefused) {
            target.add(entry, ownerless);
            return;
        }
        try {
            target.add(entry, descriptor);
        } catch (LDAPException e) {
            if (!Failures.mayBeForTheOwner(e)) {
                throw e;
            }
            target.add(entry, ownerless);
            ownerRefused = true;
        }
    }

    /** What differs by the last check, which is now if that is too old; and why the last one failed if it did. */
    List<String> doubts() {
        return watch.doubts();
    }

    /**
     * Refuses to go on if the container of rings or a ring differs by the last check.
     *
     * @throws StoreUnavailable if so, or if no check has ever succeeded
     */
    void requireNoDrift() {
        watch.requireNoDrift();
    }

    /** What differs now. The baseline's groups are looked up again. */
    List<String> check() throws LDAPException {
        return watch.now().all();
    }

    /**
     * Sets the baseline on every object that differs.
     *
     * @return what could not be set, and then what differs still
     * @throws AccessDenied if the account is none of the administrators, nor of the domain's
     */
    List<String> fix() throws LDAPException {
        Demands fresh = lookUp();
        Set<Sid> own = accounts.own();
        if (!own.contains(fresh.administrators())
                && accounts.domainAdmins().filter(own::contains).isEmpty()) {
            throw new AccessDenied(
                    "access control lists are set by one of the administrators (" + fresh.administrators()
                            + ") or of the domain's administrators: this account is none, whatever else it may do");
        }
        List<String> left = new ArrayList<>(new AclFix(directory, newCheck()).run());
        left.addAll(check());
        return List.copyOf(left);
    }

    /**
     * Makes the container of rings.
     *
     * @return false if it is there and as it should be
     * @throws AccessDenied if it is there, and the account may not see how it is
     * @throws StoreUnavailable if it is there and different
     */
    boolean provision(Entry container) throws LDAPException {
        Optional<? extends Entry> there = directory.find(holder, Directory.DESCRIPTOR);
        if (there.isEmpty()) {
            try {
                add(directory, container, demands().plain());
                return true;
            } catch (LDAPException e) {
                if (!Failures.isTaken(e)) {
                    throw e;
                }
            }
            there = directory.find(holder, Directory.DESCRIPTOR);
        }
        if (there.filter(entry -> entry.hasAttribute(Directory.DESCRIPTOR)).isEmpty()) {
            throw new AccessDenied(
                    holder + " is there, and this account may not read its security descriptor: ask as one"
                            + " of the administrators");
        }
        List<String> different = newCheck().ofHolder();
        if (!different.isEmpty()) {
            throw new StoreUnavailable(holder + " is there with another access control list, and was not touched: "
                    + String.join("; ", different));
        }
        return false;
    }

    private AclCheck newCheck() throws LDAPException {
        return new AclCheck(directory, holder, accounts, lookUp());
    }
}
