package io.github.dkm4j.policy.ldap;

import com.unboundid.ldap.sdk.DN;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * How accounts and groups are written down in one kind of directory. Every method asks the directory and throws {@link
 * io.github.dkm4j.key.GroupDirectoryUnavailable} if it cannot, or if a name stands for several. Safe for use by many threads.
 */
interface Dialect {
    /** The place of whom the connections are bound as, if the directory tells it. */
    Optional<String> boundAs();

    /** Where the account with this name is. */
    Optional<DN> findAccount(String name);

    /** The account at this place, if that is still an account with this name. */
    Optional<Account> readAccount(DN dn, String name);

    /** The group with this name. */
    Optional<Group> findGroup(String name);

    /** The groups that the account is in by itself. */
    List<Group> groupsOf(Account account);

    /** The groups that one of these groups is in by itself. */
    List<Group> groupsAbove(Collection<Group> groups);
}
