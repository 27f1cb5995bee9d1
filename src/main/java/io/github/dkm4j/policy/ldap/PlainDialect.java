package io.github.dkm4j.policy.ldap;

import com.unboundid.ldap.sdk.DN;
import com.unboundid.ldap.sdk.Filter;
import com.unboundid.ldap.sdk.SearchResultEntry;
import io.github.dkm4j.key.GroupDirectoryUnavailable;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Directories with the classes of RFC 4519 and RFC 2307: OpenLDAP, 389 Directory Server and others. The groups of an
 * account are found level by level, from those that name it upwards.
 */
final class PlainDialect implements Dialect {
    private static final String CLASS = "objectClass";
    private static final String UID = "uid";
    private static final String POSIX_GROUP = "posixGroup";
    private static final Filter IS_ACCOUNT = anyClass(
            "person", "inetOrgPerson", "posixAccount", "account", "simpleSecurityObject", "applicationProcess");
    private static final Filter IS_GROUP = anyClass("groupOfNames", "groupOfUniqueNames", POSIX_GROUP);
    private static final Filter HAS_MEMBER =
            Filter.createORFilter(Filter.createPresenceFilter("member"), Filter.createPresenceFilter("uniqueMember"));
    private static final String[] ACCOUNT_ATTRIBUTES = {
        CLASS, UID, "cn", "gidNumber", "pwdAccountLockedTime", "nsAccountLock"
    };
    private static final String NAME = "cn";
    private static final String[] GROUP_ATTRIBUTES = {NAME, CLASS};
    /** The form of authorization identities (RFC 4513 5.2.1.8) that are distinguished names. */
    private static final String BOUND_AS = "dn:";
    /** How many members one search asks for. */
    private static final int CHUNK = 50;

    private final Entries entries;

    PlainDialect(Entries entries) {
        this.entries = entries;
    }

    @Override
    public Optional<String> boundAs() {
        return entries.whoAmI()
                .filter(told -> told.startsWith(BOUND_AS))
                .map(told -> told.substring(BOUND_AS.length()))
                .filter(told -> !told.isEmpty());
    }

    @Override
    public Optional<DN> findAccount(String name) {
        Optional<DN> dn = Attributes.asDn(name);
        if (dn.isPresent()) {
            return entries.readBelowBase(dn.get(), IS_ACCOUNT, "1.1").map(Attributes::dn);
        }
        Filter named =
                Filter.createORFilter(Filter.createEqualityFilter(UID, name), Filter.createEqualityFilter(NAME, name));
        return entries.findOne("account '" + name + "'", Filter.createANDFilter(IS_ACCOUNT, named), "1.1")
                .map(Attributes::dn);
    }

    @Override
    public Optional<Account> readAccount(DN dn, String name) {
        return entries.readBelowBase(dn, IS_ACCOUNT, ACCOUNT_ATTRIBUTES)
                .filter(entry -> isNamed(entry, name))
                .map(this::account);
    }

    /** {@inheritDoc} A group of names, which always has members, is an error if none can be seen. */
    @Override
    public Optional<Group> findGroup(String name) {
        Optional<DN> dn = Attributes.asDn(name);
        Optional<SearchResultEntry> entry = dn.isPresent()
                ? entries.readBelowBase(dn.get(), IS_GROUP, GROUP_ATTRIBUTES)
                : entries.findOne(
                        "group '" + name + "'",
                        Filter.createANDFilter(IS_GROUP, Filter.createEqualityFilter(NAME, name)),
                        GROUP_ATTRIBUTES);
        entry.filter(this::hidesMembers).ifPresent(found -> {
            throw new GroupDirectoryUnavailable("the directory shows no member of group '" + name
                    + "': this process's account must be allowed to search member and uniqueMember");
        });
        return entry.map(PlainDialect::group);
    }

    private boolean hidesMembers(SearchResultEntry group) {
        boolean posixOnly = isPosixGroup(group) && !Attributes.hasClass(group, "groupOfNames", "groupOfUniqueNames");
        return !posixOnly
                && entries.read(Attributes.dn(group), HAS_MEMBER, "1.1").isEmpty();
    }

    @Override
    public List<Group> groupsOf(Account account) {
        List<Filter> any = new ArrayList<>(namingMember(account.dn()));
        List<String> uids = Attributes.texts(account.entry(), UID);
        uids.forEach(uid -> any.add(ofUid(uid)));
        for (String number : Attributes.texts(account.entry(), "gidNumber")) {
            any.add(Filter.createANDFilter(
                    Filter.createEqualityFilter(CLASS, POSIX_GROUP), Filter.createEqualityFilter("gidNumber", number)));
        }
        List<SearchResultEntry> found = entries(any);
        if (!uids.isEmpty() && found.stream().anyMatch(PlainDialect::isPosixGroup)) {
            checkUid(account, uids);
        }
        return found.stream().map(PlainDialect::group).toList();
    }

    /** Says that {@code memberUid} does not tell which account it means, if it names the account at all. */
    private void checkUid(Account account, List<String> uids) {
        boolean named = !entries.findAll(
                        Filter.createORFilter(
                                uids.stream().map(PlainDialect::ofUid).toList()),
                        "1.1")
                .isEmpty();
        if (!named) {
            return;
        }
        if (uids.size() > 1) {
            throw new GroupDirectoryUnavailable("account '" + account.name()
                    + "' has several uid, so that the memberUid of a group may mean somebody else");
        }
        String uid = uids.get(0);
        Optional<DN> only = entries.findOne(
                        "uid '" + uid + "', which a group's memberUid has",
                        Filter.createEqualityFilter(UID, uid),
                        "1.1")
                .map(Attributes::dn);
        if (!only.equals(Optional.of(account.dn()))) {
            throw new GroupDirectoryUnavailable(
                    "uid '" + uid + "', which a group's memberUid has, is not found at " + account.dn());
        }
    }

    private static Filter ofUid(String uid) {
        return Filter.createANDFilter(
                Filter.createEqualityFilter(CLASS, POSIX_GROUP), Filter.createEqualityFilter("memberUid", uid));
    }

    /** Whether it may be one: only what shows its classes may not. */
    private static boolean isPosixGroup(SearchResultEntry entry) {
        return !entry.hasAttribute(CLASS) || Attributes.hasClass(entry, POSIX_GROUP);
    }

    @Override
    public List<Group> groupsAbove(Collection<Group> groups) {
        List<DN> members = groups.stream().map(Group::dn).toList();
        List<Group> above = new ArrayList<>();
        for (int from = 0; from < members.size(); from += CHUNK) {
            above.addAll(groups(members.subList(from, Math.min(from + CHUNK, members.size())).stream()
                    .flatMap(dn -> namingMember(dn).stream())
                    .toList()));
        }
        return above;
    }

    private List<Group> groups(List<Filter> any) {
        return entries(any).stream().map(PlainDialect::group).toList();
    }

    private List<SearchResultEntry> entries(List<Filter> any) {
        return entries.findAll(Filter.createANDFilter(IS_GROUP, Filter.createORFilter(any)), GROUP_ATTRIBUTES);
    }

    private Account account(SearchResultEntry entry) {
        String name = Attributes.dn(entry).toString();
        boolean enabled = !entry.hasAttribute("pwdAccountLockedTime") && !Attributes.isTrue(entry, "nsAccountLock");
        Account alone = new Account(Attributes.dn(entry), name, enabled, false, Set.of(), entry);
        Set<String> groups = enabled ? allGroups(alone).keySet() : Set.of();
        return new Account(alone.dn(), name, enabled, false, groups, entry);
    }

    private Map<String, Group> allGroups(Account account) {
        Map<String, Group> all = new HashMap<>();
        List<Group> level = groupsOf(account);
        while (!level.isEmpty()) {
            List<Group> added = new ArrayList<>();
            for (Group group : level) {
                if (all.putIfAbsent(group.key(), group) == null) { // each once, so that a cycle ends
                    added.add(group);
                }
            }
            Nesting.checkBound(all.size(), account.name());
            level = added.isEmpty() ? List.of() : groupsAbove(added);
        }
        return all;
    }

    private static boolean isNamed(SearchResultEntry entry, String name) {
        Optional<DN> dn = Attributes.asDn(name);
        if (dn.isPresent()) {
            return Attributes.isSame(dn.get(), Attributes.dn(entry));
        }
        return Stream.of(UID, NAME)
                .flatMap(attribute -> Attributes.texts(entry, attribute).stream())
                .anyMatch(value -> Attributes.isSame(name, value));
    }

    private static Group group(SearchResultEntry entry) {
        DN dn = Attributes.dn(entry);
        return new Group(dn, Attributes.text(entry, NAME).orElseGet(dn::toString), dn.toNormalizedString());
    }

    private static List<Filter> namingMember(DN member) {
        return List.of(
                Filter.createEqualityFilter("member", member.toString()),
                Filter.createEqualityFilter("uniqueMember", member.toString()));
    }

    private static Filter anyClass(String... classes) {
        return Filter.createORFilter(Stream.of(classes)
                .map(name -> Filter.createEqualityFilter(CLASS, name))
                .toList());
    }
}
