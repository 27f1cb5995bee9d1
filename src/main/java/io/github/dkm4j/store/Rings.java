package io.github.dkm4j.store;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/** What every {@link KeyRingStore} asks of its arguments; for those who write one. */
public final class Rings {
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}");

    private Rings() {}

    /**
     * Checks a ring's name.
     *
     * @throws IllegalArgumentException if it is not of the form that {@link KeyRingStore} gives
     */
    public static void requireName(String ring) {
        if (!NAME.matcher(ring).matches()) {
            throw new IllegalArgumentException("a ring's name is 1 to 64 letters, digits, dots, hyphens or underscores"
                    + " and starts with a letter or digit");
        }
    }

    /**
     * Checks a ring's first records.
     *
     * @throws IllegalArgumentException if two have the same slot
     */
    public static void requireDistinctSlots(List<StoredRecord> records) {
        Set<String> slots = new HashSet<>();
        for (StoredRecord record : records) {
            if (!slots.add(record.name().slot())) {
                throw new IllegalArgumentException(
                        "two records of slot " + record.name().slot());
            }
        }
    }
}
