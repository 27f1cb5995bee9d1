package io.github.dkm4j.cli;

import io.github.dkm4j.policy.Operation;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** The keys of a configuration. */
final class KnownKeys {
    private static final String[] FIXED = {
        "ring",
        "ring.pin",
        "ring.pin-file",
        "store",
        "store.user",
        "store.password-file",
        "store.ca-file",
        "store.single-node",
        "store.base",
        "store.bind",
        "store.keytab",
        "store.principal",
        "store.confirmed-by",
        "store.readers",
        "store.roll-over",
        "store.administrators",
        "store.check-every",
        "store.refuse-drift",
        "store.replication-bound",
        "data",
        "data.user",
        "data.password-file",
        "data.ca-file",
        "table",
        "table.key",
        "table.message",
        "table.context",
        "table.context-values",
        "root",
        "root.password-file",
        "root.alias",
        "rollover.every",
        "rollover.propagation",
        "rollover.messages",
        "rollover.bytes",
        "groups",
        "groups.base",
        "groups.bind",
        "groups.keytab",
        "groups.principal",
        "groups.user",
        "groups.password-file",
        "groups.ca-file",
        "groups.services",
        "groups.ttl",
        "groups.grace",
        "audit",
        "audit.witness",
        "audit.witness.ca-file",
        "audit.witness.token-file",
        "audit.in-store",
        "audit.checkpoint-every",
        "audit.counts-every",
        "audit.each-use",
        "audit.context-values",
        "audit.required",
        "policy.services-only"
    };

    private KnownKeys() {}

    /** Empty for a known key; for another one, the known key that is most like it. */
    static Optional<String> nearestIfUnknown(String name) {
        Set<String> known = new TreeSet<>(Arrays.asList(FIXED));
        for (Operation operation : Operation.values()) {
            known.add("policy." + operation.label());
            known.add("policy.deny." + operation.label());
        }
        if (known.contains(name) || DataTables.knows(name)) {
            return Optional.empty();
        }
        return known.stream().min(Comparator.comparingInt(other -> distance(name, other)));
    }

    private static int distance(String one, String other) {
        int[] row = new int[other.length() + 1];
        Arrays.setAll(row, i -> i);
        for (int i = 1; i <= one.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= other.length(); j++) {
                int above = row[j];
                int change = diagonal + (one.charAt(i - 1) == other.charAt(j - 1) ? 0 : 1);
                row[j] = Math.min(change, 1 + Math.min(above, row[j - 1]));
                diagonal = above;
            }
        }
        return row[other.length()];
    }
}
