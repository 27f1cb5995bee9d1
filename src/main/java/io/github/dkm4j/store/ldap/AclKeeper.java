package io.github.dkm4j.store.ldap;

import com.unboundid.ldap.sdk.DN;
import com.unboundid.ldap.sdk.Entry;
import com.unboundid.ldap.sdk.LDAPException;
import io.github.dkm4j.key.AccessDenied;
import io.github.dkm4j.key.StoreUnavailable;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Gives new objects the access control list of a baseline, and looks from time to time whether all objects still have it.
 * Safe for use by many threads: one looks, and the others wait for it.
 */
final class AclKeeper {
    private final Directory directory;
    private final DN holder;
    private final AclBaseline baseline;
    private final Accounts accounts;
    private final InstantSource clock;
    private final Duration every;

    private volatile @Nullable Demands demands;
    private @Nullable Instant checkedAt;
    private List<String> found = List.of();
    private volatile boolean ownerRefused;

    AclKeeper(Directory directory, DN holder, AclBaseline baseline, InstantSource clock, Duration every) {
        this.directory = directory;
        this.holder = holder;
        this.baseline = baseline;
        this.accounts = new Accounts(directory);
        this.clock = clock;
        this.every = every;
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

    /** What differs, by the last look if that is not too old. */
    synchronized List<String> findings() throws LDAPException {
        Instant now = clock.instant();
        Instant last = checkedAt;
        if (last == null || now.isBefore(last) || !now.isBefore(last.plus(every))) {
            check();
        }
        return found;
    }

    /** What differs now. The baseline's groups are looked up again. */
    synchronized List<String> check() throws LDAPException {
        List<String> now = new ArrayList<>();
        newCheck().run().forEach((dn, about) -> about.forEach(difference -> now.add(dn + ": " + difference)));
        found = List.copyOf(now);
        checkedAt = clock.instant();
        return found;
    }

    /** Sets the baseline on every object that differs, and tells what differs still. */
    synchronized List<String> fix() throws LDAPException {
        AclCheck check = newCheck();
        Map<DN, List<String>> wrong = check.run();
        while (!wrong.isEmpty()) {
            for (DN dn : wrong.keySet()) {
                Optional<? extends Entry> entry = directory.find(dn, "objectClass");
                if (entry.isPresent()) {
                    protect(dn, check.demanded(entry.get()));
                }
            }
            Map<DN, List<String>> left = check.run();
            if (left.equals(wrong)) {
                break;
            }
            wrong = left;
        }
        return check();
    }

    private void protect(DN dn, SecurityDescriptor descriptor) throws LDAPException {
        try {
            directory.protect(dn, descriptor);
        } catch (LDAPException e) {
            if (!Failures.mayBeForTheOwner(e)) {
                throw e;
            }
            directory.protect(dn, descriptor.ownerless());
        }
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
        List<String> different = newCheck().run().getOrDefault(holder, List.of());
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
