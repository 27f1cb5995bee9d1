package io.github.dkm4j.policy;

import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * Which security groups may do which operation; what is not allowed is denied. Immutable and safe for use by many
 * threads.
 */
public final class AccessPolicy {
    private static final String PREFIX = "allow: ";
    private static final String IS = " = ";
    private static final String SEPARATOR = ", ";

    private final Map<Operation, SortedSet<String>> groups;

    private AccessPolicy(Map<Operation, SortedSet<String>> allowed) {
        groups = new EnumMap<>(Operation.class);
        for (Operation operation : Operation.values()) {
            SortedSet<String> names = allowed.getOrDefault(operation, Collections.emptySortedSet());
            groups.put(operation, Collections.unmodifiableSortedSet(new TreeSet<>(names)));
        }
    }

    /** A policy that allows nothing yet. */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * Reads what {@link #toLines()} writes, and nothing else.
     *
     * @throws IllegalArgumentException if the lines are not in that form, or name no group that may administer
     */
    public static AccessPolicy fromLines(List<String> lines) {
        Builder builder = builder().allow(Operation.CREATE_NEXT); // the lines say all there is: no default
        for (String line : lines) {
            int is = line.indexOf(IS);
            if (!line.startsWith(PREFIX) || is < PREFIX.length()) {
                throw notCanonical();
            }
            String[] names = line.substring(is + IS.length()).split(SEPARATOR, -1);
            builder.allow(operation(line.substring(PREFIX.length(), is)), names);
        }
        AccessPolicy policy = builder.build();
        // There is one way to write a policy: this refuses wrong order, repetition and stray white space at once.
        if (!policy.toLines().equals(lines)) {
            throw notCanonical();
        }
        return policy;
    }

    /** The groups that may do this, sorted; empty where nobody may. Cannot be changed. */
    public Set<String> groups(Operation operation) {
        return groups.getOrDefault(operation, Collections.emptySortedSet());
    }

    /**
     * The canonical text: in the order of {@link Operation}, one line for each operation that a group may do, such as
     * {@code allow: roll-over = Key Admins, Operators}.
     */
    public List<String> toLines() {
        List<String> lines = new ArrayList<>();
        groups.forEach((operation, names) -> {
            if (!names.isEmpty()) {
                lines.add(PREFIX + operation.label() + IS + String.join(SEPARATOR, names));
            }
        });
        return List.copyOf(lines);
    }

    /** Whether the other is a policy that allows the same groups the same operations. */
    @Override
    public boolean equals(Object other) {
        return other instanceof AccessPolicy policy && groups.equals(policy.groups);
    }

    @Override
    public int hashCode() {
        return groups.hashCode();
    }

    /** The lines of {@link #toLines()} in one. */
    @Override
    public String toString() {
        return String.join("; ", toLines());
    }

    private static Operation operation(String label) {
        for (Operation operation : Operation.values()) {
            if (operation.label().equals(label)) {
                return operation;
            }
        }
        throw new IllegalArgumentException("a policy line names an operation that is not known");
    }

    private static IllegalArgumentException notCanonical() {
        return new IllegalArgumentException("not the lines of a policy, which look like \"allow: encrypt = A, B\"");
    }

    /** Collects what a policy allows. Not safe for use by many threads. */
    public static final class Builder {
        private final Map<Operation, SortedSet<String>> allowed = new EnumMap<>(Operation.class);

        private Builder() {}

        /**
         * Lets the groups do this, beside those already named. With no group at all, the operation counts as
         * mentioned, which keeps {@link Operation#CREATE_NEXT} from its default.
         *
         * @param names 1 to 256 characters each, without comma and control characters; white space around is dropped
         * @throws IllegalArgumentException if a name is not of that form
         */
        public Builder allow(Operation operation, String... names) {
            SortedSet<String> groups = allowed.computeIfAbsent(operation, o -> new TreeSet<>());
            for (String name : names) {
                groups.add(Names.checked(name));
            }
            return this;
        }

        /**
         * The policy. Where {@link Operation#CREATE_NEXT} was not mentioned, those who may encrypt may do it.
         *
         * @throws IllegalArgumentException if no group may {@link Operation#ADMINISTER}
         */
        public AccessPolicy build() {
            if (allowed.getOrDefault(Operation.ADMINISTER, Collections.emptySortedSet())
                    .isEmpty()) {
                throw new IllegalArgumentException(
                        "no group may administer, so that nobody ever could: allow at least one");
            }
            Map<Operation, SortedSet<String>> complete = new EnumMap<>(allowed);
            complete.putIfAbsent(
                    Operation.CREATE_NEXT, allowed.getOrDefault(Operation.ENCRYPT, Collections.emptySortedSet()));
            return new AccessPolicy(complete);
        }
    }
}
