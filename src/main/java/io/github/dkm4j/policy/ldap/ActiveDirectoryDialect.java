package io.github.dkm4j.policy.ldap;

import com.unboundid.ldap.sdk.DN;
import com.unboundid.ldap.sdk.Filter;
import com.unboundid.ldap.sdk.RDN;
import com.unboundid.ldap.sdk.SearchResultEntry;
import io.github.dkm4j.key.GroupDirectoryUnavailable;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Active Directory. The directory itself works out all security groups of an account, nested and primary ones included, as
 * the attribute {@code tokenGroups} of a search for just that entry. So one search tells everything about an account.
 */
final class ActiveDirectoryDialect implements Dialect {
    /** What {@code supportedCapabilities} lists in Active Directory (MS-ADTS 3.1.1.3.4.3). */
    static final String CAPABILITY = "1.2.840.113556.1.4.800";

    private static final Filter IS_ACCOUNT = Filter.createEqualityFilter("objectClass", "user");
    private static final Filter IS_GROUP = Filter.createEqualityFilter("objectClass", "group");
    private static final String[] SERVICE_CLASSES = {
        "msDS-GroupManagedServiceAccount", "msDS-ManagedServiceAccount", "computer"
    };
    private static final String[] ACCOUNT_ATTRIBUTES = {
        "objectClass",
        "objectSid",
        "sAMAccountName",
        "userPrincipalName",
        "primaryGroupID",
        "userAccountControl",
        "msDS-User-Account-Control-Computed",
        "lockoutTime",
        "accountExpires",
        "tokenGroups"
    };
    private static final String[] GROUP_ATTRIBUTES = {"objectSid", "sAMAccountName"};

    private static final long DISABLED = 0x2;
    private static final long LOCKED = 0x10;
    /** 100 ns since 1601: this many seconds before 1970. */
    private static final long EPOCH_1601 = 11_644_473_600L;

    private static final long TICKS_A_SECOND = 10_000_000;

    private final Entries entries;
    private final InstantSource clock;
    private final String dnsDomain;
    private final DN configuration;
    private volatile @Nullable String shortDomain;

    ActiveDirectoryDialect(Entries entries, SearchResultEntry root, InstantSource clock) {
        this.entries = entries;
        this.clock = clock;
        this.dnsDomain = Arrays.stream(entries.base().getRDNs())
                .filter(rdn -> rdn.hasAttribute("dc"))
                .map(RDN::getAttributeValues)
                .map(values -> values[0])
                .collect(Collectors.joining("."));
        if (dnsDomain.isEmpty()) {
            throw new GroupDirectoryUnavailable("the base " + entries.base() + " is in no domain: it has no DC");
        }
        this.configuration = Attributes.text(root, "configurationNamingContext")
                .flatMap(Attributes::asDn)
                .orElse(DN.NULL_DN);
    }

    @Override
    public Optional<DN> findAccount(String name) {
        Optional<DN> dn = Attributes.asDn(name);
        if (dn.isPresent()) {
            return entries.readBelowBase(dn.get(), IS_ACCOUNT, "objectSid").map(Attributes::dn);
        }
        Filter named = Filter.createORFilter(namesOfAccount(name));
        return entries.findOne("account '" + name + "'", Filter.createANDFilter(IS_ACCOUNT, named), "objectSid")
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
        if (dn.isPresent()) {
            return entries.readBelowBase(dn.get(), IS_GROUP, GROUP_ATTRIBUTES).map(ActiveDirectoryDialect::group);
        }
        List<Filter> named = new ArrayList<>();
        Optional<String> local = withoutDomain(name);
        named.add(Filter.createEqualityFilter("cn", name));
        local.ifPresent(account -> named.add(Filter.createEqualityFilter("sAMAccountName", account)));
        Sid.binary(name).ifPresent(sid -> named.add(Filter.createEqualityFilter("objectSid", sid)));
        Filter filter = Filter.createANDFilter(IS_GROUP, Filter.createORFilter(named));
        return entries.findOne("group '" + name + "'", filter, GROUP_ATTRIBUTES).map(ActiveDirectoryDialect::group);
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
                .map(ActiveDirectoryDialect::group)
                .toList();
    }

    private List<Filter> namesOfAccount(String name) {
        List<Filter> names = new ArrayList<>();
        names.add(Filter.createEqualityFilter("userPrincipalName", name));
        withoutDomain(name).ifPresent(account -> names.add(Filter.createEqualityFilter("sAMAccountName", account)));
        principalOfDomain(name).ifPresent(account -> names.add(Filter.createEqualityFilter("sAMAccountName", account)));
        Sid.binary(name).ifPresent(sid -> names.add(Filter.createEqualityFilter("objectSid", sid)));
        return names;
    }

    /**
     * Whether the entry has the name. Compared more strictly than the directory does, which takes some different letters for
     * the same.
     */
    private boolean isNamed(SearchResultEntry entry, String name) {
        Optional<DN> dn = Attributes.asDn(name);
        if (dn.isPresent()) {
            return dn.get().equals(Attributes.dn(entry));
        }
        String account = Attributes.text(entry, "sAMAccountName").orElse("");
        return Attributes.text(entry, "userPrincipalName")
                        .filter(name::equalsIgnoreCase)
                        .isPresent()
                || withoutDomain(name).filter(account::equalsIgnoreCase).isPresent()
                || principalOfDomain(name).filter(account::equalsIgnoreCase).isPresent()
                || (Sid.binary(name).isPresent() && name.equals(sid(entry)));
    }

    /** The name in {@code DOMAIN\name} if the domain is this one, or a name without a domain. */
    private Optional<String> withoutDomain(String name) {
        int backslash = name.indexOf('\\');
        if (backslash < 0) {
            return Optional.of(name);
        }
        String domain = name.substring(0, backslash);
        return domain.equalsIgnoreCase(dnsDomain) || domain.equalsIgnoreCase(shortDomain())
                ? Optional.of(name.substring(backslash + 1))
                : Optional.empty();
    }

    /** The name in {@code name@domain}, with this domain or its Kerberos realm, which is the domain in upper case. */
    private Optional<String> principalOfDomain(String name) {
        int at = name.lastIndexOf('@');
        return at > 0 && name.substring(at + 1).equalsIgnoreCase(dnsDomain)
                ? Optional.of(name.substring(0, at))
                : Optional.empty();
    }

    /** The name that the domain has before a backslash; it is looked up once. */
    private String shortDomain() {
        String known = shortDomain;
        if (known == null) {
            known = entries.at(configuration)
                    .findOne(
                            "domain " + dnsDomain,
                            Filter.createANDFilter(
                                    Filter.createEqualityFilter("objectClass", "crossRef"),
                                    Filter.createEqualityFilter("dnsRoot", dnsDomain),
                                    Filter.createPresenceFilter("nETBIOSName")),
                            "nETBIOSName")
                    .flatMap(entry -> Attributes.text(entry, "nETBIOSName"))
                    .orElseThrow(() -> new GroupDirectoryUnavailable(
                            "the directory does not tell the short name of domain " + dnsDomain));
            shortDomain = known;
        }
        return known;
    }

    private Account account(SearchResultEntry entry) {
        Set<String> groups = Attributes.binaries(entry, "tokenGroups").stream()
                .map(ActiveDirectoryDialect::textOf)
                .collect(Collectors.toSet());
        String name = Attributes.text(entry, "sAMAccountName").orElse("");
        if (groups.isEmpty() || name.isEmpty()) { // every account has a primary group
            throw new GroupDirectoryUnavailable(
                    "the directory does not show the groups of an account: this process's account must be allowed to"
                            + " read tokenGroups and sAMAccountName");
        }
        return new Account(
                Attributes.dn(entry),
                name,
                isEnabled(entry),
                Attributes.hasClass(entry, SERVICE_CLASSES),
                groups,
                entry);
    }

    private boolean isEnabled(SearchResultEntry entry) {
        long control = Attributes.number(entry, "userAccountControl")
                .orElseThrow(() -> new GroupDirectoryUnavailable(
                        "the directory does not show whether an account is disabled: this process's account must be"
                                + " allowed to read userAccountControl"));
        // The computed value knows when a lock is over; the stored one is there where it is not.
        boolean locked = Attributes.number(entry, "msDS-User-Account-Control-Computed")
                .map(computed -> (computed & LOCKED) != 0)
                .orElseGet(() -> Attributes.number(entry, "lockoutTime").orElse(0L) != 0);
        return (control & DISABLED) == 0 && !locked && !isExpired(entry);
    }

    private boolean isExpired(SearchResultEntry entry) {
        long ticks = Attributes.number(entry, "accountExpires").orElse(0L);
        if (ticks == 0 || ticks == Long.MAX_VALUE) {
            return false;
        }
        return !clock.instant().isBefore(Instant.ofEpochSecond(ticks / TICKS_A_SECOND - EPOCH_1601));
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
