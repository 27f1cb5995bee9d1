package io.github.dkm4j.policy;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * Which security groups may do which operation. What is not allowed is denied, and what is denied explicitly is denied
 * even to those whom another group allows it. Immutable and safe for use by many threads.
 */
public final class AccessPolicy {
    private static final String ALLOW = "allow: ";
    private static final String DENY = "deny: ";
    private static final String SERVICES_ONLY = "services-only";
    private static final String IS = " = ";

    private final Map<Operation, SortedSet<String>> allowed;
    private final Map<Operation, SortedSet<String>> denied;
    private final SortedSet<ActAs> delegations;
    private final boolean servicesOnly;

    private AccessPolicy(
            Map<Operation, SortedSet<String>> allowed,
            Map<Operation, SortedSet<String>> denied,
            SortedSet<ActAs> delegations,
            boolean servicesOnly) {
        this.allowed = copy(allowed);
        this.denied = copy(denied);
        this.delegations = Collections.unmodifiableSortedSet(new TreeSet<>(delegations));
        this.servicesOnly = servicesOnly;
    }

    private static Map<Operation, SortedSet<String>> copy(Map<Operation, SortedSet<String>> groups) {
        Map<Operation, SortedSet<String>> copy = new EnumMap<>(Operation.class);
        for (Operation operation : Operation.values()) {
            SortedSet<String> names = groups.getOrDefault(operation, Collections.emptySortedSet());
            copy.put(operation, Collections.unmodifiableSortedSet(new TreeSet<>(names)));
        }
        return copy;
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
        lines.forEach(builder::rule);
        AccessPolicy policy = builder.build();
        // There is one way to write a policy: this refuses wrong order, repetition and stray white space at once.
        if (!policy.toLines().equals(lines)) {
            throw notCanonical();
        }
        return policy;
    }

    /**
     * The groups that may do this, sorted; empty where nobody may. Cannot be changed. For {@link Operation#ACT_AS}
     * see {@link #delegations()}.
     */
    public Set<String> groups(Operation operation) {
        return allowed.getOrDefault(operation, Collections.emptySortedSet());
    }

    /** The groups that may not do this, whatever else allows it; sorted, and cannot be changed. */
    public Set<String> denied(Operation operation) {
        return denied.getOrDefault(operation, Collections.emptySortedSet());
    }

    /** Who may act for whom; sorted, and cannot be changed. */
    public Set<ActAs> delegations() {
        return delegations;
    }

    /** Whether humans may neither use keys nor act for others, whatever group they are in. */
    public boolean isServicesOnly() {
        return servicesOnly;
    }

    /**
     * The canonical text: {@code services-only} where it is so; then, in the order of {@link Operation}, one line for each
     * operation that a group may do, such as {@code allow: roll-over = Key Admins, Operators}, each followed by that of
     * the groups that may not. Rules for acting read {@code allow: act-as = Web Servers -> Mailboxes}. Names and rules with
     * a comma or a quotation mark stand in quotation marks.
     */
    public List<String> toLines() {
        List<String> lines = new ArrayList<>();
        if (servicesOnly) {
            lines.add(SERVICES_ONLY);
        }
        for (Operation operation : Operation.values()) {
            if (operation == Operation.ACT_AS) {
                line(ALLOW, operation, delegations.stream().map(ActAs::toString).toList(), lines);
            } else {
                line(ALLOW, operation, groups(operation), lines);
            }
            line(DENY, operation, denied(operation), lines);
        }
        return List.copyOf(lines);
    }

    private static void line(String prefix, Operation operation, Collection<String> names, List<String> lines) {
        if (!names.isEmpty()) {
            lines.add(prefix + operation.label() + IS + NameList.write(names));
        }
    }

    /** Whether the other is a policy of the same rules. */
    @Override
    public boolean equals(Object other) {
        return other instanceof AccessPolicy policy && toLines().equals(policy.toLines());
    }

    @Override
    public int hashCode() {
        return toLines().hashCode();
    }

    /** The lines of {@link #toLines()} in one. */
    @Override
    public String toString() {
        return String.join("; ", toLines());
    }

    private static IllegalArgumentException notCanonical() {
        return new IllegalArgumentException("not the lines of a policy, which look like \"allow: encrypt = A, B\"");
    }

    /** Collects what a policy allows. Not safe for use by many threads. */
    public static final class Builder {
        private final Map<Operation, SortedSet<String>> allowed = new EnumMap<>(Operation.class);
        private final Map<Operation, SortedSet<String>> denied = new EnumMap<>(Operation.class);
        private final SortedSet<ActAs> delegations = new TreeSet<>();
        private boolean servicesOnly;

        private Builder() {}

        /**
         * Lets the groups do this, beside those already named. With no group at all, the operation counts as
         * mentioned, which keeps {@link Operation#CREATE_NEXT} from its default. For {@link Operation#ACT_AS}, each name
         * is a rule as {@link ActAs#toString()} writes it.
         *
         * @param names 1 to 256 characters each, without control characters; white space around is dropped
         * @throws IllegalArgumentException if a name is not of that form
         */
        public Builder allow(Operation operation, String... names) {
            if (operation == Operation.ACT_AS) {
                for (String rule : names) {
                    delegations.add(ActAs.parse(rule));
                }
            } else {
                add(allowed, operation, names);
            }
            return this;
        }

        /**
         * Keeps the groups from doing this, whatever other groups their members are in, for themselves or for others; for
         * {@link Operation#ACT_AS} those who would act. A group that does not exist when the question comes keeps everybody
         * from it, since nobody can tell who was meant; as far as the directory can tell ({@link GroupDirectory#exists}).
         *
         * @param names as for {@link #allow}
         * @throws IllegalArgumentException if a name is not of that form
         */
        public Builder deny(Operation operation, String... names) {
            add(denied, operation, names);
            return this;
        }

        /**
         * Adds what one line says, in the form of {@link #toLines()}; order and white space around names do not matter.
         *
         * @throws IllegalArgumentException if the line is not of that form
         */
        public Builder rule(String line) {
            if (line.equals(SERVICES_ONLY)) {
                return servicesOnly();
            }
            boolean allows = line.startsWith(ALLOW);
            String prefix = allows ? ALLOW : DENY;
            int is = line.indexOf(IS);
            if (!line.startsWith(prefix) || is < prefix.length()) {
                throw notCanonical();
            }
            Operation operation = Operation.labelled(line.substring(prefix.length(), is));
            String[] names = NameList.read(line.substring(is + IS.length())).toArray(String[]::new);
            return allows ? allow(operation, names) : deny(operation, names);
        }

        /** Lets the members of one group act for those of another, in what the policy lets the latter do. */
        public Builder actAs(ActAs rule) {
            delegations.add(rule);
            return this;
        }

        /**
         * Keeps humans from whatever uses keys, even those in groups that may: they encrypt, decrypt, create and act for
         * others only through elevated access. They may still roll over, administer and destroy.
         */
        public Builder servicesOnly() {
            this.servicesOnly = true;
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
            return new AccessPolicy(complete, denied, delegations, servicesOnly);
        }

        private static void add(Map<Operation, SortedSet<String>> to, Operation operation, String... names) {
            SortedSet<String> groups = to.computeIfAbsent(operation, o -> new TreeSet<>());
            for (String name : names) {
                groups.add(Names.group(name));
            }
        }
    }
}
