package io.github.dkm4j.ring;

import io.github.dkm4j.audit.AuditEvent;
import io.github.dkm4j.crypto.KeyMaterial;
import io.github.dkm4j.key.Epoch;
import io.github.dkm4j.key.KeyId;
import io.github.dkm4j.key.KeyMetadata;
import io.github.dkm4j.key.KeyRef;
import io.github.dkm4j.key.RingExists;
import io.github.dkm4j.key.RootKeyUnavailable;
import io.github.dkm4j.policy.AccessPolicy;
import io.github.dkm4j.policy.PolicyVersion;
import io.github.dkm4j.root.RootWrap;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;

/** Makes rings. */
final class RingFounder {
    private RingFounder() {}

    /** Makes the ring with its policy and its first key, active at once: the whole ring or nothing. */
    static void create(RingSettings settings, AccessPolicy policy) {
        PolicyAdministration.requireAdministration(settings, policy, settings.account());
        if (!settings.store().read(settings.name()).isEmpty()) {
            throw exists(settings);
        }
        Instant now = settings.now();
        byte[] ringId = bytes(settings, 16);
        String id = HexFormat.of().formatHex(ringId);
        String wrapId = HexFormat.of().formatHex(bytes(settings, 8));
        byte[] secret = bytes(settings, KeyMaterial.LENGTH);
        byte[] first = bytes(settings, KeyMaterial.LENGTH);
        try (KeyMaterial material = KeyMaterial.copyOf(secret);
                MasterSecret master = new MasterSecret(material, ringId, MasterSecret.FIRST_GENERATION);
                KeyMaterial key = KeyMaterial.copyOf(first)) {
            RootWrap wrap = wrapped(settings, id, MasterSecret.FIRST_GENERATION, wrapId, secret);
            RecordText genesis = RingRecords.genesis(settings.name(), ringId, wrapId, now, master);
            KeyMetadata metadata = KeyMetadata.of(new KeyRef(Epoch.FIRST, KeyId.random(settings.random())), now, now);
            RecordText rules = PolicyRecords.record(
                    id,
                    settings.randomId(),
                    new PolicyVersion(1, now, settings.account().name(), "the ring was made", policy),
                    List.of(genesis.hash()),
                    master);
            RecordText epoch1 = RingRecords.key(
                    id, metadata, key, List.of(rules.hash()), master, settings.ciphers(), settings.random());
            RecordText root = RingRecords.root(id, wrapId, settings.root().kind(), wrap, master);
            settings.audit()
                    .record(new AuditEvent.RingCreated(
                            now,
                            settings.name(),
                            settings.account().toString(),
                            genesis.hash().toString()));
            boolean created = settings.store()
                    .create(
                            settings.name(),
                            Stream.of(genesis, root, rules, epoch1)
                                    .map(RingRecords::stored)
                                    .toList());
            if (!created) {
                throw exists(settings);
            }
        } finally {
            Arrays.fill(secret, (byte) 0);
            Arrays.fill(first, (byte) 0);
        }
    }

    /** A wrap counts as made only when it was unwrapped again. */
    static RootWrap wrapped(RingSettings settings, String ringId, int generation, String wrapId, byte[] secret) {
        byte[] binding = RingRecords.rootBinding(
                ringId, generation, wrapId, settings.root().kind());
        RootWrap wrap = settings.root().wrap(secret, binding);
        byte[] again = settings.root().unwrap(wrap, binding);
        try {
            if (!MessageDigest.isEqual(secret, again)) {
                throw new RootKeyUnavailable("the root key does not unwrap what it wrapped: nothing was created");
            }
            return wrap;
        } finally {
            Arrays.fill(again, (byte) 0);
        }
    }

    private static byte[] bytes(RingSettings settings, int length) {
        byte[] bytes = new byte[length];
        settings.random().nextBytes(bytes);
        return bytes;
    }

    private static RingExists exists(RingSettings settings) {
        return new RingExists("the ring " + settings.name() + " exists already; nothing was touched");
    }
}
