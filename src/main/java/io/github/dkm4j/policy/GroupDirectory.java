package io.github.dkm4j.policy;

import java.util.List;
import java.util.Optional;

/**
 * Answers who is in a security group, nested groups included. Implementations are safe for use by many threads. The
 * ring caches answers, so that this is not asked on every operation.
 *
 * <p>Every method throws {@link io.github.dkm4j.key.GroupDirectoryUnavailable} if the answer cannot be found out: the
 * directory cannot be reached, or a name stands for more than one group or account.
 */
public interface GroupDirectory {
    /**
     * Whether the named caller is a member of the group, directly or through nested groups. A group that does not
     * exist has no members, and neither a caller who does not exist nor one whose account is disabled, locked or expired
     * is a member of any.
     */
    boolean isMember(String caller, String group);

    /** Whether there is such a group; asked for groups that a policy shuts out. By default every group exists. */
    default boolean exists(String group) {
        return true;
    }

    /**
     * One way from the caller to the group, for explanations: first the group that names the caller itself, last the group
     * asked for. Empty if the caller is no member. By default only the group asked for is told.
     */
    default Optional<List<String>> path(String caller, String group) {
        return isMember(caller, group) ? Optional.of(List.of(group)) : Optional.empty();
    }

    /**
     * For every group that the caller is in, one way to it as {@link #path} tells, sorted by that group's name. By default
     * none is told.
     */
    default List<List<String>> memberships(String caller) {
        return List.of();
    }

    /**
     * This directory as it is now, for one decision that asks several questions: a change in between must not show by
     * halves. By default this directory itself.
     */
    default GroupDirectory steady() {
        return this;
    }

    /** Whether {@link #kind} tells services from persons; if not, all count as persons there and as services elsewhere. */
    default boolean tellsKinds() {
        return false;
    }

    /** What the directory says that the caller is. Who is not known to be a service counts as a human. */
    default CallerKind kind(String caller) {
        return CallerKind.HUMAN;
    }

    /**
     * The account as which this process has proved itself to the directory; empty for a directory that asks nobody who he
     * is. It is whom the ring acts as by default.
     */
    default Optional<String> identity() {
        return Optional.empty();
    }
}
