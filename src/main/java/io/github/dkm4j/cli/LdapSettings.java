package io.github.dkm4j.cli;

import io.github.dkm4j.ldap.LdapConnections;
import io.github.dkm4j.policy.GroupDirectory;
import io.github.dkm4j.policy.ldap.LdapGroupDirectory;
import io.github.dkm4j.store.ldap.AclBaseline;
import io.github.dkm4j.store.ldap.LdapKeyRingStore;
import io.github.dkm4j.store.ldap.LdapKeyRingStoreBuilder;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.regex.Pattern;

/** The directory that a family of keys describes: {@code NAME}, {@code NAME.bind} and so on. */
final class LdapSettings {
    private static final Pattern DIRECTORY = Pattern.compile("(?:ldaps?|ad):.*", Pattern.CASE_INSENSITIVE);

    private static final Duration MINUTE = Duration.ofMinutes(1);
    private static final Duration MIN_RENEWAL = Duration.ofSeconds(1);

    private final Configuration configuration;
    private final String family;

    LdapSettings(Configuration configuration, String family) {
        this.configuration = configuration;
        this.family = family;
    }

    /** Whether this names a directory's servers. */
    static boolean isDirectory(String value) {
        return DIRECTORY.matcher(value).matches();
    }

    /** Whether this leaves it to DNS which servers of a domain these are. */
    static boolean isDomain(String value) {
        return value.regionMatches(true, 0, "ad:", 0, 3);
    }

    /**
     * The groups of this directory.
     *
     * @param services the group or unit of services
     */
    GroupDirectory groups(Optional<String> services) {
        String base = required("base");
        LdapConnections connections = connections(configuration.required(family));
        LdapGroupDirectory.Builder groups = LdapGroupDirectory.over(connections.open(), base);
        connections.principal().ifPresent(groups::account);
        services.ifPresent(groups::services);
        // Nor must a name outlive it.
        configuration.duration("groups.ttl", ttl -> groups.rememberNamesFor(shorter(ttl, MINUTE)));
        return groups.build();
    }

    /** The store in this directory, not built yet. */
    LdapKeyRingStoreBuilder store() {
        LdapKeyRingStoreBuilder store = LdapKeyRingStore.over(
                        connections(configuration.required(family)).open(), required("base"))
                .baseline(AclBaseline.of(required("readers"), required("roll-over"), required("administrators")));
        optional("confirmed-by")
                .ifPresent(servers -> store.confirmedBy(connections(servers).open()));
        configuration.duration(family + ".check-every", store::checkEvery);
        if (optional("refuse-drift").map(Configuration::isTrue).orElse(false)) {
            store.refuseDrift();
        }
        return store;
    }

    private LdapConnections connections(String servers) {
        try {
            LdapConnections connections = LdapConnections.to(servers);
            optional("ca-file").map(Path::of).ifPresent(connections::authorities);
            bind(connections);
            // A connection keeps the rights that it was bound with: it must not outlive an answer about them.
            connections.renewEvery(MINUTE);
            configuration.duration(
                    "groups.ttl", ttl -> connections.renewEvery(ttl.compareTo(MIN_RENEWAL) < 0 ? MIN_RENEWAL : ttl));
            return connections;
        } catch (IllegalArgumentException e) {
            throw new UsageError(family + ": " + e.getMessage());
        }
    }

    private void bind(LdapConnections connections) {
        String how = optional("bind").orElse(optional("keytab").isPresent() ? "gssapi" : "simple");
        switch (how) {
            case "gssapi" -> {
                Optional<String> keytab = optional("keytab");
                if (keytab.isPresent()) {
                    connections.gssapi(required("principal"), Path.of(keytab.get()));
                } else {
                    connections.ticket(required("principal"));
                }
            }
            case "simple" -> {
                char[] password = SecretFile.read(Path.of(required("password-file")));
                try {
                    connections.simple(required("user"), password);
                } finally {
                    Arrays.fill(password, '\0');
                }
            }
            case "anonymous" -> connections.anonymous();
            default -> throw new UsageError(family + ".bind must be gssapi, simple or anonymous");
        }
    }

    private static Duration shorter(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }

    private String required(String key) {
        return configuration.required(family + "." + key);
    }

    private Optional<String> optional(String key) {
        return configuration.optional(family + "." + key);
    }
}
