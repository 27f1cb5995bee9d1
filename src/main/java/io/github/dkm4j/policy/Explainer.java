package io.github.dkm4j.policy;

/** Decides by a policy and a group directory, remembers nothing, and tells the way into the deciding group. */
public final class Explainer {
    private final AccessPolicy policy;
    private final GroupDirectory directory;

    private Explainer(AccessPolicy policy, GroupDirectory directory) {
        this.policy = policy;
        this.directory = directory;
    }

    /** One for the given policy. Safe for use by as many threads as the directory is. */
    public static Explainer of(AccessPolicy policy, GroupDirectory directory) {
        return new Explainer(policy, directory);
    }

    /**
     * Whether the caller may do it, by which rule, and through which groups.
     *
     * @throws io.github.dkm4j.key.GroupDirectoryUnavailable if the directory must be asked and cannot answer
     */
    public Decision decide(Caller caller, Operation operation) {
        return new Decisions(policy, directory, true).decide(caller, operation);
    }
}
