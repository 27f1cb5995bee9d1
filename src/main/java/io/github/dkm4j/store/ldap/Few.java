package io.github.dkm4j.store.ldap;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/** The first lines about one object; the others are counted and never made. Not safe for use by threads. */
final class Few {
    /** Most lines. */
    static final int MOST = 5;

    private final List<String> lines = new ArrayList<>();
    private int more;

    void add(Supplier<String> line) {
        if (lines.size() < MOST) {
            lines.add(line.get());
        } else {
            more++;
        }
    }

    /** The lines, and how many there would be beside. */
    List<String> lines() {
        List<String> all = new ArrayList<>(lines);
        if (more > 0) {
            all.add("and " + more + " more");
        }
        return List.copyOf(all);
    }
}
