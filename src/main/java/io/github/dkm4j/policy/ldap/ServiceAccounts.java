package io.github.dkm4j.policy.ldap;

import com.unboundid.ldap.sdk.DN;
import com.unboundid.ldap.sdk.Filter;
import io.github.dkm4j.key.GroupDirectoryUnavailable;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;

/** The accounts that somebody has said are services: those in a group or below a unit. Safe for use by many threads. */
final class ServiceAccounts {
    private final Entries entries;
    private final InstantSource clock;
    private final String name;
    private final Remembered<Place> places;

    /**
     * Services in a group or unit.
     *
     * @param name the group, by any of its names, or the unit's DN
     * @param namesFor for how long it is remembered which of both it is, and where
     */
    ServiceAccounts(Entries entries, InstantSource clock, String name, Duration namesFor) {
        this.entries = entries;
        this.clock = clock;
        this.name = name;
        this.places = new Remembered<>(clock, namesFor);
    }

    /**
     * Whether the account is one of them.
     *
     * @throws GroupDirectoryUnavailable also if there is no such group or unit
     */
    boolean has(Dialect dialect, Account account) {
        return places.get(name).orElseGet(() -> find(dialect)).has(account);
    }

    private Place find(Dialect dialect) {
        long now = clock.millis();
        Optional<Group> group = dialect.findGroup(name);
        Optional<DN> unit = group.isPresent() ? Optional.empty() : Attributes.asDn(name);
        if (group.isEmpty()
                && unit.flatMap(dn -> entries.readBelowBase(dn, Filter.createPresenceFilter("objectClass"), "1.1"))
                        .isEmpty()) {
            throw new GroupDirectoryUnavailable("the directory has no group or unit '" + name + "' of services");
        }
        Place found = new Place(group, unit);
        places.put(name, found, now);
        return found;
    }

    private record Place(Optional<Group> group, Optional<DN> unit) {
        boolean has(Account account) {
            return group.isPresent()
                    ? account.isMember(group.get())
                    : unit.filter(dn -> isBelow(account.dn(), dn)).isPresent();
        }

        private static boolean isBelow(DN account, DN unit) {
            return account.isDescendantOf(unit, false);
        }
    }
}
