package io.github.dkm4j;

import io.github.dkm4j.key.EncryptionContext;
import io.github.dkm4j.key.KeyMetadata;
import io.github.dkm4j.key.KeyRef;
import io.github.dkm4j.key.KeyStatus;
import io.github.dkm4j.key.UnknownKey;
import io.github.dkm4j.policy.AccessPolicy;
import io.github.dkm4j.policy.Caller;
import io.github.dkm4j.policy.CallerResolver;
import io.github.dkm4j.policy.Decision;
import io.github.dkm4j.policy.Operation;
import io.github.dkm4j.policy.PolicyVersion;
import io.github.dkm4j.ring.Ring;
import java.time.InstantSource;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** The ring's administration as one caller may use it. */
final class AdminView implements KeyRingAdmin {
    private static final int MOST_REASON = 1_000;
    private static final Pattern UNPRINTABLE = Pattern.compile("[\\p{Cc}\\u2028\\u2029]");

    private final Ring ring;
    private final RingView view;
    private final InstantSource clock;
    private final CallerResolver callers;

    AdminView(Ring ring, RingView view, InstantSource clock, CallerResolver callers) {
        this.ring = ring;
        this.view = view;
        this.clock = clock;
        this.callers = callers;
    }

    @Override
    public Decrypted decryptDespiteRevocation(byte[] message, EncryptionContext context) {
        return view.open(message, context, Operation.ADMINISTER, clock.millis());
    }

    @Override
    public List<KeyDescription> keys() {
        long now = ring.maintain(clock.millis());
        ring.checkAny(caller(), "list keys", now);
        return described(now);
    }

    @Override
    public KeyDescription rollOver() {
        Caller caller = allowed(Operation.ROLL_OVER);
        return described(ring.rollOver(caller));
    }

    @Override
    public KeyDescription revoke(KeyRef key, String reason) {
        Caller caller = allowed(Operation.ADMINISTER);
        return described(ring.revoke(key, checked(reason), caller));
    }

    @Override
    public KeyDescription destroy(KeyRef key, String reason) {
        Caller caller = allowed(Operation.DESTROY);
        return described(ring.destroy(key, checked(reason), false, caller));
    }

    @Override
    public KeyDescription destroyWithoutInventory(KeyRef key, String reason) {
        Caller caller = allowed(Operation.DESTROY);
        return described(ring.destroy(key, checked(reason), true, caller));
    }

    @Override
    public KeyDescription undoDestruction(KeyRef key, String reason) {
        Caller caller = allowed(Operation.DESTROY);
        return described(ring.undo(key, checked(reason), caller));
    }

    @Override
    public int acceptRestore(String reason) {
        Caller caller = allowed(Operation.ADMINISTER);
        return ring.acceptRestore(checked(reason), caller);
    }

    @Override
    public PolicyVersion policy() {
        ring.refresh();
        ring.checkAny(caller(), "see the policy", clock.millis());
        return ring.snapshot().policyVersion();
    }

    @Override
    public PolicyVersion changePolicy(AccessPolicy policy, String reason) {
        Caller caller = allowed(Operation.ADMINISTER);
        return ring.changePolicy(policy, checked(reason), caller);
    }

    @Override
    public Decision explain(Caller about, Operation operation) {
        ring.refresh();
        Caller caller = caller();
        if (caller.isActing() || !about.equals(caller)) {
            ring.checkAny(caller, "ask about others", clock.millis());
        }
        return ring.explain(about, operation);
    }

    @Override
    public List<String> problems() {
        return ring.problems();
    }

    @Override
    public String identity() {
        return ring.identity();
    }

    KeyRingHealth health() {
        long now = ring.maintain(clock.millis());
        Map<KeyStatus, Integer> counts = new EnumMap<>(KeyStatus.class);
        described(now).forEach(key -> counts.merge(key.status(), 1, Integer::sum));
        return KeyRingHealth.of(
                ring.freshAt(),
                ring.isTooStale(now),
                ring.lastError(),
                counts,
                ring.problems(),
                ring.snapshot().isComplete());
    }

    /** Who asks, if the policy as it is now lets him. */
    private Caller allowed(Operation operation) {
        ring.refresh();
        Caller caller = caller();
        ring.check(caller, operation, clock.millis());
        return caller;
    }

    private Caller caller() {
        return callers.resolve();
    }

    private KeyDescription described(KeyMetadata changed) {
        return described(clock.millis()).stream()
                .filter(key -> key.metadata().ref().equals(changed.ref()))
                .findFirst()
                .orElseThrow(() -> new UnknownKey("the ring has no key " + changed.ref()));
    }

    private List<KeyDescription> described(long nowMillis) {
        return KeyDescription.all(ring.snapshot(), nowMillis);
    }

    private static String checked(String reason) {
        if (reason.isBlank()
                || reason.length() > MOST_REASON
                || UNPRINTABLE.matcher(reason).find()) {
            throw new IllegalArgumentException(
                    "a reason has 1 to " + MOST_REASON + " characters in one line, and no control characters");
        }
        return reason;
    }
}
