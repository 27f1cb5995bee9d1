package io.github.dkm4j.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.dkm4j.Decryptor;
import io.github.dkm4j.KeyDescription;
import io.github.dkm4j.KeyRing;
import io.github.dkm4j.KeyRingView;
import io.github.dkm4j.crypto.MessageHeader;
import io.github.dkm4j.key.EncryptionContext;
import io.github.dkm4j.key.KeyMetadata;
import io.github.dkm4j.key.MalformedMessage;
import io.github.dkm4j.policy.Caller;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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
        System.exit(run(args, System.in, System.out, System.err));
    }

    static int run(String[] args, InputStream in, PrintStream out, PrintStream err) {
        CommandLine line = new CommandLine(new Main(new Console(in, out, err)));
        line.addSubcommand("keys", new CommandLine(new Keys(new Console(in, out, err))));
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
        err.println("dkm4j: " + what.replaceAll("\\s*\\R\\s*", " "));
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

        @Option(names = "--caller", description = "who asks; default: the process's account")
        @Nullable String caller;

        @Option(names = "--verbose", description = "print the stack trace of an error")
        boolean verbose;

        KeyRing open() {
            return new Configuration(config).ring().open();
        }

        KeyRingView view(KeyRing ring) {
            return caller == null ? ring : ring.as(Caller.asserted(caller));
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
        try (KeyRing ring = new Configuration(options.config)
                .newRing(Optional.ofNullable(options.caller))
                .create()) {
            console.out().println("created; identity " + ring.admin().identity());
            return ExitStatus.DONE;
        }
    }

    @Command(name = "encrypt", description = "Encrypts with the active key.")
    int encrypt(
            @Mixin Ring options,
            @Mixin Transfer transfer,
            @Option(names = "--base64", description = "write unpadded base64url") boolean base64) {
        EncryptionContext context = transfer.context();
        try (KeyRing ring = options.open()) {
            byte[] plaintext = console.read(Optional.ofNullable(transfer.in));
            byte[] message = options.view(ring).encryptor().encrypt(plaintext, context);
            Arrays.fill(plaintext, (byte) 0);
            byte[] written = base64
                    ? (Base64.getUrlEncoder().withoutPadding().encodeToString(message) + "\n")
                            .getBytes(StandardCharsets.US_ASCII)
                    : message;
            console.write(written, Optional.ofNullable(transfer.out), transfer.force);
            return ExitStatus.DONE;
        }
    }

    @Command(name = "decrypt", description = "Opens a message, raw or base64url.")
    int decrypt(@Mixin Ring options, @Mixin Transfer transfer) {
        EncryptionContext context = transfer.context();
        try (KeyRing ring = options.open()) {
            byte[] message = raw(console.read(Optional.ofNullable(transfer.in)));
            byte[] plaintext = options.view(ring).decryptor().decrypt(message, context);
            console.write(plaintext, Optional.ofNullable(transfer.out), transfer.force);
            Arrays.fill(plaintext, (byte) 0);
            return ExitStatus.DONE;
        }
    }

    @Command(name = "inspect", description = "Shows what a message says about itself, without any key.")
    int inspect(
            @Option(names = "--in", description = "default: standard input") @Nullable Path in,
            @Option(names = "--json") boolean json,
            @Option(names = "--verbose") boolean verbose) {
        byte[] message = raw(console.read(Optional.ofNullable(in)));
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

    @Command(name = "conformance", description = "Opens test vectors and names every disagreement.")
    int conformance(@Parameters(arity = "1..*", paramLabel = "FILE.json") List<Path> files) {
        return new Conformance(console).run(files);
    }

    private static byte[] raw(byte[] input) {
        if (Decryptor.isMessage(input)) {
            return input;
        }
        try {
            return Base64.getUrlDecoder().decode(new String(input, StandardCharsets.ISO_8859_1).strip());
        } catch (IllegalArgumentException e) {
            throw new MalformedMessage("not a dkm4j message, neither raw nor base64url", e);
        }
    }

    /** Commands about keys. */
    @Command(
            name = "keys",
            description = "Shows and changes the ring's keys.",
            mixinStandardHelpOptions = true,
            synopsisSubcommandLabel = "COMMAND")
    static final class Keys implements Runnable {
        private final Console console;

        Keys(Console console) {
            this.console = console;
        }

        @Override
        public void run() {
            throw new UsageError("keys needs a command: list or roll-over");
        }

        @Command(name = "list", description = "Lists all keys.")
        int list(@Mixin Ring options, @Option(names = "--json") boolean json) {
            try (KeyRing ring = options.open()) {
                List<KeyDescription> keys = options.view(ring).admin().keys();
                if (json) {
                    ArrayNode array = JsonNodeFactory.instance.arrayNode();
                    keys.forEach(key -> array.add(node(key)));
                    console.json(array);
                } else {
                    String row = "%-10s %-16s %-9s %-24s %-24s %s%n";
                    console.out().printf(row, "EPOCH", "KEY ID", "STATUS", "CREATED", "ACTIVATES", "ARCHIVED");
                    for (KeyDescription key : keys) {
                        KeyMetadata data = key.metadata();
                        console.out()
                                .printf(
                                        row,
                                        data.epoch(),
                                        data.keyId(),
                                        key.status(),
                                        data.createdAt(),
                                        data.activatesAt(),
                                        key.archivedAt().map(Instant::toString).orElse("-"));
                    }
                }
                List<String> problems = ring.admin().problems();
                if (!problems.isEmpty()) {
                    console.err().println("dkm4j: " + String.join("; ", problems));
                    return ExitStatus.INTERNAL;
                }
                return ExitStatus.DONE;
            }
        }

        @Command(name = "roll-over", description = "Makes the next key, unless one is pending.")
        int rollOver(@Mixin Ring options, @Option(names = "--json") boolean json) {
            try (KeyRing ring = options.open()) {
                KeyDescription key = options.view(ring).admin().rollOver();
                if (json) {
                    console.json(node(key));
                } else {
                    KeyMetadata data = key.metadata();
                    console.out()
                            .println("epoch " + data.epoch() + ", key id " + data.keyId() + ", " + key.status()
                                    + ", active from " + data.activatesAt());
                }
                return ExitStatus.DONE;
            }
        }

        private static ObjectNode node(KeyDescription key) {
            KeyMetadata data = key.metadata();
            ObjectNode node = JsonNodeFactory.instance.objectNode();
            node.put("epoch", data.epoch().value());
            node.put("keyId", data.keyId().toString());
            node.put("status", key.status().name());
            node.put("createdAt", data.createdAt().toString());
            node.put("activatesAt", data.activatesAt().toString());
            node.put("archivedAt", key.archivedAt().map(Instant::toString).orElse(null));
            node.put("revokedAt", data.revokedAt().map(Instant::toString).orElse(null));
            node.put("destroyedAt", data.destroyedAt().map(Instant::toString).orElse(null));
            node.put("reason", data.reason().orElse(null));
            return node;
        }
    }
}
