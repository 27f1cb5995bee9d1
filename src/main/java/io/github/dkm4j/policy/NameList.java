package io.github.dkm4j.policy;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.stream.Collectors;

/** Names in one line, with commas between them; those with a comma or a quotation mark stand in quotation marks. */
final class NameList {
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
        int from = 0;
        boolean inside = false;
        for (int at = 0; at < line.length(); at++) {
            char c = line.charAt(at);
            inside ^= c == '"'; // a doubled one leaves it as it was
            if (c == ',' && !inside) {
                names.add(plain(line.substring(from, at)));
                from = at + 1;
            }
        }
        if (inside) {
            throw malformed();
        }
        names.add(plain(line.substring(from)));
        return names;
    }

    private static String plain(String item) {
        String name = item.strip();
        if (name.indexOf('"') < 0) {
            return name;
        }
        String quoted = name.length() < 2 ? "" : name.substring(1, name.length() - 1);
        boolean whole = name.startsWith("\"") && name.length() >= 2 && name.endsWith("\"");
        if (!whole || quoted.replace("\"\"", "").indexOf('"') >= 0) {
            throw malformed();
        }
        return quoted.replace("\"\"", "\"");
    }

    private static String quoted(String name) {
        return name.contains(",") || name.contains("\"") ? '"' + name.replace("\"", "\"\"") + '"' : name;
    }

    private static IllegalArgumentException malformed() {
        return new IllegalArgumentException("a name with a comma or a quotation mark stands in quotation marks, and a"
                + " quotation mark in it is doubled");
    }
}
