package io.github.dkm4j.policy;

/**
 * Answers who is in a security group, nested groups included. Implementations are safe for use by many threads. The
 * ring caches answers, so that this is not asked on every operation.
 */
public interface GroupDirectory {
    /**
     * Whether the named caller is a member of the group, directly or through nested groups. A group that does not
     * exist has no members.
     *
     * @throws io.github.dkm4j.key.GroupDirectoryUnavailable if that cannot be found out
     */
    boolean isMember(String caller, String group);
}
