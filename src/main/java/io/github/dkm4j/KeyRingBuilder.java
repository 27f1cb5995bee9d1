package io.github.dkm4j;

import io.github.dkm4j.audit.AuditRules;
import io.github.dkm4j.audit.AuditSink;
import io.github.dkm4j.audit.AuditTrailBuilder;
import io.github.dkm4j.audit.OpeningTrail;
import io.github.dkm4j.audit.Slf4jAuditSink;
import io.github.dkm4j.crypto.Ciphers;
import io.github.dkm4j.crypto.MessageCipher;
import io.github.dkm4j.key.AccessDenied;
import io.github.dkm4j.key.ConfigurationMismatch;
import io.github.dkm4j.key.GroupDirectoryUnavailable;
import io.github.dkm4j.key.KeyInventory;
import io.github.dkm4j.key.RecordNotAuthentic;
import io.github.dkm4j.key.RingExists;
import io.github.dkm4j.key.RingNotFound;
import io.github.dkm4j.key.RootKeyDenied;
import io.github.dkm4j.key.RootKeyUnavailable;
import io.github.dkm4j.key.StoreUnavailable;
import io.github.dkm4j.policy.AccessPolicy;
import io.github.dkm4j.policy.Caller;
import io.github.dkm4j.policy.GroupDirectory;
import io.github.dkm4j.ring.Recorder;
import io.github.dkm4j.ring.Ring;
import io.github.dkm4j.ring.RingSettings;
import io.github.dkm4j.root.RootKey;
import io.github.dkm4j.store.KeyRingStore;
import java.nio.file.Path;
import java.security.Provider;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.Executor;
import java.util.function.Function;
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
    private @Nullable Path pinFile;
    private @Nullable Caller account;
    private @Nullable Duration rolloverEvery;
    private Duration propagation = Duration.ofMinutes(5);
    private Duration refreshEvery = Duration.ofMinutes(1);
    private Duration replicationBound = Duration.ZERO;
    private Duration clockSkew = Duration.ofMinutes(1);
    private Duration encryptStaleness = Duration.ofHours(1);
    private Duration decryptStaleness = Duration.ofDays(1);
    private Duration destroyRetention = Duration.ofDays(30);
    private Duration backupAge = Duration.ZERO;
    private @Nullable Long rolloverMessages;
    private @Nullable Long rolloverBytes;
    private @Nullable KeyInventory inventory;
    private @Nullable Executor executor;
    private Duration membershipTtl = Duration.ofMinutes(1);
    private Duration membershipGrace = Duration.ZERO;
    private boolean singleNode;
    private int readAhead = MessageCipher.DEFAULT_READ_AHEAD;
    private Ciphers ciphers = Ciphers.platform();
    private @Nullable SecureRandom random;
    private InstantSource clock = InstantSource.system();
    private AuditSink audit = new Slf4jAuditSink();
    private @Nullable AuditTrailBuilder trail;
    private boolean auditInStore = true;
    private AuditRules auditRules = AuditRules.standard();

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

    /**
     * What wraps the ring's master secret. Required; used when the ring is created or opened and whenever a revocation
     * starts a new generation: a ring whose root was closed meanwhile goes on opening messages and encrypts nothing.
     */
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

    /**
     * A file in which this node keeps what it has seen of the ring, outside the store. A ring that is opened with it is not
     * accepted with less: nothing is encrypted until what is missing is back, or an administrator accepted the loss. Made
     * by the first opening, which trusts the store; kept safe by whoever runs the node.
     */
    public KeyRingBuilder pinFile(Path file) {
        this.pinFile = file;
        return this;
    }

    /**
     * Whom the ring itself acts as. The default is the account as which the process has proved itself to the group
     * directory or, where that asks nobody, the one that the operating system reports.
     */
    public KeyRingBuilder account(Caller account) {
        if (account.isActing()) {
            throw new IllegalArgumentException("a ring acts as an account, not as one that acts for another");
        }
        this.account = account;
        return this;
    }

    /** How long a key is active before its successor takes over, without anybody's doing. Default: no such limit. */
    public KeyRingBuilder rolloverEvery(Duration age) {
        this.rolloverEvery = age;
        return this;
    }

    /**
     * How many messages a key seals before its successor is made, on all nodes together. A node looks when it refreshes,
     * and tells the others about each sixteenth: the number is exceeded by what is sealed until then and in the
     * propagation window, and by up to a sixteenth for each node. Default: no such limit.
     */
    public KeyRingBuilder rolloverMessages(long messages) {
        this.rolloverMessages = positive(messages);
        return this;
    }

    /** How many plaintext bytes a key seals before its successor is made; otherwise as {@link #rolloverMessages}. */
    public KeyRingBuilder rolloverBytes(long bytes) {
        this.rolloverBytes = positive(bytes);
        return this;
    }

    /**
     * The propagation window: how long a new key stays PENDING, so that every node has it before anyone writes with
     * it. Default 5 minutes. Must be longer than refresh interval, replication bound and clock skew together; zero
     * needs {@link #singleNode()}.
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

    /** How long the store may take to show one replica's record on all others. Default zero: there is one store. */
    public KeyRingBuilder replicationBound(Duration bound) {
        this.replicationBound = bound;
        return this;
    }

    /** How far clocks of nodes and store may be apart. Default 1 minute. No key is made by a node that is farther off. */
    public KeyRingBuilder clockSkew(Duration skew) {
        this.clockSkew = skew;
        return this;
    }

    /**
     * For how long the ring goes on when the store cannot be read: encryption stops first, then decryption. The second
     * is the bound within which a revocation reaches every node. Defaults 1 hour and 1 day.
     */
    public KeyRingBuilder maxStaleness(Duration encrypt, Duration decrypt) {
        this.encryptStaleness = encrypt;
        this.decryptStaleness = decrypt;
        return this;
    }

    /**
     * How long a key's destruction can be undone. Default 30 days. Must be longer than decryption staleness,
     * propagation window, clock skew and {@link #backupAge} together.
     */
    public KeyRingBuilder destroyRetention(Duration retention) {
        this.destroyRetention = retention;
        return this;
    }

    /** How old messages in queues and backups may be when they come back. Default zero. */
    public KeyRingBuilder backupAge(Duration age) {
        this.backupAge = age;
        return this;
    }

    /** Who says whether messages still use a key that is to be destroyed. Default: nobody can. */
    public KeyRingBuilder inventory(KeyInventory inventory) {
        this.inventory = inventory;
        return this;
    }

    /** Who refreshes and rolls over when it is due; by default the caller whose turn it is. */
    public KeyRingBuilder executor(Executor executor) {
        this.executor = executor;
        return this;
    }

    /**
     * How long an answer of the group directory counts, and so within which time a removal from a group takes effect.
     * Default 1 minute.
     */
    public KeyRingBuilder membershipTtl(Duration ttl) {
        this.membershipTtl = ttl;
        return this;
    }

    /**
     * For how long after that a yes still counts while the directory cannot be asked; a no never does. Default zero: then
     * nobody is let in. It adds to the time within which a removal takes effect, for whoever can keep the directory from
     * answering.
     */
    public KeyRingBuilder membershipGrace(Duration grace) {
        this.membershipGrace = grace;
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
        this.trail = null;
        return this;
    }

    /** The trail where audit events go; it is begun when the ring is opened, and ended when that is closed. */
    public KeyRingBuilder audit(AuditTrailBuilder trail) {
        this.trail = trail;
        return this;
    }

    /**
     * Whether the trail's key and some of its checkpoints are put into the ring's store, where its machine's administrator
     * cannot change them; true by default. An account that may only read the store cannot do so, and health says so then.
     */
    public KeyRingBuilder auditInStore(boolean yes) {
        this.auditInStore = yes;
        return this;
    }

    /** How the use of keys is recorded; {@link AuditRules#standard} by default. */
    public KeyRingBuilder auditRules(AuditRules rules) {
        this.auditRules = rules;
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
     * @throws GroupDirectoryUnavailable if the group directory cannot be asked
     */
    public KeyRing create() {
        return withTrail(opened -> {
            RingSettings settings = settings(opened);
            Ring.create(
                    settings,
                    settings.policy().orElseThrow(() -> new IllegalStateException("create() needs a policy")));
            return new KeyRing(settings, opened);
        });
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
     * @throws GroupDirectoryUnavailable if the group directory is the one that says whom the process acts as, and cannot be
     *     asked
     * @throws RecordNotAuthentic if the genesis, the policy or the root's record was altered
     * @throws ConfigurationMismatch if the ring's policy or identity is not the asserted one
     */
    public KeyRing open() {
        return withTrail(opened -> new KeyRing(settings(opened), opened));
    }

    private KeyRing withTrail(Function<Optional<OpeningTrail>, KeyRing> opening) {
        Optional<OpeningTrail> opened = Optional.ofNullable(trail).map(OpeningTrail::new);
        KeyRing ring = null;
        boolean open = false;
        try {
            ring = opening.apply(opened);
            if (auditInStore) {
                KeyRingStore kept = required(store, "store");
                opened.ifPresent(begun -> begun.whenBegun(trail -> StoreWitness.attach(kept, name, clock, trail)));
            }
            open = true;
            return ring;
        } finally {
            if (!open && ring != null) {
                ring.close(); // and with it the trail
            } else if (!open) {
                opened.ifPresent(OpeningTrail::close);
            }
        }
    }

    private RingSettings settings(Optional<OpeningTrail> opened) {
        GroupDirectory directory = required(groups, "groups");
        new DurationRules(refreshEvery, replicationBound, clockSkew)
                .check(List.of(membershipTtl, membershipGrace, backupAge))
                .checkWindow(propagation, singleNode, Optional.ofNullable(rolloverEvery))
                .checkStaleness(encryptStaleness, decryptStaleness)
                .checkRetention(
                        destroyRetention, decryptStaleness.plus(propagation).plus(backupAge));
        return new RingSettings(
                name,
                required(store, "store"),
                required(root, "rootKey"),
                directory,
                Optional.ofNullable(policy),
                Optional.ofNullable(pin),
                Optional.ofNullable(pinFile),
                account != null ? account : accountOf(directory),
                Optional.ofNullable(rolloverEvery),
                propagation,
                rolloverMessages == null ? OptionalLong.empty() : OptionalLong.of(rolloverMessages),
                rolloverBytes == null ? OptionalLong.empty() : OptionalLong.of(rolloverBytes),
                refreshEvery,
                encryptStaleness,
                decryptStaleness,
                clockSkew,
                destroyRetention,
                membershipTtl,
                membershipGrace,
                Optional.ofNullable(inventory),
                Optional.ofNullable(executor),
                readAhead,
                ciphers,
                random != null ? random : new SecureRandom(),
                clock,
                new Recorder(opened.isPresent() ? opened.get() : audit, auditRules));
    }

    private static Caller accountOf(GroupDirectory directory) {
        return directory.identity().map(name -> new Caller(name, name)).orElseGet(Caller::processAccount);
    }

    private static long positive(long number) {
        if (number < 1) {
            throw new IllegalArgumentException("a budget is at least 1, not " + number);
        }
        return number;
    }

    private static <T> T required(@Nullable T value, String what) {
        if (value == null) {
            throw new IllegalStateException("the ring needs a " + what);
        }
        return value;
    }
}
