package io.github.dkm4j.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.dkm4j.KeyDescription;
import io.github.dkm4j.KeyRing;
import io.github.dkm4j.KeyRingAdmin;
import io.github.dkm4j.key.KeyMetadata;
import io.github.dkm4j.key.KeyRef;
import io.github.dkm4j.key.UnknownKey;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Commands about keys. */
@Command(
        name = "keys",
        description = "Shows and changes the ring's keys.",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND")
final class Keys implements Runnable {
    private static final String KEY = "EPOCH|KEYID";
    private static final String NO_REASON = "no reason given";

    private final Console console;

    Keys(Console console) {
        this.console = console;
    }

    @Override
    public void run() {
        throw new UsageError("keys needs a command: list, roll-over, revoke, destroy or undo");
    }

    @Command(name = "list", description = "Lists all keys.")
    int list(@Mixin Main.Ring options, @Option(names = "--json") boolean json) {
        try (KeyRing ring = options.open()) {
            List<KeyDescription> keys = options.view(ring).admin().keys();
            if (json) {
                ArrayNode array = JsonNodeFactory.instance.arrayNode();
                keys.forEach(key -> array.add(node(key)));
                console.json(array);
            } else {
                print(keys);
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
    int rollOver(@Mixin Main.Ring options, @Option(names = "--json") boolean json) {
        try (KeyRing ring = options.open()) {
            return show(options.view(ring).admin().rollOver(), json);
        }
    }

    @Command(
            name = "revoke",
            description = "Withdraws a key that may be known to somebody, and replaces the active one.")
    int revoke(
            @Mixin Main.Ring options,
            @Parameters(paramLabel = KEY) String key,
            @Option(names = "--reason", required = true, description = "kept in the ring") String reason,
            @Option(names = "--json") boolean json) {
        return change(options, key, json, (admin, ref) -> admin.revoke(ref, reason));
    }

    @Command(
            name = "destroy",
            description = "Asks for the destruction of an archived or revoked key or, when its delay is over,"
                    + " completes it: nothing that it encrypted can be read any more.")
    int destroy(
            @Mixin Main.Ring options,
            @Parameters(paramLabel = KEY) String key,
            @Option(names = "--reason", defaultValue = NO_REASON, description = "kept in the ring") String reason,
            @Option(
                            names = "--without-inventory",
                            description = "although nobody says that no message uses the key any more")
                    boolean override,
            @Option(names = "--json") boolean json) {
        return change(
                options,
                key,
                json,
                (admin, ref) -> override ? admin.destroyWithoutInventory(ref, reason) : admin.destroy(ref, reason));
    }

    @Command(name = "undo", description = "Undoes a destruction that was not completed.")
    int undo(
            @Mixin Main.Ring options,
            @Parameters(paramLabel = KEY) String key,
            @Option(names = "--reason", defaultValue = NO_REASON, description = "kept in the ring") String reason,
            @Option(names = "--json") boolean json) {
        return change(options, key, json, (admin, ref) -> admin.undoDestruction(ref, reason));
    }

    private int change(
            Main.Ring options, String key, boolean json, BiFunction<KeyRingAdmin, KeyRef, KeyDescription> act) {
        try (KeyRing ring = options.open()) {
            KeyRingAdmin admin = options.view(ring).admin();
            return show(act.apply(admin, find(admin.keys(), key)), json);
        }
    }

    /** A key by its epoch or by its key id; an epoch that rivals share is ambiguous. */
    private static KeyRef find(List<KeyDescription> keys, String name) {
        boolean isKeyId = name.matches("[0-9a-f]{16}");
        if (!isKeyId && !name.matches("[1-9][0-9]{0,9}")) {
            throw new UsageError(name + " is neither an epoch nor a key id of 16 hexadecimal digits");
        }
        List<KeyRef> found = keys.stream()
                .map(key -> key.metadata().ref())
                .filter(ref -> name.equals((isKeyId ? ref.keyId() : ref.epoch()).toString()))
                .toList();
        if (found.isEmpty()) {
            throw new UnknownKey("the ring has no key " + name);
        }
        if (found.size() > 1) {
            throw new UsageError("epoch " + name + " has several keys, name one by its id: "
                    + String.join(
                            ", ",
                            found.stream().map(ref -> ref.keyId().toString()).toList()));
        }
        return found.get(0);
    }

    private int show(KeyDescription key, boolean json) {
        if (json) {
            console.json(node(key));
        } else {
            KeyMetadata data = key.metadata();
            console.out()
                    .println("epoch " + data.epoch() + ", key id " + data.keyId() + ", " + key.status()
                            + ", active from " + data.activatesAt()
                            + data.destroysAt()
                                    .map(at -> ", its destruction can be completed from " + at)
                                    .orElse(""));
        }
        return ExitStatus.DONE;
    }

    private void print(List<KeyDescription> keys) {
        String row = "%-10s %-16s %-9s %-24s %-24s %-24s %s%n";
        console.out().printf(row, "EPOCH", "KEY ID", "STATUS", "CREATED", "ACTIVATES", "ARCHIVED", "REMARK");
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
                            text(key.archivedAt()),
                            data.destroysAt()
                                    .map(at -> "to be destroyed from " + at)
                                    .or(data::reason)
                                    .orElse("-"));
        }
    }

    private static String text(Optional<Instant> time) {
        return time.map(Instant::toString).orElse("-");
    }

    private static ObjectNode node(KeyDescription key) {
        KeyMetadata data = key.metadata();
        ObjectNode node = JsonNodeFactory.instance.objectNode();
        node.put("epoch", data.epoch().value());
        node.put("keyId", data.keyId().toString());
        node.put("status", key.status().name());
        node.put("createdAt", data.createdAt().toString());
        node.put("activatesAt", data.activatesAt().toString());
        put(node, "archivedAt", key.archivedAt());
        put(node, "revokedAt", data.revokedAt());
        put(node, "destroyedAt", data.destroyedAt());
        node.put("reason", data.reason().orElse(null));
        put(node, "destroysAt", data.destroysAt());
        return node;
    }

    private static void put(ObjectNode node, String name, Optional<Instant> time) {
        node.put(name, time.map(Instant::toString).orElse(null));
    }
}
