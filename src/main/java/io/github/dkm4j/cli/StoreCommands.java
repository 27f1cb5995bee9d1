package io.github.dkm4j.cli;

import io.github.dkm4j.store.jdbc.JdbcKeyRingStore;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Commands about where rings are kept. */
@Command(
        name = "store",
        description = "Tells about stores.",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND")
final class StoreCommands implements Runnable {
    private final Console console;

    StoreCommands(Console console) {
        this.console = console;
    }

    @Override
    public void run() {
        throw new UsageError("store needs a command: schema");
    }

    @Command(
            name = "schema",
            description = "Prints the SQL statements that make a store's tables, or PostgreSQL's roles, grants and row"
                    + " security for them.")
    int schema(
            @Parameters(paramLabel = "postgresql|postgresql-roles|mariadb|h2") String product,
            @Option(names = "--verbose") boolean verbose) {
        console.out().print(JdbcKeyRingStore.schema(product));
        return ExitStatus.DONE;
    }
}
