package io.github.dkm4j.store;

import java.util.regex.Pattern;

/**
 * Names a record of a ring. Records of the same slot are rivals: a store that can create-if-absent holds at most one.
 *
 * @param slot what the record is for, for example {@code key-0000000002}; lower-case letters, digits and hyphens, 1 to 64
 * @param id tells rivals apart, for example a key id; lower-case letters and digits, 1 to 64
 */
public record RecordName(String slot, String id) implements Comparable<RecordName> {
    /** How the slots of audit trails' records begin. */
    public static final String TRAIL = "audit-";

    private static final Pattern SLOT = Pattern.compile("[a-z0-9][a-z0-9-]{0,63}");
    private static final Pattern ID = Pattern.compile("[a-z0-9]{1,64}");

    /**
     * @throws IllegalArgumentException if a part is not of its form
     */
    public RecordName {
        if (!SLOT.matcher(slot).matches() || !ID.matcher(id).matches()) {
            throw new IllegalArgumentException("not a record name: slot and id are short lower-case names");
        }
    }

    /** Whether it is the record of an audit trail, which is no part of the ring's state. */
    public boolean isOfTrail() {
        return slot.startsWith(TRAIL);
    }

    @Override
    public int compareTo(RecordName other) {
        return toString().compareTo(other.toString());
    }

    /** {@code slot.id}. */
    @Override
    public String toString() {
        return slot + "." + id;
    }
}
