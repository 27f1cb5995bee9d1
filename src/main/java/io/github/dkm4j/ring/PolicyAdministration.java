package io.github.dkm4j.ring;

import io.github.dkm4j.audit.AuditEvent;
import io.github.dkm4j.key.AccessDenied;
import io.github.dkm4j.key.StoreUnavailable;
import io.github.dkm4j.policy.AccessPolicy;
import io.github.dkm4j.policy.Caller;
import io.github.dkm4j.policy.Decision;
import io.github.dkm4j.policy.Explainer;
import io.github.dkm4j.policy.Operation;
import io.github.dkm4j.policy.PolicyVersion;
import java.util.Set;
import java.util.stream.Collectors;

/** Changes the ring's policy. Whoever calls holds the ring's work lock. */
final class PolicyAdministration {
    private final RingSettings settings;
    private final Refresher refresher;

    PolicyAdministration(RingSettings settings, Refresher refresher) {
        this.settings = settings;
        this.refresher = refresher;
    }

    /** Writes the next version, unless the policy says that already. */
    PolicyVersion change(AccessPolicy policy, String reason, Caller caller) {
        requireAdministration(settings, policy, caller);
        RingSnapshot snapshot = refresher.refreshWhole();
        PolicyVersion current = snapshot.policyVersion();
        if (policy.equals(current.policy())) {
            return current;
        }
        PolicyVersion next =
                new PolicyVersion(free(snapshot, current.number()), settings.now(), caller.name(), reason, policy);
        settings.audit()
                .record(new AuditEvent.PolicyChanged(
                        next.since(), settings.name(), caller.toString(), next.number(), policy.toString(), reason));
        Generations generations = snapshot.generations();
        RecordText record = PolicyRecords.record(
                generations.genesis().value("ring-id"),
                settings.randomId(),
                next,
                snapshot.heads(),
                generations.newest());
        settings.store().add(settings.name(), RingRecords.stored(record));
        // What is there says whether it was added: a store may refuse the second of two attempts of its own.
        RingSnapshot after = refresher.refresh();
        if (!after.ledger().policyRecord().equals(record.hash())) {
            throw new StoreUnavailable("somebody else changed the policy at the same time: look at it, then try again");
        }
        return after.policyVersion();
    }

    /** Whoever writes a policy must be able to write the next one too: otherwise a slip would lock everybody out. */
    static void requireAdministration(RingSettings settings, AccessPolicy policy, Caller caller) {
        Decision decision = Explainer.of(policy, settings.groups()).decide(caller, Operation.ADMINISTER);
        if (!decision.allowed()) {
            settings.audit()
                    .record(new AuditEvent.AccessRefused(
                            settings.now(),
                            settings.name(),
                            caller.toString(),
                            "write a policy",
                            "could not administer under it: " + decision.rule(),
                            0));
            throw new AccessDenied(caller + " could not administer the ring under the policy it wants to write ("
                    + decision.rule() + "): whoever writes one must be able to");
        }
    }

    /** The next number whose slot no record has taken that does not count. */
    private static int free(RingSnapshot snapshot, int current) {
        Set<String> taken = snapshot.records().values().stream()
                .filter(record -> record.is(RingRecords.POLICY))
                .map(record -> record.name().slot())
                .collect(Collectors.toSet());
        int number = current + 1;
        while (taken.contains(PolicyRecords.slot(number))) {
            number++;
        }
        return number;
    }
}
