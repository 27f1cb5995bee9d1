package io.github.dkm4j.policy;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Names in one line, with commas between them; those with a comma or a quotation mark stand in quotation marks. */
final class NameList {
    private static final Pattern ITEM = Pattern.compile("\\s*(?:\"((?:[^\"]|\"\")*+)\"|([^\",]*+))\\s*(,|$)");

    private NameList() {}

    static String write(Collection<String> names) {
        return names.stream().map(NameList::quoted).collect(Collectors.joining(", "));
    }

    /**
     * The names, with whatever white space around them.
     *
     * @throws IllegalArgumentException if quotation marks do not match
     */
    static List<String> read(String line) {
        List<String> names = new ArrayList<>();
        Matcher item = ITEM.matcher(line);
        boolean more = true;
        for (int at = 0; more; at = item.end()) {
            if (!item.find(at) || item.start() != at) {
                throw new IllegalArgumentException("a name with a comma or a quotation mark stands in quotation marks,"
                        + " and a quotation mark in it is doubled");
            }
            String quoted = item.group(1);
            names.add(quoted != null ? quoted.replace("\"\"", "\"") : String.valueOf(item.group(2)));
            more = item.group(3).equals(",");
        }
        return names;
    }

    private static String quoted(String name) {
        return name.contains(",") || name.contains("\"") ? '"' + name.replace("\"", "\"\"") + '"' : name;
    }
}
