package io.github.dkm4j.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.dkm4j.KeyDescription;
import io.github.dkm4j.KeyRing;
import io.github.dkm4j.key.KeyRef;
import io.github.dkm4j.key.KeyStatus;
import io.github.dkm4j.rewrap.MessageTable;
import io.github.dkm4j.rewrap.TableInventory;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Counts rows by key. */
@Command(
        name = "inventory",
        description =
                "Counts the rows of tables by the key that their messages are under, the ring's unused keys included.",
        mixinStandardHelpOptions = true)
final class Inventory implements Callable<Integer> {
    private final Console console;

    @Mixin
    @SuppressWarnings("NullAway.Init") // picocli sets it
    TableOptions options;

    @Option(names = "--json")
    boolean json;

    Inventory(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        Configuration configuration = options.ring.configuration();
        List<MessageTable> tables = options.tables(configuration);
        try (KeyRing ring = configuration.ring().open()) {
            List<KeyDescription> keys = options.ring.view(ring).admin().keys();
            List<TableInventory.Count> found =
                    TableInventory.of(options.database(configuration), tables).counts();
            ArrayNode array = JsonNodeFactory.instance.arrayNode();
            tables.stream()
                    .flatMap(table -> all(table, keys, found))
                    .sorted(Inventory::byKey)
                    .forEach(count -> array.add(node(count, keys)));
            if (json) {
                console.json(array);
            } else {
                array.forEach(node -> console.out()
                        .printf(
                                "%-30s %6s %-16s %-10s %12d%n",
                                node.get("table").asText() + "."
                                        + node.get("column").asText(),
                                node.get("epoch").asText("-"),
                                node.get("keyId").asText("no message"),
                                node.get("status").asText("-"),
                                node.get("rows").asLong()));
            }
            return ExitStatus.DONE;
        }
    }

    /** What was found in a table, and nothing for each of the ring's keys that was not. */
    private static Stream<TableInventory.Count> all(
            MessageTable table, List<KeyDescription> keys, List<TableInventory.Count> found) {
        List<TableInventory.Count> here =
                found.stream().filter(count -> count.table().equals(table)).toList();
        Stream<TableInventory.Count> unused = keys.stream()
                .filter(key -> key.status() != KeyStatus.DESTROYED)
                .map(key -> Optional.of(key.metadata().ref()))
                .filter(key -> here.stream().noneMatch(count -> count.key().equals(key)))
                .map(key -> new TableInventory.Count(table, key, 0));
        return Stream.concat(here.stream(), unused);
    }

    /** Values that are no messages come last. */
    private static int byKey(TableInventory.Count one, TableInventory.Count other) {
        if (one.key().isEmpty() || other.key().isEmpty()) {
            return Boolean.compare(one.key().isEmpty(), other.key().isEmpty());
        }
        int order = one.key().get().epoch().compareTo(other.key().get().epoch());
        return order != 0
                ? order
                : one.key()
                        .get()
                        .keyId()
                        .toString()
                        .compareTo(other.key().get().keyId().toString());
    }

    private static ObjectNode node(TableInventory.Count count, List<KeyDescription> keys) {
        ObjectNode node = JsonNodeFactory.instance.objectNode();
        node.put("table", count.table().name());
        node.put("column", count.table().messageColumn());
        node.put("epoch", count.key().map(key -> key.epoch().value()).orElse(null));
        node.put("keyId", count.key().map(key -> key.keyId().toString()).orElse(null));
        node.put("status", count.key().map(key -> statuses(keys).apply(key)).orElse(null));
        node.put("rows", count.rows());
        return node;
    }

    private static Function<KeyRef, String> statuses(List<KeyDescription> keys) {
        var byKey = keys.stream()
                .collect(Collectors.toMap(
                        key -> key.metadata().ref(), key -> key.status().name()));
        return key -> byKey.getOrDefault(key, "UNKNOWN");
    }
}
