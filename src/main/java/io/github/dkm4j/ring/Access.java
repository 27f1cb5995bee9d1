package io.github.dkm4j.ring;

import io.github.dkm4j.audit.AuditEvent;
import io.github.dkm4j.key.AccessDenied;
import io.github.dkm4j.key.GroupDirectoryUnavailable;
import io.github.dkm4j.policy.AccessPolicy;
import io.github.dkm4j.policy.Caller;
import io.github.dkm4j.policy.MembershipCache;
import io.github.dkm4j.policy.Operation;

/** Asks the policy and puts every refusal on record. Safe for use by many threads. */
final class Access {
    private final RingSettings settings;
    private final MembershipCache members;

    Access(RingSettings settings) {
        this.settings = settings;
        this.members = new MembershipCache(settings.groups(), settings.membershipTtl(), settings.clock());
    }

    void check(AccessPolicy policy, Caller caller, Operation operation, long nowMillis) {
        if (!allows(policy, caller, operation, nowMillis)) {
            throw refused(caller, operation.label(), "in none of the policy's groups");
        }
    }

    void checkAny(AccessPolicy policy, Caller caller, String what, long nowMillis) {
        for (Operation operation : Operation.values()) {
            if (allows(policy, caller, operation, nowMillis)) {
                return;
            }
        }
        throw refused(caller, what, "in none of the policy's groups");
    }

    boolean allows(AccessPolicy policy, Caller caller, Operation operation, long nowMillis) {
        try {
            return members.isAllowed(policy, caller, operation, nowMillis);
        } catch (GroupDirectoryUnavailable e) {
            refused(caller, operation.label(), "the group directory could not be asked");
            throw e;
        }
    }

    private AccessDenied refused(Caller caller, String operation, String reason) {
        settings.audit()
                .record(new AuditEvent.AccessRefused(
                        settings.clock().instant(), settings.name(), caller.toString(), operation, reason));
        return new AccessDenied("access denied: " + caller + " may not " + operation + " on ring " + settings.name());
    }
}
