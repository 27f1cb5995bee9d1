package io.github.dkm4j.ring;

import io.github.dkm4j.key.AccessDenied;
import io.github.dkm4j.key.GroupDirectoryUnavailable;
import io.github.dkm4j.policy.AccessPolicy;
import io.github.dkm4j.policy.Caller;
import io.github.dkm4j.policy.CallerKind;
import io.github.dkm4j.policy.Decision;
import io.github.dkm4j.policy.MembershipCache;
import io.github.dkm4j.policy.Operation;
import java.util.Optional;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/** Asks the policy and puts every refusal on record. Safe for use by many threads. */
final class Access {
    private static final Executor ON_THE_CALLERS_THREAD = Runnable::run;

    private final RingSettings settings;
    private final MembershipCache members;
    private final Refusals refusals;

    Access(RingSettings settings) {
        this.settings = settings;
        this.refusals = new Refusals(settings);
        this.members = new MembershipCache(
                settings.groups(),
                settings.membershipTtl(),
                settings.membershipGrace(),
                settings.clock(),
                settings.executor().orElse(ON_THE_CALLERS_THREAD));
    }

    /** What was refused, and may not be on record yet. */
    Refusals refusals() {
        return refusals;
    }

    void check(AccessPolicy policy, Caller caller, Operation operation, long nowMillis) {
        Decision decision = decide(policy, caller, operation, nowMillis);
        if (!decision.allowed()) {
            throw refused(caller, operation.label(), decision.rule());
        }
    }

    void checkAny(AccessPolicy policy, Caller caller, String what, long nowMillis) {
        for (Operation operation : Operation.values()) {
            if (decide(policy, caller, operation, nowMillis).allowed()) {
                return;
            }
        }
        throw refused(caller, what, "may do nothing at all here");
    }

    boolean allows(AccessPolicy policy, Caller caller, Operation operation, long nowMillis) {
        return decide(policy, caller, operation, nowMillis).allowed();
    }

    /**
     * Whether the directory tells persons from services and does not say that this is a service.
     *
     * @param before what was known before, which counts while the directory cannot answer; null for nothing
     */
    boolean mayBeAPerson(Caller caller, @Nullable Boolean before) {
        try {
            return settings.groups().tellsKinds()
                    && (settings.groups().kind(caller.account()) != CallerKind.SERVICE
                            || settings.groups().kind(caller.name()) != CallerKind.SERVICE);
        } catch (GroupDirectoryUnavailable e) {
            return before == null || before;
        }
    }

    /** Why the directory could not answer the last question; empty if it could. */
    Optional<String> trouble() {
        return members.trouble();
    }

    private Decision decide(AccessPolicy policy, Caller caller, Operation operation, long nowMillis) {
        try {
            return members.decide(policy, caller, operation, nowMillis);
        } catch (GroupDirectoryUnavailable e) {
            refused(caller, operation.label(), "the group directory could not be asked");
            throw e;
        }
    }

    private AccessDenied refused(Caller caller, String operation, String reason) {
        refusals.record(caller, operation, reason);
        return new AccessDenied(
                "access denied: " + caller + " may not " + operation + " on ring " + settings.name() + ": " + reason);
    }
}
