package io.github.dkm4j.cli;

import io.github.dkm4j.KeyRing;
import io.github.dkm4j.KeyRingBuilder;
import io.github.dkm4j.policy.AccessPolicy;
import io.github.dkm4j.policy.Caller;
import io.github.dkm4j.policy.FileGroupDirectory;
import io.github.dkm4j.policy.Operation;
import io.github.dkm4j.rewrap.MessageTable;
import io.github.dkm4j.rewrap.TableInventory;
import io.github.dkm4j.root.PassphraseRootKey;
import io.github.dkm4j.root.Pkcs12RootKey;
import io.github.dkm4j.root.RootKey;
import io.github.dkm4j.store.FileKeyRingStore;
import io.github.dkm4j.store.KeyRingStore;
import io.github.dkm4j.store.jdbc.JdbcKeyRingStore;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import javax.sql.DataSource;

/** A configuration file and the ring that it describes. */
final class Configuration {
    private final Properties properties = new Properties();
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
        Set<String> known = known();
        for (String name : properties.stringPropertyNames()) {
            if (!known.contains(name) && !DataTables.knows(name)) {
                String nearest = known.stream()
                        .min(Comparator.comparingInt(other -> distance(name, other)))
                        .orElse("");
                throw new UsageError(file + ": unknown key " + name + "; did you mean " + nearest + "?");
            }
        }
    }

    /** The ring, neither created nor opened yet. */
    KeyRingBuilder ring() {
        KeyRingBuilder builder = KeyRing.builder(required("ring"))
                .store(store())
                .rootKey(root())
                .groups(FileGroupDirectory.at(Path.of(located("groups", "file"))));
        optional("ring.pin").ifPresent(builder::pin);
        optional("ring.pin-file").ifPresent(name -> builder.pinFile(Path.of(name)));
        if (optional("store.single-node").map(Configuration::isTrue).orElse(false)) {
            builder.singleNode();
        }
        duration("rollover.every", builder::rolloverEvery);
        duration("rollover.propagation", builder::propagation);
        number("rollover.messages", builder::rolloverMessages);
        number("rollover.bytes", builder::rolloverBytes);
        duration("groups.ttl", builder::membershipTtl);
        policy().ifPresent(builder::policy);
        List<MessageTable> tables = tables();
        if (!tables.isEmpty()) {
            builder.inventory(TableInventory.of(data(), tables));
        }
        return builder;
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

    /** The ring, to be created by the given caller or by the process's account. */
    KeyRingBuilder newRing(Optional<String> caller) {
        if (policy().isEmpty()) {
            throw new UsageError(file + ": a ring is made with its policy; give policy.encrypt, policy.decrypt,"
                    + " policy.roll-over and policy.administer");
        }
        KeyRingBuilder builder = ring();
        caller.ifPresent(name -> builder.account(Caller.asserted(name)));
        return builder;
    }

    /** The store; nothing is asked of it yet. */
    KeyRingStore store() {
        if (required("store").startsWith("jdbc:")) {
            return JdbcKeyRingStore.of(database("store"));
        }
        if (optional("store.ca-file").isPresent()) {
            throw new UsageError(file + ": store.ca-file goes with a database");
        }
        return FileKeyRingStore.at(Path.of(located("store", "file")));
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

    private Optional<AccessPolicy> policy() {
        AccessPolicy.Builder policy = AccessPolicy.builder();
        boolean any = false;
        for (Operation operation : Operation.values()) {
            Optional<String> groups = optional("policy." + operation.label());
            if (groups.isPresent()) {
                any = true;
                policy.allow(
                        operation,
                        Arrays.stream(groups.get().split(",", -1))
                                .map(String::strip)
                                .toArray(String[]::new));
            }
        }
        return any ? Optional.of(policy.build()) : Optional.empty();
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

    private void duration(String name, Consumer<Duration> setter) {
        optional(name).ifPresent(text -> {
            try {
                setter.accept(Duration.parse(text));
            } catch (DateTimeException e) {
                throw new UsageError(file + ": " + name + " is no ISO-8601 duration such as PT5M or P90D");
            }
        });
    }

    private void number(String name, LongConsumer setter) {
        optional(name).ifPresent(text -> {
            try {
                setter.accept(Long.parseLong(text));
            } catch (NumberFormatException e) {
                throw new UsageError(file + ": " + name + " is no number");
            }
        });
    }

    private String located(String name, String scheme) {
        String value = required(name);
        if (!value.startsWith(scheme + ":") || value.length() == scheme.length() + 1) {
            throw new UsageError(
                    file + ": " + name + " must be " + scheme + ":PATH" + (name.equals("store") ? " or jdbc:URL" : ""));
        }
        return value.substring(scheme.length() + 1);
    }

    private String required(String name) {
        return optional(name).orElseThrow(() -> new UsageError(file + ": the key " + name + " is missing"));
    }

    private Optional<String> optional(String name) {
        return Optional.ofNullable(properties.getProperty(name)).map(String::strip);
    }

    private static boolean isTrue(String text) {
        if (!text.equals("true") && !text.equals("false")) {
            throw new UsageError("store.single-node must be true or false");
        }
        return text.equals("true");
    }

    private static Set<String> known() {
        TreeSet<String> known = new TreeSet<>(Arrays.asList(
                "ring",
                "ring.pin",
                "ring.pin-file",
                "store",
                "store.user",
                "store.password-file",
                "store.ca-file",
                "store.single-node",
                "data",
                "data.user",
                "data.password-file",
                "data.ca-file",
                "table",
                "table.key",
                "table.message",
                "table.context",
                "table.context-values",
                "root",
                "root.password-file",
                "root.alias",
                "rollover.every",
                "rollover.propagation",
                "rollover.messages",
                "rollover.bytes",
                "groups",
                "groups.ttl"));
        for (Operation operation : Operation.values()) {
            known.add("policy." + operation.label());
        }
        return known;
    }

    private static int distance(String one, String other) {
        int[] row = new int[other.length() + 1];
        Arrays.setAll(row, i -> i);
        for (int i = 1; i <= one.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= other.length(); j++) {
                int above = row[j];
                int change = diagonal + (one.charAt(i - 1) == other.charAt(j - 1) ? 0 : 1);
                row[j] = Math.min(change, 1 + Math.min(above, row[j - 1]));
                diagonal = above;
            }
        }
        return row[other.length()];
    }
}
