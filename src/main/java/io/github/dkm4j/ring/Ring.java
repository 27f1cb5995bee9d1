package io.github.dkm4j.ring;

import io.github.dkm4j.audit.AuditEvent;
import io.github.dkm4j.crypto.KeyMaterial;
import io.github.dkm4j.key.AccessDenied;
import io.github.dkm4j.key.ConfigurationMismatch;
import io.github.dkm4j.key.DkmException;
import io.github.dkm4j.key.Epoch;
import io.github.dkm4j.key.GroupDirectoryUnavailable;
import io.github.dkm4j.key.KeyId;
import io.github.dkm4j.key.KeyMetadata;
import io.github.dkm4j.key.KeyRef;
import io.github.dkm4j.key.NoActiveKey;
import io.github.dkm4j.key.StoreUnavailable;
import io.github.dkm4j.policy.AccessPolicy;
import io.github.dkm4j.policy.Caller;
import io.github.dkm4j.policy.MembershipCache;
import io.github.dkm4j.policy.Operation;
import io.github.dkm4j.store.StoredRecord;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * An open ring: the snapshot, its refresh and roll-over, and the policy check. Safe for use by many threads.
 *
 * <p>Readers take the snapshot with one volatile read. Work that is due is done by one caller, who gets the lock; all
 * others go on with the snapshot they have. A snapshot is replaced only by one that knows at least as much.
 */
public final class Ring implements AutoCloseable {
    private static final long RETRY_MILLIS = 1_000;
    static final Duration TOLERATED_SKEW = Duration.ofMinutes(5);

    private final RingSettings settings;
    private final RingReader reader;
    private final MembershipCache members;
    private final ReentrantLock work = new ReentrantLock();
    private volatile RingSnapshot snapshot;
    private volatile long nextRefresh;
    private volatile long nextSearch;
    private volatile @Nullable String storeError;
    private volatile @Nullable String rolloverSkipped;
    private volatile boolean closed;

    private Ring(RingSettings settings) {
        this.settings = settings;
        this.members = new MembershipCache(settings.groups(), settings.membershipTtl(), settings.clock());
        List<StoredRecord> stored = settings.store().read(settings.name());
        this.reader = RingReader.open(settings, stored);
        Instant now = settings.clock().instant();
        try {
            this.snapshot = reader.read(stored, null, now);
        } catch (RuntimeException e) {
            reader.close();
            throw e;
        }
        this.nextRefresh = now.toEpochMilli() + settings.refreshEvery().toMillis();
    }

    /** Makes the ring. */
    public static void create(RingSettings settings, AccessPolicy policy) {
        RingFounder.create(settings, policy);
    }

    /** Opens an existing ring; never creates one. */
    public static Ring open(RingSettings settings) {
        Ring ring = new Ring(settings);
        try {
            settings.policy()
                    .filter(policy -> !policy.equals(ring.snapshot.policy()))
                    .ifPresent(policy -> {
                        throw new ConfigurationMismatch("the configured policy differs from the ring's, which is "
                                + ring.snapshot.policy() + ": the ring's counts, change the configuration");
                    });
            ring.audit(new AuditEvent.RingOpened(
                    settings.clock().instant(),
                    settings.name(),
                    settings.account().toString(),
                    ring.snapshot.metadata().size()));
            ring.reportFindings(List.of(), ring.snapshot.findings());
            return ring;
        } catch (RuntimeException e) {
            ring.close();
            throw e;
        }
    }

    /** What this node knows now. */
    public RingSnapshot snapshot() {
        if (closed) {
            throw new IllegalStateException("the key ring is closed");
        }
        return snapshot;
    }

    /** The hash of the ring's genesis. */
    public String identity() {
        return reader.identity();
    }

    /** Throws unless the policy lets the caller do this. */
    public void check(Caller caller, Operation operation, long nowMillis) {
        if (!isAllowed(caller, operation, nowMillis)) {
            throw refused(caller, operation.label(), "in none of the policy's groups");
        }
    }

    /** Throws unless the policy lets the caller do anything at all. */
    public void checkAny(Caller caller, long nowMillis) {
        for (Operation operation : Operation.values()) {
            if (isAllowed(caller, operation, nowMillis)) {
                return;
            }
        }
        throw refused(caller, "list keys", "in none of the policy's groups");
    }

    /** The key that new writes use. */
    public KeyVersion activeKey(long nowMillis) {
        RingSnapshot current = snapshot();
        if (!current.isComplete()) {
            throw new NoActiveKey("nothing is encrypted while the view of the ring is incomplete: "
                    + String.join("; ", current.findings()));
        }
        return current.active(nowMillis)
                .orElseThrow(() -> new NoActiveKey("the ring has no active key at this time: look at its keys"));
    }

    /** The key of that name; if it is not known, the store is read again, at most once a second for all callers. */
    public @Nullable KeyVersion key(KeyRef ref, long nowMillis) {
        KeyVersion known = snapshot().key(ref);
        if (known == null && due(nextSearch, nowMillis, RETRY_MILLIS) && work.tryLock()) {
            try {
                nextSearch = nowMillis + RETRY_MILLIS;
                refresh(settings.clock().instant());
            } catch (DkmException e) {
                storeError = e.getMessage();
            } finally {
                work.unlock();
            }
            known = snapshot().key(ref);
        }
        return known;
    }

    /** Does what is due, on this caller's thread, if nobody else is at it. Never fails the caller's own operation. */
    public void maintain(long nowMillis) {
        if (!due(nextRefresh, nowMillis, settings.refreshEvery().toMillis()) || !work.tryLock()) {
            return;
        }
        try {
            nextRefresh = nowMillis + settings.refreshEvery().toMillis();
            refresh(settings.clock().instant());
            rollOverIfDue();
        } catch (DkmException e) {
            storeError = e.getMessage();
            nextRefresh =
                    nowMillis + Math.min(RETRY_MILLIS, settings.refreshEvery().toMillis());
        } finally {
            work.unlock();
        }
    }

    /** Makes the successor of the active key, unless one is PENDING; returns the one there is then. */
    public KeyMetadata rollOver(Caller caller) {
        work.lock();
        try {
            refresh(settings.clock().instant());
            return successor(caller);
        } finally {
            work.unlock();
        }
    }

    /** What is wrong, in words; empty if all is well. */
    public List<String> problems() {
        List<String> problems = new ArrayList<>(snapshot().findings());
        Optional.ofNullable(storeError).ifPresent(error -> problems.add("the last refresh failed: " + error));
        Optional.ofNullable(rolloverSkipped).ifPresent(problems::add);
        return problems;
    }

    @Override
    public void close() {
        closed = true;
        reader.close();
        snapshot.keys().values().forEach(key -> key.material().destroy());
    }

    private boolean isAllowed(Caller caller, Operation operation, long nowMillis) {
        try {
            return members.isAllowed(snapshot().policy(), caller, operation, nowMillis);
        } catch (GroupDirectoryUnavailable e) {
            refused(caller, operation.label(), "the group directory could not be asked");
            throw e;
        }
    }

    private AccessDenied refused(Caller caller, String operation, String reason) {
        audit(new AuditEvent.AccessRefused(
                settings.clock().instant(), settings.name(), caller.toString(), operation, reason));
        return new AccessDenied("access denied: " + caller + " may not " + operation + " on ring " + settings.name());
    }

    private void rollOverIfDue() {
        if (settings.rolloverEvery().isEmpty()) {
            return;
        }
        Instant now = settings.clock().instant();
        Optional<KeyVersion> active = snapshot.active(now.toEpochMilli());
        boolean due = active.isPresent()
                && !now.isBefore(active.get()
                        .metadata()
                        .activatesAt()
                        .plus(settings.rolloverEvery().get())
                        .minus(settings.propagation()));
        if (!due || pending(now).isPresent()) {
            rolloverSkipped = null;
        } else if (members.isAllowed(
                snapshot.policy(), settings.account(), Operation.CREATE_NEXT, now.toEpochMilli())) {
            successor(settings.account());
            rolloverSkipped = null;
        } else {
            rolloverSkipped = "roll-over is due, and " + settings.account() + " lacks " + Operation.CREATE_NEXT.label();
        }
    }

    private KeyMetadata successor(Caller caller) {
        Instant now = settings.clock().instant().truncatedTo(ChronoUnit.MILLIS);
        Optional<KeyMetadata> pending = pending(now);
        if (pending.isPresent()) {
            return pending.get();
        }
        if (!snapshot.isComplete()) {
            throw new StoreUnavailable("no key is made while the view of the ring is incomplete: "
                    + String.join("; ", snapshot.findings()));
        }
        Epoch next = snapshot.metadata().stream()
                .map(KeyMetadata::epoch)
                .max(Epoch::compareTo)
                .map(Epoch::next)
                .orElse(Epoch.FIRST);
        KeyMetadata metadata = KeyMetadata.of(
                new KeyRef(next, KeyId.random(settings.random())), now, now.plus(settings.propagation()));
        byte[] bytes = new byte[KeyMaterial.LENGTH];
        settings.random().nextBytes(bytes);
        try (KeyMaterial material = KeyMaterial.copyOf(bytes)) {
            RecordText record = reader.newKey(metadata, material, snapshot.heads());
            audit(new AuditEvent.KeyCreated(
                    now, settings.name(), caller.toString(), metadata.ref(), metadata.activatesAt()));
            settings.store().add(settings.name(), RingRecords.stored(record));
        } finally {
            Arrays.fill(bytes, (byte) 0);
        }
        // Read back before it counts: the store may have taken a rival's record instead, which then is the successor.
        refresh(settings.clock().instant());
        return snapshot.metadata().stream()
                .filter(key -> key.epoch().equals(next))
                .findFirst()
                .orElseThrow(() -> new StoreUnavailable("the store does not show the key of epoch " + next
                        + " that it took: it is not used before it does"));
    }

    private Optional<KeyMetadata> pending(Instant now) {
        Optional<Epoch> active =
                snapshot.active(now.toEpochMilli()).map(key -> key.metadata().epoch());
        return snapshot.metadata().stream()
                .filter(key -> key.activatesAt().isAfter(now) && key.isUsable())
                // A key whose maker's clock ran far ahead is no successor: it could stay PENDING for years.
                .filter(key -> !key.createdAt().isAfter(now.plus(TOLERATED_SKEW)))
                .filter(key -> !key.activatesAt()
                        .isAfter(
                                now.plus(settings.propagation().multipliedBy(2)).plus(TOLERATED_SKEW)))
                .filter(key -> active.isEmpty() || key.epoch().compareTo(active.get()) > 0)
                .findFirst();
    }

    private void refresh(Instant now) {
        List<String> before = snapshot.findings();
        snapshot = reader.read(settings.store().read(settings.name()), snapshot(), now);
        if (closed) {
            close();
        }
        storeError = null;
        reportFindings(before, snapshot.findings());
    }

    private void reportFindings(List<String> known, List<String> found) {
        found.stream()
                .filter(finding -> !known.contains(finding))
                .forEach(finding -> audit(new AuditEvent.StoreDoubted(
                        settings.clock().instant(),
                        settings.name(),
                        settings.account().toString(),
                        finding)));
    }

    private void audit(AuditEvent event) {
        settings.audit().record(event);
    }

    /** Due, or the clock went back so far that waiting for it would be wrong. */
    private static boolean due(long at, long nowMillis, long period) {
        return nowMillis >= at || nowMillis < at - 2 * period;
    }
}
