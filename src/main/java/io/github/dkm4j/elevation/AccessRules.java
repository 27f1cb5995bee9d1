package io.github.dkm4j.elevation;

import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * By which rules requests are decided.
 *
 * @param ring the ring's identity
 * @param policy the version of the policy that these rules are in
 * @param levels in the order in which they decide, at least one
 * @param administrators who may revoke access besides approvers, as they are enrolled
 * @param longest the longest time for which access is given
 * @param decidedWithin how long a request waits for its decisions
 */
record AccessRules(
        String ring,
        int policy,
        List<Level> levels,
        Set<String> administrators,
        Duration longest,
        Duration decidedWithin) {
    static final Duration DEFAULT_LONGEST = Duration.ofHours(4);
    static final Duration DEFAULT_DECIDED_WITHIN = Duration.ofHours(24);

    /** Copies what can be changed. */
    AccessRules {
        levels = List.copyOf(levels);
        administrators = Set.copyOf(administrators);
        Set<String> names = new HashSet<>();
        if (levels.isEmpty() || !levels.stream().allMatch(level -> names.add(level.name()))) {
            throw new IllegalArgumentException(
                    "access is approved on at least one level, and levels have different names");
        }
    }

    /** Whether he may end somebody's access. */
    boolean mayRevoke(String name) {
        return administrators.contains(name)
                || levels.stream().anyMatch(level -> level.approvers().contains(name));
    }
}
