package io.github.dkm4j.ring;

import io.github.dkm4j.crypto.Ciphers;
import io.github.dkm4j.key.KeyInventory;
import io.github.dkm4j.policy.AccessPolicy;
import io.github.dkm4j.policy.Caller;
import io.github.dkm4j.policy.GroupDirectory;
import io.github.dkm4j.root.RootKey;
import io.github.dkm4j.store.KeyRingStore;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.HexFormat;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.Executor;

/**
 * What a ring works with, as the builder checked it.
 *
 * @param name the ring's name
 * @param store where its records live
 * @param root what wraps its master secret
 * @param groups who is in which group
 * @param policy written by creation, asserted by opening
 * @param pin the hash of the genesis that the ring must have
 * @param pinFile where this node keeps what it has seen
 * @param account whom the process itself acts as
 * @param rolloverEvery how old the active key may become
 * @param propagation how long a new key stays PENDING
 * @param rolloverMessages how many messages one key may seal
 * @param rolloverBytes how many bytes one key may seal
 * @param refreshEvery how old the snapshot may become before it is read again
 * @param encryptStaleness how old it may be for encryption, when the store is out of reach
 * @param decryptStaleness how old it may be for decryption; the bound of a revocation
 * @param clockSkew how far clocks may be apart
 * @param destroyRetention how long a destruction can be undone
 * @param membershipTtl how long an answer of the group directory counts
 * @param membershipGrace how much longer a yes counts while the directory is down
 * @param inventory says which keys messages still use
 * @param executor who does what is due; empty: the caller whose turn it is
 * @param readAhead how many nonces are drawn ahead
 * @param ciphers where ciphers come from
 * @param random where randomness comes from
 * @param clock the time
 * @param audit takes events
 */
public record RingSettings(
        String name,
        KeyRingStore store,
        RootKey root,
        GroupDirectory groups,
        Optional<AccessPolicy> policy,
        Optional<String> pin,
        Optional<Path> pinFile,
        Caller account,
        Optional<Duration> rolloverEvery,
        Duration propagation,
        OptionalLong rolloverMessages,
        OptionalLong rolloverBytes,
        Duration refreshEvery,
        Duration encryptStaleness,
        Duration decryptStaleness,
        Duration clockSkew,
        Duration destroyRetention,
        Duration membershipTtl,
        Duration membershipGrace,
        Optional<KeyInventory> inventory,
        Optional<Executor> executor,
        int readAhead,
        Ciphers ciphers,
        SecureRandom random,
        InstantSource clock,
        Recorder audit) {
    /** The time, as records hold it. */
    Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.MILLIS);
    }

    /** 64 random bits that tell a record from its rivals, as 16 hexadecimal digits. */
    String randomId() {
        return HexFormat.of().toHexDigits(random.nextLong());
    }
}
