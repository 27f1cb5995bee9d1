package io.github.dkm4j;

import io.github.dkm4j.audit.AuditEvent;
import io.github.dkm4j.policy.AccessPolicy;
import io.github.dkm4j.policy.Caller;
import io.github.dkm4j.policy.InMemoryGroupDirectory;
import io.github.dkm4j.policy.Operation;
import io.github.dkm4j.root.RootKey;
import io.github.dkm4j.root.RootWrap;
import io.github.dkm4j.store.InMemoryKeyRingStore;
import io.github.dkm4j.store.KeyRingStore;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** A ring in memory under a clock that the test turns. */
public final class TestRings implements InstantSource {
    public static final Caller SERVICE = new Caller("svc-mail", "svc-mail");
    public static final Caller OPERATOR = new Caller("operator", "operator");
    public static final Caller STRANGER = new Caller("stranger", "stranger");
    public static final AccessPolicy POLICY = AccessPolicy.builder()
            .allow(Operation.ENCRYPT, "Mail Services")
            .allow(Operation.DECRYPT, "Mail Services")
            .allow(Operation.ROLL_OVER, "Operators")
            .allow(Operation.ADMINISTER, "Operators")
            .allow(Operation.DESTROY, "Operators")
            .build();

    public final InMemoryGroupDirectory groups = new InMemoryGroupDirectory();
    public final List<AuditEvent> events = new CopyOnWriteArrayList<>();
    public KeyRingStore store;
    public RootKey root = new FixedRoot((byte) 1);
    /** How far the nodes' clock is ahead of the store's. */
    public volatile Duration ahead = Duration.ZERO;

    public volatile Instant now = Instant.parse("2026-01-01T00:00:00Z");

    public TestRings() {
        store = new InMemoryKeyRingStore(() -> now);
        groups.add("Mail Services", "svc-mail");
        groups.add("Operators", "operator");
    }

    @Override
    public Instant instant() {
        return now.plus(ahead);
    }

    public void pass(Duration time) {
        now = now.plus(time);
    }

    public KeyRingBuilder builder(Caller account) {
        return KeyRing.builder("connected-accounts")
                .store(store)
                .rootKey(root)
                .groups(groups)
                .account(account)
                .clock(this)
                .audit(events::add);
    }

    public void create() {
        builder(OPERATOR).policy(POLICY).create().close();
    }

    public KeyRing open() {
        return builder(SERVICE).open();
    }

    /** Wraps by exclusive or with a constant: fast, and it authenticates nothing, as the ring must expect of a root. */
    public record FixedRoot(byte mask) implements RootKey {
        @Override
        public String kind() {
            return "fixed";
        }

        @Override
        public RootWrap wrap(byte[] secret, byte[] associatedData) {
            return new RootWrap("", masked(secret));
        }

        @Override
        public byte[] unwrap(RootWrap wrap, byte[] associatedData) {
            return masked(wrap.wrapped());
        }

        private byte[] masked(byte[] bytes) {
            byte[] masked = bytes.clone();
            for (int i = 0; i < masked.length; i++) {
                masked[i] ^= mask;
            }
            return masked;
        }
    }
}
