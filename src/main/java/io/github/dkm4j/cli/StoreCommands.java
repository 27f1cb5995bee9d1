package io.github.dkm4j.cli;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.dkm4j.store.jdbc.JdbcKeyRingStore;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Commands about where rings are kept. */
@Command(
        name = "store",
        description = "Tells about stores and checks who may reach them.",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND")
final class StoreCommands implements Runnable {
    private final Console console;

    StoreCommands(Console console) {
        this.console = console;
    }

    @Override
    public void run() {
        throw new UsageError("store needs a command: schema, provision or check-acl");
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

    @Command(
            name = "provision",
            description = "Makes the container of rings in Active Directory, with its access control list.")
    int provision(@Mixin Main.Ring options) {
        boolean made = options.configuration().directoryStore().provision();
        console.out().println(made ? "made" : "is there, and as it should be");
        return ExitStatus.DONE;
    }

    @Command(
            name = "check-acl",
            description = "Compares who may read and change the store's rings with what the shipped scripts grant in"
                    + " PostgreSQL or the configured groups are to have in Active Directory; the exit status is 1 if there"
                    + " is a difference.")
    int checkAcl(
            @Mixin Main.Ring options,
            @Option(
                            names = "--fix",
                            description = "if there is a difference, run the script postgresql-roles or set the access"
                                    + " control lists with the configuration's account, then check again")
                    boolean fix,
            @Option(names = "--json") boolean json) {
        StoreAccess access = StoreAccess.of(options.configuration().store());
        List<String> before = access.findings();
        List<String> now = before;
        if (fix && !before.isEmpty()) {
            now = access.fix();
        }
        List<String> left = now;
        List<String> fixed =
                before.stream().filter(finding -> !left.contains(finding)).toList();
        if (json) {
            ObjectNode node = JsonNodeFactory.instance.objectNode();
            left.forEach(node.putArray("findings")::add);
            fixed.forEach(node.putArray("fixed")::add);
            console.json(node);
        } else {
            fixed.forEach(finding -> console.out().println("fixed: " + finding));
            left.forEach(console.out()::println);
        }
        return left.isEmpty() ? ExitStatus.DONE : ExitStatus.INTERNAL;
    }
}
