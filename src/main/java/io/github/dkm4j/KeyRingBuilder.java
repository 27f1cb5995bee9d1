package io.github.dkm4j;

import io.github.dkm4j.audit.AuditSink;
import io.github.dkm4j.audit.Slf4jAuditSink;
import io.github.dkm4j.crypto.Ciphers;
import io.github.dkm4j.crypto.MessageCipher;
import io.github.dkm4j.key.AccessDenied;
import io.github.dkm4j.key.ConfigurationMismatch;
import io.github.dkm4j.key.RecordNotAuthentic;
import io.github.dkm4j.key.RingExists;
import io.github.dkm4j.key.RingNotFound;
import io.github.dkm4j.key.RootKeyDenied;
import io.github.dkm4j.key.RootKeyUnavailable;
import io.github.dkm4j.key.StoreUnavailable;
import io.github.dkm4j.policy.AccessPolicy;
import io.github.dkm4j.policy.Caller;
import io.github.dkm4j.policy.GroupDirectory;
import io.github.dkm4j.ring.Ring;
import io.github.dkm4j.ring.RingSettings;
import io.github.dkm4j.root.RootKey;
import io.github.dkm4j.store.KeyRingStore;
import java.security.Provider;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Describes a ring, to create or to open it. Store, root key and groups are required; to create, the policy too. For
 * use by one thread.
 */
public final class KeyRingBuilder {
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}");

    private final String name;
    private @Nullable KeyRingStore store;
    private @Nullable RootKey root;
    private @Nullable GroupDirectory groups;
    private @Nullable AccessPolicy policy;
    private @Nullable String pin;
    private @Nullable Caller account;
    private @Nullable Duration rolloverEvery;
    private Duration propagation = Duration.ofMinutes(5);
    private Duration refreshEvery = Duration.ofMinutes(1);
    private Duration membershipTtl = Duration.ofMinutes(1);
    private boolean singleNode;
    private int readAhead = MessageCipher.DEFAULT_READ_AHEAD;
    private Ciphers ciphers = Ciphers.platform();
    private @Nullable SecureRandom random;
    private InstantSource clock = InstantSource.system();
    private AuditSink audit = new Slf4jAuditSink();

    KeyRingBuilder(String name) {
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException("a ring's name is 1 to 64 letters, digits, dots, hyphens or"
                    + " underscores, the first a letter or digit");
        }
        this.name = name;
    }

    /** Where the ring's records live. Required. */
    public KeyRingBuilder store(KeyRingStore store) {
        this.store = store;
        return this;
    }

    /** What wraps the ring's master secret. Required; used when the ring is created or opened, and not kept longer. */
    public KeyRingBuilder rootKey(RootKey root) {
        this.root = root;
        return this;
    }

    /** Who is in which security group. Required. */
    public KeyRingBuilder groups(GroupDirectory groups) {
        this.groups = groups;
        return this;
    }

    /** Which group may do what: written by {@link #create()}, asserted by {@link #open()}. */
    public KeyRingBuilder policy(AccessPolicy policy) {
        this.policy = policy;
        return this;
    }

    /** The hash of the genesis that the ring must have, as {@link KeyRingAdmin#identity()} shows it. */
    public KeyRingBuilder pin(String genesisHash) {
        this.pin = genesisHash;
        return this;
    }

    /** Whom the ring itself acts as; the default is the process's account as the operating system reports it. */
    public KeyRingBuilder account(Caller account) {
        this.account = account;
        return this;
    }

    /** How long a key is active before its successor takes over, without anybody's doing. Default: no such limit. */
    public KeyRingBuilder rolloverEvery(Duration age) {
        this.rolloverEvery = age;
        return this;
    }

    /**
     * The propagation window: how long a new key stays PENDING, so that every node has it before anyone writes with
     * it. Default 5 minutes. Must be longer than the refresh interval; zero needs {@link #singleNode()}.
     */
    public KeyRingBuilder propagation(Duration window) {
        this.propagation = window;
        return this;
    }

    /** How often the store is read again. Default 1 minute. */
    public KeyRingBuilder refreshEvery(Duration interval) {
        this.refreshEvery = interval;
        return this;
    }

    /** How long an answer of the group directory counts. Default 1 minute. */
    public KeyRingBuilder membershipTtl(Duration ttl) {
        this.membershipTtl = ttl;
        return this;
    }

    /** Says that no other process uses the ring while this one does, so that the propagation window may be zero. */
    public KeyRingBuilder singleNode() {
        this.singleNode = true;
        return this;
    }

    /**
     * How many nonces are drawn ahead, 0 to 1024, default 64. 0 is for machines that are snapshotted while they run:
     * nothing random is then held that a clone could use again.
     */
    public KeyRingBuilder readAhead(int nonces) {
        if (nonces < 0 || nonces > 1024) {
            throw new IllegalArgumentException("readAhead must be 0 to 1024, not " + nonces);
        }
        this.readAhead = nonces;
        return this;
    }

    /** The JCE provider whose AES-GCM is used; the default is the platform's. */
    public KeyRingBuilder provider(Provider provider) {
        this.ciphers = new Ciphers(provider);
        return this;
    }

    /** The random generator for keys and nonces; the default is the platform's. */
    public KeyRingBuilder random(SecureRandom random) {
        this.random = random;
        return this;
    }

    /** The time; the default is the system's. */
    public KeyRingBuilder clock(InstantSource clock) {
        this.clock = clock;
        return this;
    }

    /** Where audit events go; the default is the logger {@code io.github.dkm4j.audit}. */
    public KeyRingBuilder audit(AuditSink sink) {
        this.audit = sink;
        return this;
    }

    /**
     * Makes the ring with its policy and its first key, and opens it. The ring's account must be in an ADMINISTER group
     * of the policy.
     *
     * @throws IllegalStateException if something required is missing
     * @throws IllegalArgumentException if durations do not fit one another
     * @throws RingExists if there is a ring of this name; nothing was touched
     * @throws AccessDenied if the account is in no ADMINISTER group
     * @throws RootKeyUnavailable if the root key cannot be used
     * @throws StoreUnavailable if the store cannot be written
     */
    public KeyRing create() {
        RingSettings settings = settings();
        Ring.create(
                settings, settings.policy().orElseThrow(() -> new IllegalStateException("create() needs a policy")));
        return new KeyRing(settings);
    }

    /**
     * Opens the ring; never creates one.
     *
     * @throws IllegalStateException if something required is missing
     * @throws IllegalArgumentException if durations do not fit one another
     * @throws RingNotFound if there is no ring of this name
     * @throws RootKeyDenied if the root key is not this ring's
     * @throws RootKeyUnavailable if the root key cannot be used
     * @throws StoreUnavailable if the store cannot be read
     * @throws RecordNotAuthentic if the genesis, the policy or the root's record was altered
     * @throws ConfigurationMismatch if the ring's policy or identity is not the asserted one
     */
    public KeyRing open() {
        return new KeyRing(settings());
    }

    private RingSettings settings() {
        if (propagation.isNegative() || refreshEvery.isNegative() || membershipTtl.isNegative()) {
            throw new IllegalArgumentException("durations must not be negative");
        }
        if (propagation.compareTo(refreshEvery) <= 0 && !singleNode) {
            throw new IllegalArgumentException("the propagation window of " + propagation
                    + " must be longer than the refresh interval of " + refreshEvery
                    + ", or a node could write with a key that another has not read; a ring that one process alone"
                    + " uses says so with singleNode (store.single-node=true)");
        }
        if (rolloverEvery != null && rolloverEvery.compareTo(propagation) <= 0) {
            throw new IllegalArgumentException("rolloverEvery must be longer than the propagation window");
        }
        return new RingSettings(
                name,
                required(store, "store"),
                required(root, "rootKey"),
                required(groups, "groups"),
                Optional.ofNullable(policy),
                Optional.ofNullable(pin),
                account != null ? account : Caller.processAccount(),
                Optional.ofNullable(rolloverEvery),
                propagation,
                refreshEvery,
                membershipTtl,
                readAhead,
                ciphers,
                random != null ? random : new SecureRandom(),
                clock,
                audit);
    }

    private static <T> T required(@Nullable T value, String what) {
        if (value == null) {
            throw new IllegalStateException("the ring needs a " + what);
        }
        return value;
    }
}
