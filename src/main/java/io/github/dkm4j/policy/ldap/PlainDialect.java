package io.github.dkm4j.policy.ldap;

import com.unboundid.ldap.sdk.DN;
import com.unboundid.ldap.sdk.Filter;
import com.unboundid.ldap.sdk.SearchResultEntry;
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
    private static final Filter IS_ACCOUNT = anyClass(
            "person", "inetOrgPerson", "posixAccount", "account", "simpleSecurityObject", "applicationProcess");
    private static final Filter IS_GROUP = anyClass("groupOfNames", "groupOfUniqueNames", "posixGroup");
    private static final String[] ACCOUNT_ATTRIBUTES = {
        "objectClass", "uid", "cn", "gidNumber", "pwdAccountLockedTime", "nsAccountLock"
    };
    private static final String NAME = "cn";
    /** How many members one search asks for. */
    private static final int CHUNK = 50;

    private final Entries entries;

    PlainDialect(Entries entries) {
        this.entries = entries;
    }

    @Override
    public Optional<DN> findAccount(String name) {
        Optional<DN> dn = Attributes.asDn(name);
        if (dn.isPresent()) {
            return entries.readBelowBase(dn.get(), IS_ACCOUNT, "1.1").map(Attributes::dn);
        }
        Filter named = Filter.createORFilter(
                Filter.createEqualityFilter("uid", name), Filter.createEqualityFilter(NAME, name));
        return entries.findOne("account '" + name + "'", Filter.createANDFilter(IS_ACCOUNT, named), "1.1")
                .map(Attributes::dn);
    }

    @Override
    public Optional<Account> readAccount(DN dn, String name) {
        return entries.readBelowBase(dn, IS_ACCOUNT, ACCOUNT_ATTRIBUTES)
                .filter(entry -> isNamed(entry, name))
                .map(this::account);
    }

    @Override
    public Optional<Group> findGroup(String name) {
        Optional<DN> dn = Attributes.asDn(name);
        Optional<SearchResultEntry> entry = dn.isPresent()
                ? entries.readBelowBase(dn.get(), IS_GROUP, NAME)
                : entries.findOne(
                        "group '" + name + "'",
                        Filter.createANDFilter(IS_GROUP, Filter.createEqualityFilter(NAME, name)),
                        NAME);
        return entry.map(PlainDialect::group);
    }

    @Override
    public List<Group> groupsOf(Account account) {
        List<Filter> any = new ArrayList<>(namingMember(account.dn()));
        for (String uid : Attributes.texts(account.entry(), "uid")) {
            any.add(Filter.createEqualityFilter("memberUid", uid));
        }
        for (String number : Attributes.texts(account.entry(), "gidNumber")) {
            any.add(Filter.createANDFilter(
                    Filter.createEqualityFilter("objectClass", "posixGroup"),
                    Filter.createEqualityFilter("gidNumber", number)));
        }
        return groups(any);
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
        return entries.findAll(Filter.createANDFilter(IS_GROUP, Filter.createORFilter(any)), NAME).stream()
                .map(PlainDialect::group)
                .toList();
    }

    private Account account(SearchResultEntry entry) {
        String name = Stream.concat(Attributes.texts(entry, "uid").stream(), Attributes.texts(entry, NAME).stream())
                .findFirst()
                .orElseGet(() -> Attributes.dn(entry).toString());
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
            return dn.get().equals(Attributes.dn(entry));
        }
        return Stream.of("uid", NAME)
                .flatMap(attribute -> Attributes.texts(entry, attribute).stream())
                .anyMatch(name::equalsIgnoreCase);
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
                .map(name -> Filter.createEqualityFilter("objectClass", name))
                .toList());
    }
}
