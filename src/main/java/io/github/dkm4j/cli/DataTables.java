package io.github.dkm4j.cli;

import io.github.dkm4j.rewrap.MessageTable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The configuration's tables of messages: {@code table}, {@code table.key}, {@code table.message}, {@code table.context},
 * {@code table.context-values}, and again with {@code table.2}, {@code table.3} … for further ones.
 */
final class DataTables {
    private static final Pattern KEY =
            Pattern.compile("table(\\.[1-9][0-9]{0,2})?(\\.key|\\.message|\\.context|\\.context-values)?");

    private DataTables() {}

    /** Whether a key of the configuration is one of these. */
    static boolean knows(String key) {
        return KEY.matcher(key).matches();
    }

    /**
     * The tables, in the order of their numbers.
     *
     * @param names all keys of the configuration
     * @param values gives a key's value, or null
     */
    static List<MessageTable> of(Set<String> names, Function<String, @Nullable String> values) {
        List<String> families = names.stream()
                .map(KEY::matcher)
                .filter(Matcher::matches)
                .map(matcher -> "table" + (matcher.group(1) == null ? "" : matcher.group(1)))
                .distinct()
                .sorted((a, b) -> a.length() == b.length() ? a.compareTo(b) : a.length() - b.length())
                .toList();
        List<MessageTable> tables = new ArrayList<>();
        for (String family : families) {
            tables.add(table(
                    required(family, values),
                    required(family + ".key", values),
                    required(family + ".message", values),
                    list(values.apply(family + ".context")),
                    list(values.apply(family + ".context-values"))));
        }
        Set<String> distinct = tables.stream().map(MessageTable::toString).collect(Collectors.toSet());
        if (distinct.size() < tables.size()) {
            throw new UsageError("the configuration has the same table twice");
        }
        return tables;
    }

    static MessageTable table(String name, String key, String message, List<String> context, List<String> values) {
        MessageTable table = MessageTable.of(name, key, message);
        for (String pair : context) {
            table = table.context(before(pair).strip(), after(pair).strip());
        }
        for (String pair : values) {
            table = table.contextValue(before(pair).strip(), after(pair));
        }
        return table;
    }

    private static String before(String pair) {
        int at = pair.indexOf('=');
        if (at < 1) {
            throw new UsageError(
                    "a table's context is made of name=column, and of name=value for what is always the same");
        }
        return pair.substring(0, at);
    }

    private static String after(String pair) {
        return pair.substring(before(pair).length() + 1);
    }

    private static List<String> list(@Nullable String text) {
        return text == null || text.isBlank()
                ? List.of()
                : Arrays.stream(text.split(",", -1)).map(String::strip).toList();
    }

    private static String required(String key, Function<String, @Nullable String> values) {
        String value = values.apply(key);
        if (value == null) {
            throw new UsageError("the key " + key + " is missing");
        }
        return value.strip();
    }
}
