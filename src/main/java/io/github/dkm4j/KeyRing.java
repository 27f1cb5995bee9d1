package io.github.dkm4j;

import io.github.dkm4j.audit.OpeningTrail;
import io.github.dkm4j.crypto.MessageCipher;
import io.github.dkm4j.policy.Caller;
import io.github.dkm4j.policy.CallerResolver;
import io.github.dkm4j.ring.Ring;
import io.github.dkm4j.ring.RingSettings;
import java.util.Optional;

/**
 * A named set of versioned AES-256-GCM keys that one group of services shares. Opened once and kept for the life of
 * the service; safe for use by many threads. {@link #close()} zeroises the keys.
 *
 * <p>As itself it works for the process's own account; {@link #as(Caller)} gives a view for another caller.
 */
public final class KeyRing implements KeyRingView, AutoCloseable {
    private final Ring ring;
    private final RingSettings settings;
    private final Optional<OpeningTrail> trail;
    private final MessageCipher cipher;
    private final RingView own;

    KeyRing(RingSettings settings, Optional<OpeningTrail> trail) {
        this.settings = settings;
        this.trail = trail;
        this.cipher = new MessageCipher(settings.ciphers(), settings.random(), settings.readAhead(), System::nanoTime);
        this.ring = Ring.open(settings, cipher::forget);
        this.own = new RingView(ring, cipher, settings.clock(), settings::account);
    }

    /**
     * Begins to describe a ring.
     *
     * @param name 1 to 64 letters, digits, dots, hyphens or underscores, the first a letter or digit
     */
    public static KeyRingBuilder builder(String name) {
        return new KeyRingBuilder(name);
    }

    /**
     * The ring as a caller may use it whom the application has authenticated. One who is acted for by another account is
     * acted for by the ring's own, as with {@link #actingFor}.
     */
    public KeyRingView as(Caller caller) {
        Caller known = known(caller);
        return as(() -> known);
    }

    /**
     * The ring as the caller of each operation may use it, whom the given one tells: for a service that works for many
     * callers, each of whom it has authenticated.
     */
    public KeyRingView as(CallerResolver callers) {
        return new RingView(ring, cipher, settings.clock(), () -> known(callers.resolve()));
    }

    /**
     * The ring as somebody may use it who is only named. The ring's own account acts for him: the policy must let it act
     * for that one ({@link io.github.dkm4j.policy.Operation#ACT_AS}), and that one do what is done. Nobody administers or
     * destroys in this way.
     */
    public KeyRingView actingFor(String name) {
        return as(new Caller(name, settings.account().name()));
    }

    private Caller known(Caller caller) {
        return caller.isActing() ? new Caller(caller.name(), settings.account().name()) : caller;
    }

    @Override
    public Encryptor encryptor() {
        return own;
    }

    @Override
    public Decryptor decryptor() {
        return own;
    }

    @Override
    public KeyRingAdmin admin() {
        return own.admin();
    }

    /** Whom the ring itself acts as. */
    public Caller account() {
        return settings.account();
    }

    /** How the ring is; for monitoring. Refreshes if that is due. */
    public KeyRingHealth health() {
        return own.health();
    }

    /**
     * Zeroises the keys, and ends the audit trail that was begun with this ring. Every later use of this ring or of its views throws {@link IllegalStateException}.
     */
    @Override
    public void close() {
        try {
            ring.close();
        } finally {
            cipher.close();
            trail.ifPresent(OpeningTrail::close);
        }
    }

    /** The ring's name. */
    @Override
    public String toString() {
        return "KeyRing[" + settings.name() + "]";
    }
}
