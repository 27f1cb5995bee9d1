package io.github.dkm4j.cli;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.dkm4j.KeyRing;
import io.github.dkm4j.policy.AccessPolicy;
import io.github.dkm4j.policy.Caller;
import io.github.dkm4j.policy.Decision;
import io.github.dkm4j.policy.Operation;
import io.github.dkm4j.policy.PolicyVersion;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Commands about who may do what on a ring. */
@Command(
        name = "policy",
        description = "Shows, explains and changes who may do what.",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND")
final class Policy implements Runnable {
    private final Console console;

    Policy(Console console) {
        this.console = console;
    }

    @Override
    public void run() {
        throw new UsageError("policy needs a command: show, explain or set");
    }

    @Command(name = "show", description = "Prints the policy in force.")
    int show(@Mixin Main.Ring options, @Option(names = "--json") boolean json) {
        try (KeyRing ring = options.configuration().ringOfAnyPolicy().open()) {
            print(options.view(ring).admin().policy(), json);
            return ExitStatus.DONE;
        }
    }

    @Command(
            name = "set",
            description = "Makes the policy of the configuration the ring's; every node goes by it within the refresh"
                    + " interval.")
    int set(
            @Mixin Main.Ring options,
            @Option(names = "--reason", required = true, description = "kept in the ring") String reason,
            @Option(names = "--json") boolean json) {
        Configuration configuration = options.configuration();
        AccessPolicy policy = configuration
                .policy()
                .orElseThrow(() -> new UsageError(options.config + ": no policy: give keys such as policy.encrypt"));
        try (KeyRing ring = configuration.ringOfAnyPolicy().open()) {
            print(options.view(ring).admin().changePolicy(policy, reason), json);
            return ExitStatus.DONE;
        }
    }

    @Command(
            name = "explain",
            description =
                    "Says whether somebody may do something, by which rule, and through which groups; exit status 3"
                            + " if not.")
    int explain(
            @Option(names = "--config", required = true, description = "the configuration, a properties file")
                    Path config,
            @Option(names = "--caller", description = "whose right is asked for; default: the process's account")
                    @Nullable String caller,
            @Option(names = "--operation", required = true, description = "encrypt, decrypt, create-next, …")
                    String operation,
            @Option(names = "--driver-path", split = ":", description = "jars of database drivers")
                    List<Path> driverPath,
            @Option(names = "--json") boolean json,
            @Option(names = "--verbose") boolean verbose) {
        Operation asked = operation(operation);
        Configuration configuration = new Configuration(config, driverPath == null ? List.of() : driverPath);
        try (KeyRing ring = configuration.ringOfAnyPolicy().open()) {
            Caller about = caller == null ? ring.account() : new Caller(caller, caller);
            Decision decision = ring.admin().explain(about, asked);
            if (json) {
                ObjectNode node = JsonNodeFactory.instance.objectNode();
                node.put("caller", about.name());
                node.put("operation", asked.label());
                node.put("allowed", decision.allowed());
                node.put("rule", decision.rule());
                decision.path().forEach(node.putArray("path")::add);
                console.json(node);
            } else {
                console.out().println(about + " may " + (decision.allowed() ? "" : "not ") + asked.label());
                console.out().println("rule: " + decision.rule());
                if (!decision.path().isEmpty()) {
                    console.out().println("groups: " + String.join(", which is in ", decision.path()));
                }
            }
            return decision.allowed() ? ExitStatus.DONE : ExitStatus.DENIED;
        }
    }

    private static Operation operation(String label) {
        try {
            return Operation.labelled(label);
        } catch (IllegalArgumentException e) {
            throw new UsageError("--operation: " + e.getMessage());
        }
    }

    private void print(PolicyVersion version, boolean json) {
        if (json) {
            ObjectNode node = JsonNodeFactory.instance.objectNode();
            node.put("version", version.number());
            node.put("since", version.since().toString());
            node.put("by", version.by());
            node.put("reason", version.reason());
            version.policy().toLines().forEach(node.putArray("rules")::add);
            console.json(node);
        } else {
            console.out()
                    .println("version " + version.number() + ", by " + version.by() + " at " + version.since() + ": "
                            + version.reason());
            version.policy().toLines().forEach(console.out()::println);
        }
    }
}
