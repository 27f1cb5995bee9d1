package io.github.dkm4j.policy.ldap;

import io.github.dkm4j.key.GroupDirectoryUnavailable;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * How an account comes to be in its groups: for each, a shortest way from a group that names the account. It asks the directory
 * once for each group, which is for explanations only.
 */
final class Nesting {
    private static final int MAX_GROUPS = 5_000;

    private final Map<String, Step> steps;

    private Nesting(Map<String, Step> steps) {
        this.steps = steps;
    }

    /** All ways of an account, until that to the wanted group is known. */
    static Nesting of(Dialect dialect, Account account, Predicate<Group> wanted) {
        Map<String, Step> steps = new LinkedHashMap<>();
        Deque<Step> open = new ArrayDeque<>();
        add(dialect.groupsOf(account), null, steps, open);
        while (!open.isEmpty()) {
            Step step = open.remove();
            if (wanted.test(step.group)) {
                break;
            }
            add(dialect.groupsAbove(List.of(step.group)), step, steps, open);
            checkBound(steps.size(), account.name());
        }
        return new Nesting(steps);
    }

    /** Says that there are too many groups to go on. */
    static void checkBound(int groups, String account) {
        if (groups > MAX_GROUPS) {
            throw new GroupDirectoryUnavailable("account '" + account + "' is in more than " + MAX_GROUPS + " groups");
        }
    }

    /** The names on the way to a group, which is the last. */
    Optional<List<String>> path(Group group) {
        return Optional.ofNullable(steps.get(group.key())).map(Step::path);
    }

    /** The ways to all groups that the predicate takes by their key, sorted by the groups' names. */
    List<List<String>> paths(Predicate<String> taken) {
        return steps.values().stream()
                .filter(step -> taken.test(step.group.key()))
                .sorted(Comparator.comparing(step -> step.group.name()))
                .map(Step::path)
                .toList();
    }

    private static void add(List<Group> groups, @Nullable Step below, Map<String, Step> steps, Deque<Step> open) {
        for (Group group : groups) {
            Step step = new Step(group, below);
            if (steps.putIfAbsent(group.key(), step) == null) { // each once, so that a cycle ends
                open.add(step);
            }
        }
    }

    /** A group, and the one below it on the way. */
    private record Step(Group group, @Nullable Step below) {
        List<String> path() {
            ArrayDeque<String> names = new ArrayDeque<>();
            for (Step step = this; step != null; step = step.below) {
                names.addFirst(step.group.name());
            }
            return List.copyOf(names);
        }
    }
}
