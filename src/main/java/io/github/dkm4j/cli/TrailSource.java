package io.github.dkm4j.cli;

import io.github.dkm4j.StoredTrails;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where the trails are. */
final class TrailSource {
    @Option(names = "--config", description = "the configuration, whose key audit is the trails' directory")
    @Nullable Path config;

    @Option(names = "--dir", description = "the trails' directory, in place of a configuration")
    @Nullable Path dir;

    @Option(names = "--json")
    boolean json;

    @Option(names = "--verbose", description = "print the stack trace of an error")
    boolean verbose;

    /** What the ring's store has of trails; nothing if there is no configuration that says where that is. */
    Optional<StoredTrails> stored() {
        if (config == null) {
            return Optional.empty();
        }
        Configuration configuration = new Configuration(config, List.of());
        return configuration.isAuditInStore()
                ? Optional.of(StoredTrails.read(configuration.store(), configuration.ringName()))
                : Optional.empty();
    }

    Path directory() {
        if (dir != null && config == null) {
            return dir;
        }
        if (config != null && dir == null) {
            return new Configuration(config, List.of()).auditDirectory();
        }
        throw new UsageError("give --dir or --config, and not both");
    }
}
