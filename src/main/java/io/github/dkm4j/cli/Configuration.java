package io.github.dkm4j.cli;

import io.github.dkm4j.KeyRing;
import io.github.dkm4j.KeyRingBuilder;
import io.github.dkm4j.policy.AccessPolicy;
import io.github.dkm4j.policy.FileGroupDirectory;
import io.github.dkm4j.policy.GroupDirectory;
import io.github.dkm4j.policy.Operation;
import io.github.dkm4j.rewrap.MessageTable;
import io.github.dkm4j.rewrap.TableInventory;
import io.github.dkm4j.root.PassphraseRootKey;
import io.github.dkm4j.root.Pkcs12RootKey;
import io.github.dkm4j.root.RootKey;
import io.github.dkm4j.store.FileKeyRingStore;
import io.github.dkm4j.store.KeyRingStore;
import io.github.dkm4j.store.jdbc.JdbcKeyRingStore;
import io.github.dkm4j.store.ldap.LdapKeyRingStoreBuilder;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import javax.sql.DataSource;

/** A configuration file and the ring that it describes. */
final class Configuration {
    private final Properties properties = new OnceEach();
    private final Path file;
    private final List<Path> driverPath;

    /**
     * Reads a configuration.
     *
     * @param driverPath jars of database drivers that the tool does not carry
     */
    Configuration(Path file, List<Path> driverPath) {
        this.file = file;
        this.driverPath = driverPath;
        try (Reader in = Files.newBufferedReader(file)) {
            properties.load(in);
        } catch (IOException | IllegalArgumentException e) {
            throw new UsageError("cannot read the configuration " + file + ": " + e.getMessage());
        }
        for (String name : properties.stringPropertyNames()) {
            KnownKeys.nearestIfUnknown(name).ifPresent(nearest -> {
                throw new UsageError(file + ": unknown key " + name + "; did you mean " + nearest + "?");
            });
        }
    }

    /** The ring, neither created nor opened yet, that is to have the policy of this configuration. */
    KeyRingBuilder ring() {
        KeyRingBuilder builder = ringOfAnyPolicy();
        policy().ifPresent(builder::policy);
        return builder;
    }

    /** The ring, not opened yet, whatever policy it has. */
    KeyRingBuilder ringOfAnyPolicy() {
        KeyRingBuilder builder =
                KeyRing.builder(ringName()).store(store()).rootKey(root()).groups(groups());
        optional("ring.pin").ifPresent(builder::pin);
        optional("ring.pin-file").ifPresent(name -> builder.pinFile(Path.of(name)));
        if (optional("store.single-node").map(Configuration::isTrue).orElse(false)) {
            builder.singleNode();
        }
        if (LdapSettings.isDirectory(required("store"))
                && optional("store.replication-bound").isEmpty()) {
            throw new UsageError(file + ": store.replication-bound is missing: how long the directory takes to show a"
                    + " record on all its servers; PT0S for a single server");
        }
        duration("store.replication-bound", builder::replicationBound);
        duration("rollover.every", builder::rolloverEvery);
        duration("rollover.propagation", builder::propagation);
        number("rollover.messages", builder::rolloverMessages);
        number("rollover.bytes", builder::rolloverBytes);
        duration("groups.ttl", builder::membershipTtl);
        duration("groups.grace", builder::membershipGrace);
        new AuditSettings(this).apply(builder);
        List<MessageTable> tables = tables();
        if (!tables.isEmpty()) {
            builder.inventory(TableInventory.of(data(), tables));
        }
        return builder;
    }

    /** The directory of audit trails. */
    Path auditDirectory() {
        return Path.of(located("audit", "file"));
    }

    /** The ring's name. */
    String ringName() {
        return required("ring");
    }

    /** Whether the store has what trails state of themselves. */
    boolean isAuditInStore() {
        return optional("audit.in-store").map(Configuration::isTrue).orElse(true);
    }

    /** The tables of messages that the configuration names. */
    List<MessageTable> tables() {
        return DataTables.of(properties.stringPropertyNames(), properties::getProperty);
    }

    /** The database of these tables, by default the store's. */
    DataSource data() {
        if (optional("data").isPresent()) {
            return database("data");
        }
        if (optional("data.ca-file").isPresent()) {
            throw new UsageError(file + ": data.ca-file goes with data");
        }
        if (!required("store").startsWith("jdbc:")) {
            throw new UsageError(file + ": the key data is missing: the JDBC URL of the tables' database");
        }
        return database("store");
    }

    /** The ring, to be created. */
    KeyRingBuilder newRing() {
        if (policy().isEmpty()) {
            throw new UsageError(file + ": a ring is made with its policy; give policy.encrypt, policy.decrypt,"
                    + " policy.roll-over and policy.administer");
        }
        return ring();
    }

    /** Who is in which group. */
    GroupDirectory groups() {
        Optional<String> services = optional("groups.services");
        if (LdapSettings.isDirectory(required("groups"))) {
            return new LdapSettings(this, "groups").groups(services);
        }
        Path groups = Path.of(located("groups", "file"));
        return services.isPresent() ? FileGroupDirectory.at(groups, services.get()) : FileGroupDirectory.at(groups);
    }

    /** The store; nothing is asked of it yet. */
    KeyRingStore store() {
        if (required("store").startsWith("jdbc:")) {
            return JdbcKeyRingStore.of(database("store"));
        }
        if (LdapSettings.isDirectory(required("store"))) {
            return directoryStore().build();
        }
        if (optional("store.ca-file").isPresent()) {
            throw new UsageError(file + ": store.ca-file goes with a database or a directory");
        }
        return FileKeyRingStore.at(Path.of(located("store", "file")));
    }

    /** The store in a directory, not built yet. */
    LdapKeyRingStoreBuilder directoryStore() {
        if (!LdapSettings.isDirectory(required("store"))) {
            throw new UsageError(file + ": store must be ldaps://HOST or ldap://HOST");
        }
        for (String servers : List.of("store", "store.confirmed-by")) {
            if (optional(servers).filter(LdapSettings::isDomain).isPresent()) {
                throw new UsageError(
                        file + ": " + servers + " must name its domain controllers, best one: of ad:DOMAIN any"
                                + " may answer, and one that has not got a record yet makes it look lost");
            }
        }
        return new LdapSettings(this, "store").store();
    }

    /** The database that a family of keys describes: {@code NAME}, {@code NAME.user} and so on. */
    private Database database(String name) {
        return Database.at(
                required(name),
                optional(name + ".user"),
                optional(name + ".password-file").map(Path::of),
                optional(name + ".ca-file").map(Path::of),
                driverPath);
    }

    /** The policy that the configuration names; empty if it names none. */
    Optional<AccessPolicy> policy() {
        AccessPolicy.Builder policy = AccessPolicy.builder();
        boolean any = optional("policy.services-only").isPresent();
        if (optional("policy.services-only").map(Configuration::isTrue).orElse(false)) {
            policy.servicesOnly();
        }
        for (Operation operation : Operation.values()) {
            any |= rule("allow", "policy." + operation.label(), operation, policy);
            any |= rule("deny", "policy.deny." + operation.label(), operation, policy);
        }
        return any ? Optional.of(policy.build()) : Optional.empty();
    }

    private boolean rule(String verb, String key, Operation operation, AccessPolicy.Builder policy) {
        Optional<String> groups = optional(key);
        try {
            groups.ifPresent(names -> {
                if (names.isEmpty() && verb.equals("allow")) {
                    policy.allow(operation); // nobody
                } else {
                    policy.rule(verb + ": " + operation.label() + " = " + names);
                }
            });
        } catch (IllegalArgumentException e) {
            throw new UsageError(file + ": " + key + ": " + e.getMessage());
        }
        return groups.isPresent();
    }

    private RootKey root() {
        String root = required("root");
        if (root.startsWith("passphrase-file:")) {
            char[] passphrase = SecretFile.read(Path.of(located("root", "passphrase-file")));
            try {
                return PassphraseRootKey.of(passphrase);
            } finally {
                Arrays.fill(passphrase, '\0');
            }
        }
        if (root.startsWith("pkcs12:")) {
            char[] password = SecretFile.read(Path.of(required("root.password-file")));
            try {
                Path keyStore = Path.of(located("root", "pkcs12"));
                Optional<String> alias = optional("root.alias");
                return alias.isPresent()
                        ? Pkcs12RootKey.load(keyStore, password, alias.get())
                        : Pkcs12RootKey.load(keyStore, password);
            } finally {
                Arrays.fill(password, '\0');
            }
        }
        throw new UsageError(file + ": root must be passphrase-file:FILE or pkcs12:FILE");
    }

    void duration(String name, Consumer<Duration> setter) {
        optional(name).ifPresent(text -> {
            try {
                setter.accept(Duration.parse(text));
            } catch (DateTimeException e) {
                throw new UsageError(file + ": " + name + " is no ISO-8601 duration such as PT5M or P90D");
            } catch (IllegalArgumentException e) {
                throw new UsageError(file + ": " + name + ": " + e.getMessage());
            }
        });
    }

    private void number(String name, LongConsumer setter) {
        optional(name).ifPresent(text -> {
            try {
                setter.accept(Long.parseLong(text));
            } catch (NumberFormatException e) {
                throw new UsageError(file + ": " + name + " is no number");
            } catch (IllegalArgumentException e) {
                throw new UsageError(file + ": " + name + ": " + e.getMessage());
            }
        });
    }

    String located(String name, String scheme) {
        String value = required(name);
        if (!value.startsWith(scheme + ":") || value.length() == scheme.length() + 1) {
            throw new UsageError(file + ": " + name + " must be " + scheme + ":PATH"
                    + (switch (name) {
                        case "store" -> ", jdbc:URL or a directory such as ldaps://HOST";
                        case "groups" -> " or a directory such as ldaps://HOST";
                        case "audit.witness" -> " or https://HOST/PATH";
                        default -> "";
                    }));
        }
        return value.substring(scheme.length() + 1);
    }

    String required(String name) {
        return optional(name).orElseThrow(() -> new UsageError(file + ": the key " + name + " is missing"));
    }

    Optional<String> optional(String name) {
        return Optional.ofNullable(properties.getProperty(name)).map(String::strip);
    }

    static boolean isTrue(String text) {
        if (!text.equals("true") && !text.equals("false")) {
            throw new UsageError("a key that says yes or no must be true or false, not " + text);
        }
        return text.equals("true");
    }
}
