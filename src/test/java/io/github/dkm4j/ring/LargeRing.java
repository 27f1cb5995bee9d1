package io.github.dkm4j.ring;

import io.github.dkm4j.audit.AuditRules;
import io.github.dkm4j.crypto.Ciphers;
import io.github.dkm4j.crypto.KeyMaterial;
import io.github.dkm4j.crypto.MessageCipher;
import io.github.dkm4j.crypto.Suite;
import io.github.dkm4j.key.EncryptionContext;
import io.github.dkm4j.key.Epoch;
import io.github.dkm4j.key.KeyId;
import io.github.dkm4j.key.KeyMetadata;
import io.github.dkm4j.key.KeyRef;
import io.github.dkm4j.policy.AccessPolicy;
import io.github.dkm4j.policy.Caller;
import io.github.dkm4j.policy.InMemoryGroupDirectory;
import io.github.dkm4j.policy.Operation;
import io.github.dkm4j.root.RootKey;
import io.github.dkm4j.store.KeyRingStore;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** Makes rings of many epochs, one every eight hours, without a refresh for each. */
public final class LargeRing {
    private static final Instant LAST = Instant.parse("2026-01-01T00:00:00Z");

    private LargeRing() {}

    /** A clock that stands where it was put. */
    public static final class Clock implements InstantSource {
        private volatile Instant now = LAST;

        /** Puts it to the hour of an epoch. */
        public void setTo(int epoch, int epochs) {
            now = LAST.minus(Duration.ofHours(8L * (epochs - epoch)));
        }

        @Override
        public Instant instant() {
            return now;
        }
    }

    /** The policy of such a ring: {@code svc} of {@code Services} may do everything. */
    public static AccessPolicy policy() {
        return AccessPolicy.builder()
                .allow(Operation.ENCRYPT, "Services")
                .allow(Operation.DECRYPT, "Services")
                .allow(Operation.ROLL_OVER, "Services")
                .allow(Operation.ADMINISTER, "Services")
                .build();
    }

    /** A directory with that one account. */
    public static InMemoryGroupDirectory groups() {
        InMemoryGroupDirectory groups = new InMemoryGroupDirectory();
        groups.add("Services", "svc");
        return groups;
    }

    static RingSettings settings(KeyRingStore store, RootKey root, InstantSource clock) {
        return new RingSettings(
                "large",
                store,
                root,
                groups(),
                Optional.of(policy()),
                Optional.empty(),
                Optional.empty(),
                new Caller("svc", "svc"),
                Optional.empty(),
                Duration.ZERO,
                OptionalLong.empty(),
                OptionalLong.empty(),
                Duration.ofMinutes(1),
                Duration.ofHours(1),
                Duration.ofDays(1),
                Duration.ofMinutes(1),
                Duration.ofDays(30),
                Duration.ofMinutes(1),
                Duration.ZERO,
                Optional.empty(),
                Optional.empty(),
                0,
                Ciphers.platform(),
                new SecureRandom(),
                clock,
                new Recorder(event -> {}, AuditRules.standard()));
    }

    /** Makes the ring {@code large} in the store, which works by the given clock; returns messages of the middle epoch. */
    public static byte[][] create(
            KeyRingStore store, RootKey root, Clock clock, int epochs, EncryptionContext context, int messages) {
        byte[][] sealed = new byte[messages][];
        clock.setTo(1, epochs);
        RingSettings settings = settings(store, root, clock);
        Ring.create(settings, policy());
        try (Ring ring = Ring.open(settings, () -> {});
                Generations generations = Generations.open(settings, store.read("large"))) {
            List<Hash> heads = List.copyOf(ring.snapshot().heads());
            byte[] bytes = new byte[KeyMaterial.LENGTH];
            for (int epoch = 2; epoch <= epochs; epoch++) {
                settings.random().nextBytes(bytes);
                clock.setTo(epoch, epochs);
                Instant made = clock.instant();
                KeyMetadata metadata =
                        KeyMetadata.of(new KeyRef(new Epoch(epoch), KeyId.random(settings.random())), made, made);
                RecordText record = RingRecords.key(
                        generations.genesis().value("ring-id"),
                        metadata,
                        KeyMaterial.copyOf(bytes),
                        heads,
                        generations.newest(),
                        settings.ciphers(),
                        settings.random());
                store.restore("large", RingRecords.stored(record));
                heads = List.of(record.hash());
                if (epoch == (epochs + 1) / 2) {
                    seal(KeyVersion.of(metadata, KeyMaterial.copyOf(bytes)), context, sealed);
                }
            }
            if (epochs == 1) {
                seal(ring.snapshot().keys().values().iterator().next(), context, sealed);
            }
        }
        return sealed;
    }

    private static void seal(KeyVersion key, EncryptionContext context, byte[][] messages) {
        try (MessageCipher cipher = new MessageCipher(Ciphers.platform(), new SecureRandom(), 64, System::nanoTime)) {
            for (int i = 0; i < messages.length; i++) {
                messages[i] =
                        cipher.seal(key.header(Suite.KC_XAES_256_GCM), key.material(), new byte[64], 0, 64, context, 0);
            }
        }
    }
}
