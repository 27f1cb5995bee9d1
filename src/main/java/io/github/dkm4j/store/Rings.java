package io.github.dkm4j.store;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/** What every store asks of its arguments. */
final class Rings {
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}");

    private Rings() {}

    static void requireName(String ring) {
        if (!NAME.matcher(ring).matches()) {
            throw new IllegalArgumentException("a ring's name is 1 to 64 letters, digits, dots, hyphens or underscores"
                    + " and starts with a letter or digit");
        }
    }

    static void requireDistinctSlots(List<StoredRecord> records) {
        Set<String> slots = new HashSet<>();
        for (StoredRecord record : records) {
            if (!slots.add(record.name().slot())) {
                throw new IllegalArgumentException(
                        "two records of slot " + record.name().slot());
            }
        }
    }
}
