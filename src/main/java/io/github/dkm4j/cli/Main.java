package io.github.dkm4j.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.dkm4j.Decryptor;
import io.github.dkm4j.EncryptingStream;
import io.github.dkm4j.Encryptor;
import io.github.dkm4j.KeyRing;
import io.github.dkm4j.KeyRingHealth;
import io.github.dkm4j.KeyRingView;
import io.github.dkm4j.crypto.MessageHeader;
import io.github.dkm4j.key.AccessDenied;
import io.github.dkm4j.key.EncryptionContext;
import io.github.dkm4j.key.KeyStatus;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.logging.LogManager;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The command line: {@code java -jar dkm4j-cli.jar COMMAND}. */
@Command(
        name = "dkm4j",
        description = "Makes, uses and looks after key rings.",
        mixinStandardHelpOptions = true,
        version = "dkm4j 0.1.0",
        synopsisSubcommandLabel = "COMMAND")
public final class Main {
    private final Console console;

    Main(Console console) {
        this.console = console;
    }

    /** Runs a command and exits with its status. */
    public static void main(String[] args) {
        LogManager.getLogManager().reset(); // standard error is for one plain line
        System.exit(run(args, System.in, System.out, System.err));
    }

    static int run(String[] args, InputStream in, PrintStream out, PrintStream err) {
        CommandLine line = new CommandLine(new Main(new Console(in, out, err)));
        line.addSubcommand("keys", new CommandLine(new Keys(new Console(in, out, err))));
        line.addSubcommand("ring", new CommandLine(new RingCommands(new Console(in, out, err))));
        line.addSubcommand("policy", new CommandLine(new Policy(new Console(in, out, err))));
        line.addSubcommand("rewrap", new CommandLine(new Rewrap(new Console(in, out, err))));
        line.addSubcommand("inventory", new CommandLine(new Inventory(new Console(in, out, err))));
        line.addSubcommand("store", new CommandLine(new StoreCommands(new Console(in, out, err))));
        line.addSubcommand("audit", new CommandLine(new Audit(new Console(in, out, err))));
        line.setParameterExceptionHandler((e, ignored) -> report(e, ExitStatus.USAGE, args, err));
        line.setExecutionExceptionHandler((e, ignored, parsed) -> report(e, ExitStatus.of(e), args, err));
        line.setOut(new java.io.PrintWriter(out, true, StandardCharsets.UTF_8));
        line.setErr(new java.io.PrintWriter(err, true, StandardCharsets.UTF_8));
        if (args.length == 0) {
            err.println("dkm4j: a command is missing; see dkm4j --help");
            return ExitStatus.USAGE;
        }
        return line.execute(args);
    }

    private static int report(Exception error, int status, String[] args, PrintStream err) {
        String what = error.getMessage() == null ? error.getClass().getSimpleName() : error.getMessage();
        err.println("dkm4j: " + Console.plain(what.replaceAll("\\s*\\R\\s*", " ")));
        if (Arrays.asList(args).contains("--verbose")) {
            error.printStackTrace(err);
        }
        return status;
    }

    /** Options of every command that opens a ring. */
    static final class Ring {
        @Option(names = "--config", required = true, description = "the configuration, a properties file")
        @SuppressWarnings("NullAway.Init") // picocli sets it
        Path config;

        @Option(
                names = "--caller",
                description = "act for this one, for which the process's account needs act-as; default: for itself")
        @Nullable String caller;

        @Option(names = "--driver-path", split = ":", description = "jars of database drivers, colons between them")
        List<Path> driverPath = List.of();

        @Option(names = "--verbose", description = "print the stack trace of an error")
        boolean verbose;

        KeyRing open() {
            return configuration().ring().open();
        }

        Configuration configuration() {
            return new Configuration(config, driverPath);
        }

        KeyRingView view(KeyRing ring) {
            return caller == null ? ring : ring.actingFor(caller);
        }
    }

    /** Options of commands that turn one file into another. */
    static final class Transfer {
        @Option(names = "--context", description = "name=value bound to the message; repeatable")
        List<String> context = List.of();

        @Option(names = "--in", description = "default: standard input")
        @Nullable Path in;

        @Option(names = "--out", description = "default: standard output")
        @Nullable Path out;

        @Option(names = "--force", description = "overwrite an existing file")
        boolean force;

        EncryptionContext context() {
            Map<String, String> pairs = new HashMap<>();
            for (String pair : context) {
                int at = pair.indexOf('=');
                if (at < 1) {
                    throw new UsageError("--context takes name=value");
                }
                if (pairs.put(pair.substring(0, at), pair.substring(at + 1)) != null) {
                    throw new UsageError("--context names " + pair.substring(0, at) + " twice");
                }
            }
            return EncryptionContext.of(pairs);
        }
    }

    @Command(name = "init", description = "Makes a ring with its policy and its first key.")
    int init(@Mixin Ring options) {
        if (options.caller != null) {
            throw new AccessDenied("nobody makes a ring for somebody else: leave --caller out");
        }
        try (KeyRing ring = options.configuration().newRing().create()) {
            console.out().println("created; identity " + ring.admin().identity());
            return ExitStatus.DONE;
        }
    }

    @Command(name = "encrypt", description = "Encrypts with the active key; from 64 KiB on as a stream.")
    int encrypt(
            @Mixin Ring options,
            @Mixin Transfer transfer,
            @Option(names = "--base64", description = "write unpadded base64url") boolean base64) {
        EncryptionContext context = transfer.context();
        try (KeyRing ring = options.open()) {
            Encryptor encryptor = options.view(ring).encryptor();
            console.transfer(transfer.in, transfer.out, transfer.force, (in, out) -> {
                OutputStream target =
                        base64 ? Base64.getUrlEncoder().withoutPadding().wrap(out) : out;
                encrypt(encryptor, context, in, target);
                if (base64) {
                    out.write('\n');
                }
            });
            return ExitStatus.DONE;
        }
    }

    /** Closes the target, which completes base64 text. */
    private static void encrypt(Encryptor encryptor, EncryptionContext context, InputStream in, OutputStream target)
            throws IOException {
        byte[] begin = in.readNBytes(Encryptor.CHUNKED_FROM);
        try {
            if (begin.length < Encryptor.CHUNKED_FROM) {
                target.write(encryptor.encrypt(begin, context));
                target.close();
                return;
            }
            EncryptingStream stream = encryptor.encryptTo(target, context);
            boolean whole = false;
            try {
                stream.write(begin);
                in.transferTo(stream);
                stream.close();
                whole = true;
            } finally {
                if (!whole) {
                    stream.abort();
                }
            }
        } finally {
            Arrays.fill(begin, (byte) 0);
        }
    }

    @Command(
            name = "decrypt",
            description = "Opens a message, raw or base64url. To standard output it writes what it has verified so far:"
                    + " only exit status 0 says that this is all.")
    int decrypt(@Mixin Ring options, @Mixin Transfer transfer) {
        EncryptionContext context = transfer.context();
        try (KeyRing ring = options.open()) {
            Decryptor decryptor = options.view(ring).decryptor();
            console.transfer(transfer.in, transfer.out, transfer.force, (in, out) -> {
                try (InputStream plaintext = decryptor.decryptFrom(Sources.message(in), context)) {
                    plaintext.transferTo(out);
                }
            });
            return ExitStatus.DONE;
        }
    }

    @Command(name = "inspect", description = "Shows what a message says about itself, without any key.")
    int inspect(
            @Option(names = "--in", description = "default: standard input") @Nullable Path in,
            @Option(names = "--json") boolean json,
            @Option(names = "--verbose") boolean verbose) {
        byte[] message = console.message(in);
        MessageHeader header = MessageHeader.parse(message);
        ObjectNode node = JsonNodeFactory.instance.objectNode();
        node.put("formatVersion", 1);
        node.put("suite", header.suite().code());
        node.put("suiteName", header.suite().name().replace('_', '-'));
        node.put("epoch", header.key().epoch().value());
        node.put("keyId", header.key().keyId().toString());
        node.put("messageLength", message.length);
        node.put("plaintextLength", header.suite().plaintextLength(message.length - MessageHeader.LENGTH));
        if (json) {
            console.json(node);
        } else {
            node.properties()
                    .forEach(field -> console.out()
                            .printf(
                                    "%-16s %s%n",
                                    field.getKey(), field.getValue().asText()));
        }
        return ExitStatus.DONE;
    }

    @Command(name = "health", description = "Shows how the ring is; exit status 1 if something needs attention.")
    int health(@Mixin Ring options, @Option(names = "--json") boolean json) {
        try (KeyRing ring = options.open()) {
            options.view(ring).admin().keys(); // who may do nothing on the ring may not see this either
            KeyRingHealth health = ring.health();
            ObjectNode node = JsonNodeFactory.instance.objectNode();
            node.put("state", health.state().name());
            node.put("freshAt", health.freshAt().toString());
            node.put("lastError", health.lastError().orElse(null));
            ObjectNode keys = node.putObject("keys");
            for (KeyStatus status : KeyStatus.values()) {
                keys.put(status.name(), health.keys().getOrDefault(status, 0));
            }
            ArrayNode problems = node.putArray("problems");
            health.problems().forEach(problems::add);
            if (json) {
                console.json(node);
            } else {
                console.out().println(health.state() + ", read at " + health.freshAt() + ", keys " + health.keys());
                health.problems().forEach(console.out()::println);
            }
            return health.isHealthy() ? ExitStatus.DONE : ExitStatus.INTERNAL;
        }
    }

    @Command(
            name = "whoami",
            description = "Shows whom the process acts as, what kind of caller that is, and its groups.")
    int whoami(@Mixin Ring options, @Option(names = "--json") boolean json) {
        return new WhoAmI(console).run(options.configuration().groups(), options.caller, json);
    }

    @Command(name = "conformance", description = "Opens test vectors and names every disagreement.")
    int conformance(@Parameters(arity = "1..*", paramLabel = "FILE.json") List<Path> files) {
        return new Conformance(console).run(files);
    }
}
