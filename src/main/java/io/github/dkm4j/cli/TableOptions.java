package io.github.dkm4j.cli;

import io.github.dkm4j.rewrap.MessageTable;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Options of commands over tables of messages: by default all tables of the configuration. */
final class TableOptions {
    @Mixin
    @SuppressWarnings("NullAway.Init") // picocli sets it
    Main.Ring ring;

    @Option(names = "--table", description = "one of the configuration's tables, or with --key and --message any other")
    @Nullable String table;

    @Option(names = "--key", description = "the column that tells the table's rows apart, unique and never null")
    @Nullable String key;

    @Option(names = "--message", description = "the column of messages")
    @Nullable String message;

    @Option(names = "--context", description = "name=column of each message's context; repeatable")
    List<String> context = List.of();

    @Option(names = "--context-value", description = "name=value that is the same in each context; repeatable")
    List<String> values = List.of();

    @Option(names = "--data", description = "JDBC URL of the tables' database; default: the configuration's")
    @Nullable String data;

    @Option(names = "--data-user", description = "who connects")
    @Nullable String user;

    @Option(names = "--data-password-file", description = "with which password")
    @Nullable Path passwordFile;

    @Option(
            names = "--data-ca-file",
            description = "the authorities that PostgreSQL's certificate is checked against; default: Java's")
    @Nullable Path authorities;

    /** Where the tables are. */
    DataSource database(Configuration configuration) {
        if (data == null) {
            if (user != null || passwordFile != null || authorities != null) {
                throw new UsageError("--data-user, --data-password-file and --data-ca-file go with --data");
            }
            return configuration.data();
        }
        return Database.at(
                data,
                Optional.ofNullable(user),
                Optional.ofNullable(passwordFile),
                Optional.ofNullable(authorities),
                ring.driverPath);
    }

    /** Which they are. */
    List<MessageTable> tables(Configuration configuration) {
        List<MessageTable> configured = configuration.tables();
        if (key != null || message != null) {
            if (table == null || key == null || message == null) {
                throw new UsageError("--table, --key and --message go together");
            }
            return List.of(DataTables.table(table, key, message, context, values));
        }
        if (!context.isEmpty() || !values.isEmpty()) {
            throw new UsageError("--context and --context-value go with --table, --key and --message");
        }
        List<MessageTable> wanted = configured.stream()
                .filter(candidate -> table == null || candidate.name().equals(table))
                .toList();
        if (wanted.isEmpty()) {
            throw new UsageError(
                    table == null
                            ? "no table: name one in the configuration, or give --table, --key and --message"
                            : "the configuration has no table " + table + ": give --key and --message too");
        }
        return wanted;
    }
}
