package io.github.dkm4j.policy;

import java.util.List;
import java.util.Optional;

/**
 * Groups that live in this process: for tests, and for applications that manage membership themselves. Safe for use
 * by many threads; a change is seen whole or not at all.
 */
public final class InMemoryGroupDirectory implements GroupDirectory {
    private volatile Groups groups = Groups.NONE;

    /** With no groups. */
    public InMemoryGroupDirectory() {}

    /**
     * Adds members to a group, which is made where it does not exist.
     *
     * @param members callers' names; after {@code @}, the name of a group whose members become members
     * @throws IllegalArgumentException if a name is empty, longer than 256 characters, or holds a comma or a control
     *     character
     */
    public synchronized void add(String group, String... members) {
        String name = Names.checked(group);
        groups = groups.plus(name, List.of(members));
    }

    /**
     * Removes a member that {@link #add} added; does nothing where there is none.
     *
     * @param member as given to {@link #add}, with {@code @} for a nested group
     * @throws IllegalArgumentException as {@link #add}
     */
    public synchronized void remove(String group, String member) {
        String name = Names.checked(group);
        groups = groups.minus(name, member);
    }

    /** Says which group's members are services; nobody is one by default. */
    public synchronized void services(String group) {
        groups = groups.services(Names.checked(group));
    }

    @Override
    public boolean isMember(String caller, String group) {
        return groups.isMember(caller, group);
    }

    @Override
    public boolean exists(String group) {
        return groups.exists(group);
    }

    @Override
    public Optional<List<String>> path(String caller, String group) {
        return groups.path(caller, group);
    }

    @Override
    public List<List<String>> memberships(String caller) {
        return groups.memberships(caller);
    }

    @Override
    public boolean tellsKinds() {
        return groups.tellsKinds();
    }

    @Override
    public CallerKind kind(String caller) {
        return groups.kind(caller);
    }

    @Override
    public GroupDirectory steady() {
        return groups;
    }
}
