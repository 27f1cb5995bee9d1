package io.github.dkm4j.policy.ldap;

import com.unboundid.ldap.sdk.DN;
import com.unboundid.ldap.sdk.Filter;
import com.unboundid.ldap.sdk.RDN;
import com.unboundid.ldap.sdk.SearchResultEntry;
import io.github.dkm4j.key.GroupDirectoryUnavailable;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The names of one domain of Active Directory, other than distinguished names. What form a name has decides which attribute it
 * can be the value of, so that nobody gets the name of another by a value in an attribute that is easier to change:
 *
 * <ul>
 *   <li>a SID is an {@code objectSid};
 *   <li><code>DOMAIN&#92;name</code> is a {@code sAMAccountName}, if the domain is this one;
 *   <li>{@code name@suffix}, of an account, is a {@code userPrincipalName} if the suffix is this domain or one of those told
 *       here, and in this domain also a {@code sAMAccountName};
 *   <li>anything else is a {@code sAMAccountName}, and for a group also a {@code cn}.
 * </ul>
 *
 * Safe for use by many threads.
 */
final class DomainNames {
    private static final Pattern SID_LIKE = Pattern.compile("[Ss]-1-[0-9-]*");
    private static final String ACCOUNT = "sAMAccountName";
    private static final String PRINCIPAL = "userPrincipalName";

    private final Entries entries;
    private final DN configuration;
    private final List<String> suffixes;
    private final String dnsDomain;
    private volatile @Nullable String shortDomain;

    /**
     * The names of the domain that the base is in.
     *
     * @param configuration where the directory describes its domains
     * @param suffixes those of principals that are this domain's too
     */
    DomainNames(Entries entries, DN configuration, Collection<String> suffixes) {
        this.entries = entries;
        this.configuration = configuration;
        this.suffixes = List.copyOf(suffixes);
        this.dnsDomain = Arrays.stream(entries.base().getRDNs())
                .filter(rdn -> rdn.hasAttribute("dc"))
                .map(RDN::getAttributeValues)
                .map(values -> values[0])
                .collect(Collectors.joining("."));
        if (dnsDomain.isEmpty()) {
            throw new GroupDirectoryUnavailable("the base " + entries.base() + " is in no domain: it has no DC");
        }
    }

    /** What finds the accounts with a name; empty if no account of this domain can have it. */
    Optional<Filter> accounts(String name) {
        if (SID_LIKE.matcher(name).matches()) {
            return ofSid(name);
        }
        if (name.indexOf('\\') >= 0) {
            return ofDomain(name);
        }
        int at = name.lastIndexOf('@');
        if (at < 0) {
            return Optional.of(Filter.createEqualityFilter(ACCOUNT, name));
        }
        Filter principal = Filter.createEqualityFilter(PRINCIPAL, name);
        String suffix = name.substring(at + 1);
        if (isThisDomain(suffix)) {
            Filter account = Filter.createEqualityFilter(ACCOUNT, name.substring(0, at));
            return Optional.of(Filter.createORFilter(principal, account));
        }
        return isTold(suffix) ? Optional.of(principal) : Optional.empty();
    }

    /** What finds the groups with a name; empty if no group of this domain can have it. */
    Optional<Filter> groups(String name) {
        if (SID_LIKE.matcher(name).matches()) {
            return ofSid(name);
        }
        if (name.indexOf('\\') >= 0) {
            return ofDomain(name);
        }
        return Optional.of(Filter.createORFilter(
                Filter.createEqualityFilter(ACCOUNT, name), Filter.createEqualityFilter("cn", name)));
    }

    /**
     * Whether an account has a name. Compared more strictly than the directory does, which takes some different letters for the
     * same.
     *
     * @param sid the account's
     */
    boolean isNamed(SearchResultEntry entry, String sid, String name) {
        if (SID_LIKE.matcher(name).matches()) {
            return name.equals(sid);
        }
        String account = Attributes.text(entry, ACCOUNT).orElse("");
        if (name.indexOf('\\') >= 0) {
            return inDomain(name)
                    .filter(rest -> Attributes.isSame(rest, account))
                    .isPresent();
        }
        int at = name.lastIndexOf('@');
        if (at < 0) {
            return Attributes.isSame(name, account);
        }
        String suffix = name.substring(at + 1);
        boolean local = isThisDomain(suffix);
        if (local && Attributes.isSame(name.substring(0, at), account)) {
            return true;
        }
        return (local || isTold(suffix))
                && Attributes.text(entry, PRINCIPAL)
                        .filter(principal -> Attributes.isSame(name, principal))
                        .isPresent();
    }

    private static Optional<Filter> ofSid(String name) {
        return Sid.binary(name).map(sid -> Filter.createEqualityFilter("objectSid", sid));
    }

    private Optional<Filter> ofDomain(String name) {
        return inDomain(name).map(account -> Filter.createEqualityFilter(ACCOUNT, account));
    }

    /** What comes after this domain and a backslash; empty if it is another domain. */
    private Optional<String> inDomain(String name) {
        int backslash = name.indexOf('\\');
        return isThisDomain(name.substring(0, backslash))
                ? Optional.of(name.substring(backslash + 1))
                : Optional.empty();
    }

    private boolean isTold(String suffix) {
        return suffixes.stream().anyMatch(told -> Attributes.isSame(told, suffix));
    }

    /** Whether it is the domain's DNS name, which in upper case is its Kerberos realm, or its short name. */
    private boolean isThisDomain(String domain) {
        return Attributes.isSame(domain, dnsDomain) || Attributes.isSame(domain, shortDomain());
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
}
