package io.github.dkm4j.policy.ldap;

import com.unboundid.ldap.sdk.DN;
import com.unboundid.ldap.sdk.LDAPInterface;
import com.unboundid.ldap.sdk.SearchResultEntry;
import io.github.dkm4j.key.GroupDirectoryUnavailable;
import io.github.dkm4j.policy.CallerKind;
import io.github.dkm4j.policy.GroupDirectory;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Groups in Active Directory, or in OpenLDAP and other LDAP directories; which it is, the server says. Safe for use by many
 * threads if the connections are, as a pool's are.
 *
 * <p><b>Active Directory.</b> A caller is named by {@code sAMAccountName}, {@code userPrincipalName}, Kerberos principal
 * ({@code name@REALM}), <code>DOMAIN&#92;name</code>, DN or SID; a group by {@code sAMAccountName}, {@code cn}, DN or SID. The form
 * of a name decides which of them it is; a name with the suffix of another domain is nobody's unless the builder was told the
 * suffix. Security groups count, nested ones and the primary group included; a distribution group is an error. An account is a
 * service if its class is that of a managed service account or, where no group or unit of services is named, of a computer.
 *
 * <p><b>Others.</b> A caller is named by {@code uid}, {@code cn} or DN; a group ({@code groupOfNames},
 * {@code groupOfUniqueNames} or {@code posixGroup}) by {@code cn} or DN. Nested groups count. An account with
 * {@code pwdAccountLockedTime}, or with {@code nsAccountLock} true, is locked. What the bound account may not read is not there
 * for it: it must see members of every group on the way, and these attributes; only of the group that is asked about a missing
 * member is noticed. Whoever may write his own {@code uid}, {@code cn} or {@code gidNumber} names himself: let nobody.
 *
 * <p>Names are looked for below the base. One that stands for several accounts, or for several groups, is an error and not a
 * choice. An account whose place is known costs one round trip in Active Directory, elsewhere one and one for each level of
 * nesting. Every method that asks throws {@link GroupDirectoryUnavailable} if the directory cannot be reached, does not answer
 * within the connections' time-out, has nothing at the base or keeps from this process's account what the answer needs.
 */
public final class LdapGroupDirectory implements GroupDirectory {
    private final Entries entries;
    private final InstantSource clock;
    private final Set<String> suffixes;
    private final @Nullable ServiceAccounts services;
    private final @Nullable String account;
    private final Remembered<DN> places;
    private final Remembered<Account> accounts;
    private final Remembered<Group> groups;
    private volatile @Nullable Dialect dialect;
    private volatile @Nullable String identity;

    private LdapGroupDirectory(Builder builder) {
        entries = new Entries(builder.connections, builder.base);
        clock = builder.clock;
        suffixes = Set.copyOf(builder.suffixes);
        services = builder.services == null
                ? null
                : new ServiceAccounts(entries, clock, builder.services, builder.namesFor);
        account = builder.account;
        places = new Remembered<>(clock, builder.namesFor);
        groups = new Remembered<>(clock, builder.namesFor);
        accounts = new Remembered<>(clock, builder.reuseFor);
    }

    /**
     * A directory over connections that stay the caller's to close; they are not used before a question comes.
     *
     * @param connections bound as an account that may read accounts and groups, with time-outs
     * @param base the DN that all accounts and groups are below
     * @throws IllegalArgumentException if the base is no DN, or the empty one
     */
    public static Builder over(LDAPInterface connections, String base) {
        return new Builder(connections, base);
    }

    @Override
    public boolean isMember(String caller, String group) {
        Optional<Account> found = account(caller);
        return found.isPresent()
                && found.get().enabled()
                && group(group).filter(found.get()::isMember).isPresent();
    }

    /** {@inheritDoc} This asks anew each time, and further questions about this group's members use the answer. */
    @Override
    public boolean exists(String group) {
        return findGroup(group).isPresent();
    }

    /** {@inheritDoc} Groups are told by the directory's own names for them, but the last as asked for. */
    @Override
    public Optional<List<String>> path(String caller, String group) {
        Optional<Account> found = account(caller);
        Optional<Group> wanted = found.isPresent() ? group(group) : Optional.empty();
        if (found.isEmpty() || wanted.isEmpty() || !found.get().isMember(wanted.get())) {
            return Optional.empty();
        }
        Group target = wanted.get();
        List<String> way = Nesting.of(dialect(), found.get(), seen -> seen.key().equals(target.key()))
                .path(target)
                .orElse(List.of(group)); // through a group that is outside of the base
        return Optional.of(Stream.concat(way.stream().limit(way.size() - 1L), Stream.of(group))
                .toList());
    }

    @Override
    public List<List<String>> memberships(String caller) {
        return account(caller)
                .filter(Account::enabled)
                .map(found -> Nesting.of(dialect(), found, seen -> false).paths(found.groups()::contains))
                .orElse(List.of());
    }

    @Override
    public boolean tellsKinds() {
        return true;
    }

    /** {@inheritDoc} An account that may not act is still what it is by its class and place. */
    @Override
    public CallerKind kind(String caller) {
        return account(caller).filter(this::isService).isPresent() ? CallerKind.SERVICE : CallerKind.HUMAN;
    }

    /**
     * {@inheritDoc} It is the account that the builder was given, as its {@code sAMAccountName} in Active Directory, elsewhere as
     * its DN. If the builder was given one, other directories than Active Directory are asked who the connections of a pool
     * are bound as, and what they answer counts if it is an account below the base.
     *
     * @throws GroupDirectoryUnavailable also if the directory has no such account
     */
    @Override
    public Optional<String> identity() {
        if (account == null) {
            return Optional.empty();
        }
        String known = identity;
        if (known == null) {
            known = dialect()
                    .boundAs()
                    .flatMap(this::account)
                    .or(() -> account(account))
                    .map(Account::name)
                    .orElseThrow(() -> new GroupDirectoryUnavailable(
                            "the directory has no account '" + account + "', as which this process is bound"));
            identity = known;
        }
        return Optional.of(known);
    }

    private Optional<Account> account(String name) {
        Optional<Account> recent = accounts.get(name);
        if (recent.isPresent()) {
            return recent;
        }
        Dialect directory = dialect();
        long now = clock.millis();
        Optional<Account> found = places.get(name).flatMap(place -> directory.readAccount(place, name));
        if (found.isEmpty()) { // not seen yet, or no longer there under this name
            places.forget(name);
            Optional<DN> place = directory.findAccount(name);
            place.ifPresent(dn -> places.put(name, dn, now));
            found = place.flatMap(dn -> directory.readAccount(dn, name));
        }
        found.ifPresent(account -> accounts.put(name, account, now));
        return found;
    }

    private Optional<Group> group(String name) {
        Optional<Group> known = groups.get(name);
        return known.isPresent() ? known : findGroup(name);
    }

    /** Asks anew, and has further questions use the answer. */
    private Optional<Group> findGroup(String name) {
        long now = clock.millis();
        groups.forget(name); // if the directory cannot be asked, too
        Optional<Group> found = dialect().findGroup(name);
        found.ifPresent(group -> groups.put(name, group, now));
        return found;
    }

    private boolean isService(Account found) {
        return found.service() || (services != null && services.has(dialect(), found));
    }

    private Dialect dialect() {
        Dialect known = dialect;
        if (known == null) {
            SearchResultEntry root = entries.root("supportedCapabilities", "configurationNamingContext");
            known = Attributes.texts(root, "supportedCapabilities").contains(ActiveDirectoryDialect.CAPABILITY)
                    ? new ActiveDirectoryDialect(entries, root, clock, suffixes, services == null)
                    : new PlainDialect(entries.withoutReferences());
            dialect = known;
        }
        return known;
    }

    /** What a directory is made of. For one thread. */
    public static final class Builder {
        private static final Duration MAX = Duration.ofDays(1);

        private final LDAPInterface connections;
        private final DN base;
        private final Set<String> suffixes = new HashSet<>();
        private InstantSource clock = InstantSource.system();
        private Duration namesFor = Duration.ofMinutes(1);
        private Duration reuseFor = Duration.ofSeconds(1);
        private @Nullable String services;
        private @Nullable String account;

        private Builder(LDAPInterface connections, String base) {
            this.connections = connections;
            this.base = Attributes.asDn(base)
                    .orElseThrow(() -> new IllegalArgumentException("'" + base + "' is no distinguished name"));
        }

        /** The name as which the connections are bound, in any form that a caller's name may have. By default nothing is told. */
        public Builder account(String boundName) {
            account = boundName;
            return this;
        }

        /** The group whose members are services, by any of its names, or the DN of the unit that services are below. */
        public Builder services(String groupOrUnit) {
            services = groupOrUnit;
            return this;
        }

        /**
         * Also takes {@code name@suffix} for the account of Active Directory with this {@code userPrincipalName}. By default only
         * the domain's own suffixes are taken: one that is the name of another realm would make an account here stand for that
         * realm's, which this directory knows nothing of. May be called several times.
         */
        public Builder principalSuffix(String suffix) {
            suffixes.add(suffix);
            return this;
        }

        /**
         * For how long it is remembered where an account is and which group has a name, up to a day; a minute by default. An
         * account is asked for by its place each time, and if it is there no more under its name, looked for anew.
         */
        public Builder rememberNamesFor(Duration time) {
            namesFor = checked(time);
            return this;
        }

        /**
         * For how long an account's state and groups that were just read answer further questions, up to a day; a second by
         * default, so that one decision over several groups asks once. Zero asks each time.
         */
        public Builder reuseFor(Duration time) {
            reuseFor = checked(time);
            return this;
        }

        /** The clock by which accounts expire, and by which what is remembered is forgotten; the system's by default. */
        public Builder clock(InstantSource clock) {
            this.clock = clock;
            return this;
        }

        /** The directory, which does not ask anything yet. */
        public LdapGroupDirectory build() {
            return new LdapGroupDirectory(this);
        }

        private static Duration checked(Duration time) {
            if (time.isNegative() || time.compareTo(MAX) > 0) {
                throw new IllegalArgumentException("nothing is remembered for less than no time or more than a day");
            }
            return time;
        }
    }
}
