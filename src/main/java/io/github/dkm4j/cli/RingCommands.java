package io.github.dkm4j.cli;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.github.dkm4j.KeyRing;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Commands about a ring as a whole. */
@Command(
        name = "ring",
        description = "Changes the ring as a whole.",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND")
final class RingCommands implements Runnable {
    private final Console console;

    RingCommands(Console console) {
        this.console = console;
    }

    @Override
    public void run() {
        throw new UsageError("ring needs a command: accept-restore");
    }

    @Command(
            name = "accept-restore",
            description = "Declares that the store was restored from an older copy and that what is missing since is"
                    + " lost for good.")
    int acceptRestore(
            @Mixin Main.Ring options,
            @Option(names = "--reason", required = true, description = "kept in the ring") String reason,
            @Option(names = "--json") boolean json) {
        try (KeyRing ring = options.open()) {
            int lost = options.view(ring).admin().acceptRestore(reason);
            if (json) {
                console.json(JsonNodeFactory.instance.objectNode().put("recordsGivenUp", lost));
            } else {
                console.out().println(lost == 0 ? "nothing was missing" : lost + " records given up");
            }
            return ExitStatus.DONE;
        }
    }
}
