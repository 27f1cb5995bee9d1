package io.github.dkm4j.policy;

import java.util.List;
import java.util.Optional;

/**
 * Decides by a policy and a group directory: explicit denial first, then what is only for services, then the groups that
 * are allowed, and at last, where one account acts for another, whether it may.
 */
final class Decisions {
    private final AccessPolicy policy;
    private final GroupDirectory directory;
    private final boolean withPaths;

    /**
     * @param withPaths whether to ask the directory for the ways into groups too, which takes longer
     */
    Decisions(AccessPolicy policy, GroupDirectory directory, boolean withPaths) {
        this.policy = policy;
        this.directory = directory.steady();
        this.withPaths = withPaths;
    }

    /**
     * Whether the caller may do it.
     *
     * @throws io.github.dkm4j.key.GroupDirectoryUnavailable if the directory must be asked and cannot answer
     */
    Decision decide(Caller caller, Operation operation) {
        Optional<Decision> plain = withoutDirectory(policy, caller, operation);
        if (plain.isPresent()) {
            return plain.get();
        }
        Decision own = own(caller.name(), operation);
        return own.allowed() && caller.isActing() ? acting(caller, operation, own) : own;
    }

    /** What is decided without asking a directory; empty if that must be asked. */
    static Optional<Decision> withoutDirectory(AccessPolicy policy, Caller caller, Operation operation) {
        if (caller.isActing() && operation.isPersonal()) {
            return Optional.of(Decision.denied("nobody does " + operation.label() + " for somebody else", List.of()));
        }
        boolean nobody = operation == Operation.ACT_AS
                ? policy.delegations().isEmpty()
                : policy.groups(operation).isEmpty();
        return nobody ? Optional.of(notAllowed(operation)) : Optional.empty();
    }

    private Decision own(String caller, Operation operation) {
        if (operation == Operation.ACT_AS) {
            return delegation(caller);
        }
        Optional<Decision> shutOut = shutOut(caller, operation);
        if (shutOut.isPresent()) {
            return shutOut.get();
        }
        for (String group : policy.groups(operation)) {
            Optional<List<String>> path = path(caller, group);
            if (path.isPresent()) {
                return Decision.allowed("allow: " + operation.label() + " = " + group, path.get());
            }
        }
        return notAllowed(operation);
    }

    /** Empty unless an explicit denial or the kind of caller decides. */
    private Optional<Decision> shutOut(String caller, Operation operation) {
        for (String group : policy.denied(operation)) {
            String rule = "deny: " + operation.label() + " = " + group;
            if (!directory.exists(group)) {
                return Optional.of(Decision.denied(
                        rule + ", a group that does not exist, so that nobody can tell whom it shuts out", List.of()));
            }
            Optional<List<String>> path = path(caller, group);
            if (path.isPresent()) {
                return Optional.of(Decision.denied(rule, path.get()));
            }
        }
        if (policy.isServicesOnly() && operation.usesKeys() && directory.kind(caller) != CallerKind.SERVICE) {
            return Optional.of(Decision.denied(
                    "services-only, and the directory does not say that " + caller + " is a service", List.of()));
        }
        return Optional.empty();
    }

    /** Whoever may not do it himself because he is shut out, does not do it for others either. */
    private Decision acting(Caller caller, Operation operation, Decision own) {
        Optional<Decision> shutOut =
                shutOut(caller.account(), Operation.ACT_AS).or(() -> shutOut(caller.account(), operation));
        if (shutOut.isPresent()) {
            return shutOut.get();
        }
        for (ActAs rule : policy.delegations()) {
            if (directory.isMember(caller.account(), rule.actors())
                    && directory.isMember(caller.name(), rule.targets())) {
                return Decision.allowed(own.rule() + ", with allow: act-as = " + rule, own.path());
            }
        }
        return Decision.denied("no rule lets " + caller.account() + " act for " + caller.name(), List.of());
    }

    /** Whether the caller may act for anybody. */
    private Decision delegation(String caller) {
        Optional<Decision> shutOut = shutOut(caller, Operation.ACT_AS);
        if (shutOut.isPresent()) {
            return shutOut.get();
        }
        for (ActAs rule : policy.delegations()) {
            Optional<List<String>> path = path(caller, rule.actors());
            if (path.isPresent()) {
                return Decision.allowed("allow: act-as = " + rule, path.get());
            }
        }
        return notAllowed(Operation.ACT_AS);
    }

    private Optional<List<String>> path(String caller, String group) {
        if (withPaths) {
            return directory.path(caller, group);
        }
        return directory.isMember(caller, group) ? Optional.of(List.of()) : Optional.empty();
    }

    private static Decision notAllowed(Operation operation) {
        return Decision.denied("in none of the policy's groups for " + operation.label(), List.of());
    }
}
