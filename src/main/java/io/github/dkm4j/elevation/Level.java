package io.github.dkm4j.elevation;

import java.util.Optional;
import java.util.Set;

/**
 * One of the levels on which requests are approved.
 *
 * @param name such as {@code manager}
 * @param threshold how many approvers must approve, at least one
 * @param group the security group in which an approver must be, if there is one
 * @param approvers who may, as they are enrolled
 */
record Level(String name, int threshold, Optional<String> group, Set<String> approvers) {
    /** Copies the approvers. */
    Level {
        approvers = Set.copyOf(approvers);
        if (threshold < 1 || threshold > approvers.size()) {
            throw new IllegalArgumentException(
                    "level " + name + " needs from 1 to " + approvers.size() + " approvals, not " + threshold);
        }
    }
}
