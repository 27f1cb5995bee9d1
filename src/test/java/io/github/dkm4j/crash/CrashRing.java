package io.github.dkm4j.crash;

import io.github.dkm4j.KeyRing;
import io.github.dkm4j.KeyRingBuilder;
import io.github.dkm4j.policy.AccessPolicy;
import io.github.dkm4j.policy.Caller;
import io.github.dkm4j.policy.InMemoryGroupDirectory;
import io.github.dkm4j.policy.Operation;
import io.github.dkm4j.root.RootKey;
import io.github.dkm4j.root.RootWrap;
import io.github.dkm4j.store.KeyRingStore;
import java.time.Duration;

/** The ring that the processes share: on the real clock, with durations so short that keys come and go. */
final class CrashRing {
    /** Statements of use are told after each sixteenth. */
    private static final int BUDGET = 480;

    private static final String GROUP = "Services";
    private static final Caller SERVICE = new Caller("svc", "svc");

    private CrashRing() {}

    static KeyRingBuilder builder(KeyRingStore store) {
        InMemoryGroupDirectory groups = new InMemoryGroupDirectory();
        groups.add(GROUP, SERVICE.name());
        return KeyRing.builder("crash")
                .store(store)
                .rootKey(new PlainRoot())
                .groups(groups)
                .account(SERVICE)
                .refreshEvery(Duration.ofMillis(50))
                .clockSkew(Duration.ofMillis(100))
                .propagation(Duration.ofMillis(300))
                .rolloverMessages(BUDGET)
                .audit(event -> {});
    }

    static void create(KeyRingStore store) {
        AccessPolicy policy = AccessPolicy.builder()
                .allow(Operation.ENCRYPT, GROUP)
                .allow(Operation.DECRYPT, GROUP)
                .allow(Operation.CREATE_NEXT, GROUP)
                .allow(Operation.ROLL_OVER, GROUP)
                .allow(Operation.ADMINISTER, GROUP)
                .build();
        builder(store).policy(policy).create().close();
    }

    /** Wraps nothing: fast, and what it would protect is a test's. */
    private static final class PlainRoot implements RootKey {
        @Override
        public String kind() {
            return "plain";
        }

        @Override
        public RootWrap wrap(byte[] secret, byte[] associatedData) {
            return new RootWrap("", secret.clone());
        }

        @Override
        public byte[] unwrap(RootWrap wrap, byte[] associatedData) {
            return wrap.wrapped().clone();
        }
    }
}
