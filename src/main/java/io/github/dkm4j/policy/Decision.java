package io.github.dkm4j.policy;

import java.util.List;

/**
 * What a policy decides about a caller and an operation.
 *
 * @param allowed whether the caller may
 * @param rule the rule that decided, as it stands in the policy; or what stands in the way
 * @param path the nested groups that made the rule apply, from the one that names the caller to the one of the rule;
 *     empty unless asked for, and where no membership decided
 */
public record Decision(boolean allowed, String rule, List<String> path) {
    /** Copies the path. */
    public Decision {
        path = List.copyOf(path);
    }

    static Decision allowed(String rule, List<String> path) {
        return new Decision(true, rule, path);
    }

    static Decision denied(String rule, List<String> path) {
        return new Decision(false, rule, path);
    }

    /** Whether, and why. */
    @Override
    public String toString() {
        return (allowed ? "allowed by " : "refused: ")
                + rule
                + (path.isEmpty() ? "" : ", through " + String.join(", in ", path));
    }
}
