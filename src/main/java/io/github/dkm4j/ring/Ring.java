package io.github.dkm4j.ring;

import io.github.dkm4j.audit.AuditEvent;
import io.github.dkm4j.key.ConfigurationMismatch;
import io.github.dkm4j.key.DkmException;
import io.github.dkm4j.key.KeyMetadata;
import io.github.dkm4j.key.KeyRef;
import io.github.dkm4j.key.NoActiveKey;
import io.github.dkm4j.key.StoreUnavailable;
import io.github.dkm4j.policy.AccessPolicy;
import io.github.dkm4j.policy.Caller;
import io.github.dkm4j.policy.Decision;
import io.github.dkm4j.policy.Explainer;
import io.github.dkm4j.policy.Operation;
import io.github.dkm4j.policy.PolicyVersion;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * An open ring. Safe for use by many threads.
 *
 * <p>Readers take the snapshot with one volatile read. Work that is due is done by one caller, who gets the lock, or by
 * the user's executor; all others go on with the snapshot they have.
 */
public final class Ring implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final RingSettings settings;
    private final Access access;
    private final KeyUses uses;
    private final Refresher refresher;
    private final Usage usage;
    private final RollOver rollOver;
    private final Administration administration;
    private final PolicyAdministration policies;
    private final KeySearch search;
    private final Maintenance maintenance;
    private final ReentrantLock work = new ReentrantLock();
    private final NewestUsed newestUsed;
    private volatile long nextRescue;
    private final long encryptBound;
    private final long decryptBound;
    private final long skew;

    private Ring(RingSettings settings, Runnable forget) {
        this.settings = settings;
        this.access = new Access(settings);
        this.uses = new KeyUses(settings, access);
        this.refresher = new Refresher(settings, forget);
        this.newestUsed = new NewestUsed(refresher);
        this.usage = new Usage(settings, refresher);
        this.rollOver = new RollOver(settings, refresher, usage);
        this.administration = new Administration(settings, refresher, rollOver);
        this.policies = new PolicyAdministration(settings, refresher);
        this.encryptBound = settings.encryptStaleness().toMillis();
        this.decryptBound = settings.decryptStaleness().toMillis();
        this.skew = settings.clockSkew().toMillis();
        this.search = new KeySearch(refresher, settings.refreshEvery());
        this.maintenance = new Maintenance(settings, access, refresher, usage, rollOver, search, work);
    }

    /** Makes the ring. */
    public static void create(RingSettings settings, AccessPolicy policy) {
        RingFounder.create(settings, policy);
    }

    /**
     * Opens an existing ring; never creates one.
     *
     * @param forget run when keys were destroyed: whoever derived something from them wipes it
     */
    public static Ring open(RingSettings settings, Runnable forget) {
        Ring ring = new Ring(settings, forget);
        try {
            RingSnapshot snapshot = ring.snapshot();
            settings.policy()
                    .filter(policy -> !policy.equals(snapshot.policy()))
                    .ifPresent(policy -> {
                        throw new ConfigurationMismatch("the configured policy differs from the ring's, which is "
                                + snapshot.policy() + ": the ring's counts, change the configuration");
                    });
            settings.audit()
                    .tryToRecord(new AuditEvent.RingOpened(
                            settings.clock().instant(),
                            settings.name(),
                            settings.account().toString(),
                            snapshot.keys().size(),
                            snapshot.policyVersion().number()));
            ring.refresher.report();
            return ring;
        } catch (RuntimeException e) {
            ring.close();
            throw e;
        }
    }

    /** What this node knows now. */
    public RingSnapshot snapshot() {
        return refresher.snapshot();
    }

    /** The hash of the ring's genesis. */
    public String identity() {
        return refresher.generations().genesis().hash().toString();
    }

    /** Throws unless the policy lets the caller do this; returns the policy. */
    public AccessPolicy check(Caller caller, Operation operation, long nowMillis) {
        AccessPolicy policy = snapshot().policy();
        access.check(policy, caller, operation, nowMillis);
        return policy;
    }

    /** The same, if there is another policy by now than the one that was asked. */
    @SuppressWarnings("ReferenceEquality")
    public void checkAgain(AccessPolicy asked, Caller caller, Operation operation, long nowMillis) {
        if (snapshot().policy() != asked) {
            check(caller, operation, nowMillis);
        }
    }

    /** Throws unless the policy lets the caller do anything at all. */
    public void checkAny(Caller caller, String what, long nowMillis) {
        access.checkAny(snapshot().policy(), caller, what, nowMillis);
    }

    /** The key that new writes use. */
    public KeyVersion activeKey(long nowMillis) {
        checkFresh(encryptBound, "encrypted", nowMillis);
        RingSnapshot current = snapshot();
        if (!current.isComplete()) {
            throw new NoActiveKey("nothing is encrypted while the view of the ring is incomplete: "
                    + String.join("; ", current.findings()));
        }
        Optional<KeyVersion> active = current.active(nowMillis);
        if (active.isEmpty()) {
            throw new NoActiveKey("the ring has no active key at this time: look at its keys");
        }
        return newestUsed.orNewer(active.get());
    }

    /** Where it is put on record who used which key. */
    public KeyUses uses() {
        return uses;
    }

    /** Counts what was sealed. */
    public void sealed(KeyVersion key, long bytes) {
        usage.count(key.metadata().ref(), bytes);
    }

    /** Counts more of a message that was counted. */
    public void sealedMore(KeyVersion key, long bytes) {
        usage.countBytes(key.metadata().ref(), bytes);
    }

    /** The key of that name; null if there is none, as far as the store could be asked. */
    public @Nullable KeyVersion key(KeyRef ref, long nowMillis) {
        checkFresh(decryptBound, "decrypted", nowMillis);
        KeyVersion known = snapshot().key(ref);
        return known != null ? known : search.find(ref, nowMillis);
    }

    /** Does what is due, if nobody else is at it, and returns the time by which to go on. Never fails. */
    public long maintain(long nowMillis) {
        uses.tellIfDue(nowMillis);
        access.refusals().tellIfDue(nowMillis);
        return maintenance.run(nowMillis) ? settings.clock().millis() : nowMillis;
    }

    /** Reads the store again if that is due, and does nothing else that is. Never fails for the store's sake. */
    public void refresh() {
        maintenance.refresh(settings.clock().millis());
    }

    /** Makes the successor of the active key, unless one is PENDING; returns the one there is then. */
    public KeyMetadata rollOver(Caller caller) {
        return working(caller, Operation.ROLL_OVER, () -> rollOver.ensureSuccessor(caller, true));
    }

    /** Revokes a key and replaces the active one and the master secret. */
    public KeyMetadata revoke(KeyRef key, String reason, Caller caller) {
        return working(caller, Operation.ADMINISTER, () -> administration.revoke(key, reason, caller));
    }

    /** Asks for a destruction, or completes it when its delay is over. */
    public KeyMetadata destroy(KeyRef key, String reason, boolean override, Caller caller) {
        return working(caller, Operation.DESTROY, () -> administration.destroy(key, reason, override, caller));
    }

    /** Ends a destruction that was not completed. */
    public KeyMetadata undo(KeyRef key, String reason, Caller caller) {
        return working(caller, Operation.DESTROY, () -> administration.undo(key, reason, caller));
    }

    /** Declares that missing records are lost for good; returns how many. */
    public int acceptRestore(String reason, Caller caller) {
        return working(caller, Operation.ADMINISTER, () -> administration.acceptRestore(reason, caller));
    }

    /** Writes the policy's next version, unless it says that already. */
    public PolicyVersion changePolicy(AccessPolicy policy, String reason, Caller caller) {
        return working(caller, Operation.ADMINISTER, () -> policies.change(policy, reason, caller));
    }

    /** What the policy decides about a caller, and why; nothing remembered counts. */
    public Decision explain(Caller caller, Operation operation) {
        return Explainer.of(snapshot().policy(), settings.groups()).decide(caller, operation);
    }

    /** Puts on record that a message under a revoked key is opened. */
    public void openedDespiteRevocation(KeyRef key, Caller caller) {
        settings.audit()
                .record(new AuditEvent.RevokedKeyUsed(
                        settings.clock().instant(), settings.name(), caller.toString(), key));
    }

    /** When the store was last read. */
    public Instant freshAt() {
        return Instant.ofEpochMilli(refresher.freshAtMillis());
    }

    /** Why the last refresh failed; empty if it did not. */
    public Optional<String> lastError() {
        return refresher.error();
    }

    /** Whether nothing is encrypted any more because the snapshot is too old. */
    public boolean isTooStale(long nowMillis) {
        return isOlder(nowMillis, encryptBound);
    }

    /** What is wrong, in words; empty if all is well. */
    public List<String> problems() {
        List<String> problems = new ArrayList<>(snapshot().findings());
        snapshot()
                .ledger()
                .unfinishedRevocations()
                .forEach(key ->
                        problems.add("the revocation of key " + key + " was not completed: revoke it again, so that"
                                + " the master secret starts a new generation"));
        problems.addAll(snapshot().ledger().overtakenPolicies());
        problems.addAll(snapshot().remarks());
        problems.addAll(refresher.doubts());
        refresher.error().ifPresent(error -> problems.add("the last refresh failed: " + error));
        maintenance.error().ifPresent(problems::add);
        access.trouble().ifPresent(problems::add);
        problems.addAll(settings.audit().doubts());
        return problems;
    }

    @Override
    public void close() {
        try {
            uses.tellAll();
            access.refusals().tellAll();
            tellUsage();
        } finally {
            refresher.close();
        }
    }

    private void tellUsage() {
        if (work.tryLock()) {
            try {
                usage.tell(true);
            } catch (DkmException | IllegalStateException e) {
                // What could not be told is not counted by the others; nobody is left here to hear of it.
                settings.audit()
                        .tryToRecord(new AuditEvent.StoreDoubted(
                                settings.clock().instant(),
                                settings.name(),
                                settings.account().toString(),
                                "the last use could not be told: " + e.getMessage()));
            } finally {
                work.unlock();
            }
        }
    }

    /** Does something for a caller who may by the policy as the store has it now. */
    private <T> T working(Caller caller, Operation operation, Supplier<T> task) {
        work.lock();
        try {
            refresher.refresh();
            check(caller, operation, settings.clock().millis());
            return task.get();
        } finally {
            work.unlock();
        }
    }

    private void checkFresh(long bound, String what, long nowMillis) {
        if (isOlder(nowMillis, bound) && !refreshedAtLast(nowMillis, bound)) {
            throw new StoreUnavailable("nothing is " + what + " any more: the ring was last read at " + freshAt()
                    + ", which is longer ago than " + Duration.ofMillis(bound)
                    + refresher.error().map(error -> "; " + error).orElse(""));
        }
    }

    /** After a long idle time nobody has refreshed, and an executor may not have got to it: then this caller does. */
    private boolean refreshedAtLast(long nowMillis, long bound) {
        try {
            refresher.refreshWithin(PATIENCE, () -> {
                boolean wanted = isOlder(nowMillis, bound) && Maintenance.isDue(nextRescue, nowMillis, 1_000);
                nextRescue = wanted ? nowMillis + 1_000 : nextRescue;
                return wanted;
            });
        } catch (DkmException e) {
            return false; // the reason is in the refresher's error
        }
        return !isOlder(nowMillis, bound);
    }

    /** A snapshot from the future is of unknown age: the clock was set back, unless the caller was held up since. */
    private boolean isOlder(long nowMillis, long bound) {
        long freshAt = refresher.freshAtMillis();
        long age = nowMillis - freshAt;
        return age > bound || (age < -skew && settings.clock().millis() - freshAt < -skew);
    }
}
