package io.github.dkm4j.policy.ldap;

import com.unboundid.ldap.sdk.DN;
import com.unboundid.ldap.sdk.SearchResultEntry;
import java.util.Set;

/**
 * An account as the directory showed it.
 *
 * @param dn where it is
 * @param name what the directory calls it
 * @param enabled whether it is neither disabled, locked nor expired
 * @param service whether its class is one of services
 * @param groups the keys of all groups that it is in, nested ones included
 * @param entry the rest
 */
record Account(DN dn, String name, boolean enabled, boolean service, Set<String> groups, SearchResultEntry entry) {
    Account {
        groups = Set.copyOf(groups);
    }

    /** Whether it is in the group and may act. */
    boolean isMember(Group group) {
        return enabled && groups.contains(group.key());
    }
}
