package io.github.dkm4j.policy.ldap;

import com.unboundid.ldap.sdk.DN;
import com.unboundid.ldap.sdk.Filter;
import com.unboundid.ldap.sdk.SearchResultEntry;
import io.github.dkm4j.key.GroupDirectoryUnavailable;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Active Directory. The directory itself works out all security groups of an account, nested and primary ones included, as
 * the attribute {@code tokenGroups} of a search for just that entry. So one search tells everything about an account.
 */
final class ActiveDirectoryDialect implements Dialect {
    /** What {@code supportedCapabilities} lists in Active Directory (MS-ADTS 3.1.1.3.4.3). */
    static final String CAPABILITY = "1.2.840.113556.1.4.800";

    private static final Filter IS_ACCOUNT = Filter.createEqualityFilter("objectClass", "user");
    private static final Filter IS_GROUP = Filter.createEqualityFilter("objectClass", "group");
    private static final String[] MANAGED = {"msDS-GroupManagedServiceAccount", "msDS-ManagedServiceAccount"};
    private static final String[] COMPUTERS_TOO = {MANAGED[0], MANAGED[1], "computer"};
    private static final String COMPUTED_CONTROL = "msDS-User-Account-Control-Computed";
    private static final String[] ACCOUNT_ATTRIBUTES = {
        "objectClass",
        "objectSid",
        "sAMAccountName",
        "userPrincipalName",
        "primaryGroupID",
        "userAccountControl",
        COMPUTED_CONTROL,
        "lockoutTime",
        "accountExpires",
        "tokenGroups"
    };
    private static final String[] GROUP_ATTRIBUTES = {"objectSid", "sAMAccountName", "groupType"};

    /** In groupType. */
    private static final long SECURITY_ENABLED = 0x8000_0000L;

    private static final long DISABLED = 0x2;
    private static final long LOCKED = 0x10;
    /** 100 ns since 1601: this many seconds before 1970. */
    private static final long EPOCH_1601 = 11_644_473_600L;

    private static final long TICKS_A_SECOND = 10_000_000;

    private final Entries entries;
    private final InstantSource clock;
    private final String[] serviceClasses;
    private final DomainNames names;

    /**
     * A domain.
     *
     * @param root what the server says of itself
     * @param suffixes those of principals that are this domain's too
     * @param computersAreServices whether computers are, as managed service accounts always are
     */
    ActiveDirectoryDialect(
            Entries entries,
            SearchResultEntry root,
            InstantSource clock,
            Collection<String> suffixes,
            boolean computersAreServices) {
        this.serviceClasses = computersAreServices ? COMPUTERS_TOO : MANAGED;
        this.entries = entries;
        this.clock = clock;
        DN configuration = Attributes.text(root, "configurationNamingContext")
                .flatMap(Attributes::asDn)
                .orElse(DN.NULL_DN);
        this.names = new DomainNames(entries, configuration, suffixes);
    }

    /** {@inheritDoc} Which Active Directory tells by the account's changeable name only. */
    @Override
    public Optional<String> boundAs() {
        return Optional.empty();
    }

    @Override
    public Optional<DN> findAccount(String name) {
        Optional<DN> dn = Attributes.asDn(name);
        if (dn.isPresent()) {
            return entries.readBelowBase(dn.get(), IS_ACCOUNT, "objectSid").map(Attributes::dn);
        }
        return names.accounts(name)
                .flatMap(named -> entries.findOne(
                        "account '" + name + "'", Filter.createANDFilter(IS_ACCOUNT, named), "objectSid"))
                .map(Attributes::dn);
    }

    @Override
    public Optional<Account> readAccount(DN dn, String name) {
        return entries.readBelowBase(dn, IS_ACCOUNT, ACCOUNT_ATTRIBUTES)
                .filter(entry -> isNamed(entry, name))
                .map(this::account);
    }

    /** {@inheritDoc} A group for mail only, which {@code tokenGroups} leaves out, is an error. */
    @Override
    public Optional<Group> findGroup(String name) {
        Optional<DN> dn = Attributes.asDn(name);
        Optional<SearchResultEntry> found = dn.isPresent()
                ? entries.readBelowBase(dn.get(), IS_GROUP, GROUP_ATTRIBUTES)
                : names.groups(name)
                        .flatMap(named -> entries.findOne(
                                "group '" + name + "'", Filter.createANDFilter(IS_GROUP, named), GROUP_ATTRIBUTES));
        found.filter(entry -> !isSecurityGroup(entry)).ifPresent(entry -> {
            throw new GroupDirectoryUnavailable(
                    "group '" + name + "' is a distribution group; only a security group can be asked about");
        });
        return found.map(ActiveDirectoryDialect::group);
    }

    @Override
    public List<Group> groupsOf(Account account) {
        List<Filter> filters = new ArrayList<>();
        filters.add(Filter.createEqualityFilter("member", account.dn().toString()));
        Attributes.text(account.entry(), "primaryGroupID")
                .flatMap(number -> Sid.binary(Sid.sibling(sid(account.entry()), number)))
                .ifPresent(sid -> filters.add(Filter.createEqualityFilter("objectSid", sid)));
        return groups(filters);
    }

    @Override
    public List<Group> groupsAbove(Collection<Group> groups) {
        return groups(groups.stream()
                .map(group -> Filter.createEqualityFilter("member", group.dn().toString()))
                .toList());
    }

    private List<Group> groups(List<Filter> any) {
        return entries.findAll(Filter.createANDFilter(IS_GROUP, Filter.createORFilter(any)), GROUP_ATTRIBUTES).stream()
                .filter(ActiveDirectoryDialect::isSecurityGroup)
                .map(ActiveDirectoryDialect::group)
                .toList();
    }

    private boolean isNamed(SearchResultEntry entry, String name) {
        Optional<DN> dn = Attributes.asDn(name);
        return dn.isPresent()
                ? Attributes.isSame(dn.get(), Attributes.dn(entry))
                : names.isNamed(entry, sid(entry), name);
    }

    private Account account(SearchResultEntry entry) {
        Set<String> groups = Attributes.binaries(entry, "tokenGroups").stream()
                .map(ActiveDirectoryDialect::textOf)
                .collect(Collectors.toSet());
        String name = Attributes.text(entry, "sAMAccountName").orElse("");
        if (groups.isEmpty() || name.isEmpty()) { // every account has a primary group
            throw new GroupDirectoryUnavailable(
                    "the directory does not show the groups of an account: this process's account must be allowed to"
                            + " read " + String.join(", ", ACCOUNT_ATTRIBUTES));
        }
        return new Account(
                Attributes.dn(entry),
                name,
                isEnabled(entry),
                Attributes.hasClass(entry, serviceClasses),
                groups,
                entry);
    }

    private boolean isEnabled(SearchResultEntry entry) {
        long control = needed(entry, "userAccountControl");
        // The computed value knows when a lock is over; the stored one is there where it is not.
        boolean locked = Attributes.number(entry, COMPUTED_CONTROL)
                .map(computed -> (computed & LOCKED) != 0)
                .orElseGet(() -> needed(entry, "lockoutTime") != 0);
        return (control & DISABLED) == 0 && !locked && !isExpired(entry);
    }

    private boolean isExpired(SearchResultEntry entry) {
        long ticks = needed(entry, "accountExpires");
        if (ticks == 0 || ticks == Long.MAX_VALUE) {
            return false;
        }
        return !clock.instant().isBefore(Instant.ofEpochSecond(ticks / TICKS_A_SECOND - EPOCH_1601));
    }

    /** A number that every account has, so that it is hidden if it is not there. */
    private static long needed(SearchResultEntry entry, String attribute) {
        return Attributes.number(entry, attribute)
                .orElseThrow(() -> new GroupDirectoryUnavailable(
                        "the directory does not show an account's " + attribute + ": this process's account must be"
                                + " allowed to read " + String.join(", ", ACCOUNT_ATTRIBUTES)));
    }

    private static boolean isSecurityGroup(SearchResultEntry entry) {
        long type = Attributes.number(entry, "groupType")
                .orElseThrow(() -> new GroupDirectoryUnavailable(
                        "the directory does not show a group's groupType: this process's account must be allowed to"
                                + " read " + String.join(", ", GROUP_ATTRIBUTES)));
        return (type & SECURITY_ENABLED) != 0;
    }

    private static Group group(SearchResultEntry entry) {
        String name = Attributes.text(entry, "sAMAccountName")
                .orElseGet(() -> Attributes.dn(entry).toString().toLowerCase(Locale.ROOT));
        return new Group(Attributes.dn(entry), name, sid(entry));
    }

    private static String sid(SearchResultEntry entry) {
        return Attributes.binaries(entry, "objectSid").stream()
                .findFirst()
                .map(ActiveDirectoryDialect::textOf)
                .orElseThrow(() -> new GroupDirectoryUnavailable("the directory does not show an entry's objectSid"));
    }

    private static String textOf(byte[] sid) {
        return Sid.text(sid)
                .orElseThrow(() -> new GroupDirectoryUnavailable("the directory has a SID that cannot be read"));
    }
}
