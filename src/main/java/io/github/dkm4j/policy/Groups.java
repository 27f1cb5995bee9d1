package io.github.dkm4j.policy;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Groups, their members and the groups nested in them, which may form cycles. Immutable. */
final class Groups {
    /** What marks a member that is a nested group. */
    private static final String NESTED = "@";

    static final Groups NONE = new Groups(Map.of());

    private final Map<String, Members> byName;

    private Groups(Map<String, Members> byName) {
        this.byName = Map.copyOf(byName);
    }

    /** Kept apart, so that a caller whose name begins with the mark is not taken for a nested group. */
    private record Members(Set<String> callers, Set<String> nested) {
        static final Members NONE = new Members(Set.of(), Set.of());

        private Members {
            callers = Set.copyOf(callers);
            nested = Set.copyOf(nested);
        }
    }

    boolean has(String group) {
        return byName.containsKey(group);
    }

    /** These groups and the given members in the given one. */
    Groups plus(String group, List<String> members) {
        return changed(group, members, true);
    }

    /** These groups without the given member in the given one. */
    Groups minus(String group, String member) {
        return changed(group, List.of(member), false);
    }

    boolean isMember(String caller, String group) {
        Set<String> seen = new HashSet<>(Set.of(group));
        Deque<String> open = new ArrayDeque<>(seen);
        while (!open.isEmpty()) {
            Members members = byName.getOrDefault(open.remove(), Members.NONE);
            if (members.callers.contains(caller)) {
                return true;
            }
            for (String nested : members.nested) {
                if (seen.add(nested)) { // each group once, so that a cycle ends
                    open.add(nested);
                }
            }
        }
        return false;
    }

    private Groups changed(String group, List<String> members, boolean present) {
        Members old = byName.getOrDefault(group, Members.NONE);
        Set<String> callers = new HashSet<>(old.callers);
        Set<String> nested = new HashSet<>(old.nested);
        for (String member : members) {
            boolean isGroup = member.startsWith(NESTED);
            String name = Names.checked(isGroup ? member.substring(NESTED.length()) : member);
            Set<String> names = isGroup ? nested : callers;
            if (present) {
                names.add(name);
            } else {
                names.remove(name);
            }
        }
        Map<String, Members> all = new HashMap<>(byName);
        all.put(group, new Members(callers, nested));
        return new Groups(all);
    }
}
