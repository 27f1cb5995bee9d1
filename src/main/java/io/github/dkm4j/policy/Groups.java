package io.github.dkm4j.policy;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Groups, their members and the groups nested in them, which may form cycles. Immutable. */
final class Groups implements GroupDirectory {
    /** What marks a member that is a nested group. */
    private static final String NESTED = "@";

    static final Groups NONE = new Groups(Map.of(), null);

    private final Map<String, Members> byName;
    private final @Nullable String services;

    private Groups(Map<String, Members> byName, @Nullable String services) {
        this.byName = Map.copyOf(byName);
        this.services = services;
    }

    /**
     * Groups.
     *
     * @param services the one whose members are services
     */
    static Groups of(Map<String, Members> byName, @Nullable String services) {
        return new Groups(byName, services);
    }

    /** These groups, where the members of that one are services. */
    Groups services(String group) {
        return new Groups(byName, group);
    }

    /** These groups and the given members in the given one. */
    Groups plus(String group, List<String> members) {
        return with(group, members(group).plus(members));
    }

    /** These groups without the given member in the given one. */
    Groups minus(String group, String member) {
        return with(group, members(group).minus(member));
    }

    @Override
    public boolean isMember(String caller, String group) {
        return path(caller, group).isPresent();
    }

    @Override
    public boolean exists(String group) {
        return byName.containsKey(group);
    }

    /** A shortest way from a group that names the caller to the given one. */
    @Override
    public Optional<List<String>> path(String caller, String group) {
        Map<String, String> containing = new HashMap<>();
        Set<String> seen = new HashSet<>(Set.of(group));
        Deque<String> open = new ArrayDeque<>(seen);
        while (!open.isEmpty()) {
            String current = open.remove();
            Members members = members(current);
            if (members.callers.contains(caller)) {
                return Optional.of(Stream.iterate(current, Objects::nonNull, containing::get)
                        .toList());
            }
            for (String nested : members.nested) {
                if (seen.add(nested)) { // each group once, so that a cycle ends
                    containing.put(nested, current);
                    open.add(nested);
                }
            }
        }
        return Optional.empty();
    }

    @Override
    public List<List<String>> memberships(String caller) {
        return byName.keySet().stream()
                .sorted()
                .flatMap(group -> path(caller, group).stream())
                .toList();
    }

    @Override
    public boolean tellsKinds() {
        return services != null;
    }

    @Override
    public CallerKind kind(String caller) {
        return services != null && isMember(caller, services) ? CallerKind.SERVICE : CallerKind.HUMAN;
    }

    private Groups with(String group, Members members) {
        Map<String, Members> all = new HashMap<>(byName);
        all.put(group, members);
        return new Groups(all, services);
    }

    private Members members(String group) {
        return byName.getOrDefault(group, Members.NONE);
    }

    /** Callers and nested groups, kept apart, so that a caller whose name begins with the mark is no nested group. */
    record Members(Set<String> callers, Set<String> nested) {
        static final Members NONE = new Members(Set.of(), Set.of());

        Members {
            callers = Set.copyOf(callers);
            nested = Set.copyOf(nested);
        }

        Members plus(List<String> marked) {
            return changed(marked, Set::add);
        }

        Members minus(String marked) {
            return changed(List.of(marked), Set::remove);
        }

        private Members changed(List<String> marked, BiConsumer<Set<String>, String> change) {
            Set<String> newCallers = new HashSet<>(callers);
            Set<String> newNested = new HashSet<>(nested);
            for (String member : marked) {
                boolean isGroup = member.startsWith(NESTED);
                String name = Names.checked(isGroup ? member.substring(NESTED.length()) : member);
                change.accept(isGroup ? newNested : newCallers, name);
            }
            return new Members(newCallers, newNested);
        }
    }
}
