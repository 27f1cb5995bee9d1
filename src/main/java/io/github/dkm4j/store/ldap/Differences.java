package io.github.dkm4j.store.ldap;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** How an object's access control list differs from the one that is demanded, in words. Owners are not compared. */
final class Differences {
    private final Demands demands;

    Differences(Demands demands) {
        this.demands = demands;
    }

    /** Adds what differs, if anything does. The order of entries, and how rights are spread over them, do not count. */
    void between(SecurityDescriptor found, SecurityDescriptor demanded, Few differences) {
        if (found.dacl().isEmpty()) {
            differences.add(() -> "has no access control list: everybody may do everything");
            return;
        }
        if (!found.isProtected()) {
            differences.add(() -> "inheritance is on: what its parent allows counts here too");
        }
        Map<Ace, Integer> has = masks(found.dacl().orElseThrow());
        Map<Ace, Integer> should = masks(demanded.dacl().orElseThrow());
        has.forEach((entry, mask) -> {
            int more = mask & ~should.getOrDefault(entry, 0);
            if (more != 0) {
                differences.add(() -> said(entry, more));
            }
        });
        should.forEach((entry, mask) -> {
            int missing = mask & ~has.getOrDefault(entry, 0);
            if (missing != 0) {
                differences.add(() -> name(entry.sid()) + " is not allowed to: " + Rights.words(missing)
                        + "; missing is " + entry.with(missing).sddl());
            }
        });
    }

    private String said(Ace entry, int mask) {
        return name(entry.sid()) + (entry.denies() ? " is denied: " : " is allowed to: ") + Rights.words(mask)
                + (entry.isInherited() ? ", inherited" : "") + "; "
                + entry.with(mask).sddl();
    }

    /** Who somebody is, by the groups that are known here. */
    String name(Sid sid) {
        Set<String> names = new TreeSet<>();
        if (sid.equals(demands.readers())) {
            names.add("readers");
        }
        if (sid.equals(demands.rollers())) {
            names.add("rollers");
        }
        if (sid.equals(demands.administrators())) {
            names.add("administrators");
        }
        Map<Sid, String> known = new HashMap<>();
        known.put(Sid.EVERYONE, "everyone");
        known.put(Sid.AUTHENTICATED_USERS, "authenticated users");
        known.put(Sid.SYSTEM, "the system");
        known.put(Sid.BUILTIN_ADMINISTRATORS, "the server's administrators");
        known.put(Sid.OWNER_RIGHTS, "the owner as such");
        String name = names.isEmpty() ? known.get(sid) : "the " + String.join(" and ", names);
        return name == null ? sid.toString() : name + " (" + sid.sddl() + ")";
    }

    /** What each kind of entry allows or denies altogether; the keys' own masks are zero. */
    private static Map<Ace, Integer> masks(List<Ace> entries) {
        Map<Ace, Integer> masks = new LinkedHashMap<>();
        entries.forEach(entry -> masks.merge(entry.with(0), Rights.specific(entry.mask()), (a, b) -> a | b));
        return masks;
    }
}
