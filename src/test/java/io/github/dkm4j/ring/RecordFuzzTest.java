package io.github.dkm4j.ring;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.github.dkm4j.crypto.Ciphers;
import io.github.dkm4j.crypto.KeyMaterial;
import io.github.dkm4j.crypto.KeyWrap;
import io.github.dkm4j.key.Epoch;
import io.github.dkm4j.key.KeyId;
import io.github.dkm4j.key.KeyMetadata;
import io.github.dkm4j.key.KeyRef;
import io.github.dkm4j.key.RecordNotAuthentic;
import io.github.dkm4j.policy.AccessPolicy;
import io.github.dkm4j.policy.Operation;
import io.github.dkm4j.policy.PolicyVersion;
import io.github.dkm4j.root.RootWrap;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever a store hands out as a record, reading every part of it ends in a value or in the documented error. */
class RecordFuzzTest {
    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
    private static final KeyWrap UNWRAPPER = new KeyWrap(Ciphers.platform());
    private static final String RING_ID = "00".repeat(16);

    private static final MasterSecret MASTER = new MasterSecret(
            KeyMaterial.copyOf(new byte[KeyMaterial.LENGTH]), new byte[16], MasterSecret.FIRST_GENERATION);

    private static final KeyRef KEY = new KeyRef(Epoch.FIRST, new KeyId(7));
    private static final KeyEvent REVOKED =
            new KeyEvent(KeyEvent.What.REVOKED, KEY, 1, NOW, "Zoë", "leaked", Optional.empty(), Optional.empty());
    private static final KeyEvent DESTROYED = new KeyEvent(
            KeyEvent.What.DESTROYED,
            KEY,
            1,
            NOW,
            "Zoë",
            "unused",
            Optional.empty(),
            Optional.of(new KeyEvent.Tomb(Hash.parse("cd".repeat(32)), List.of(), false, NOW, NOW)));

    static Stream<byte[]> records() {
        AccessPolicy policy = AccessPolicy.builder()
                .allow(Operation.ENCRYPT, "Mail Services", "Grüße 100 %")
                .allow(Operation.ADMINISTER, "Operators")
                .build();
        KeyMetadata metadata = KeyMetadata.of(KEY, NOW, NOW);
        KeyMaterial material = KeyMaterial.copyOf(new byte[KeyMaterial.LENGTH]);
        Set<Hash> heads = Set.of(Hash.parse("ab".repeat(32)));
        return Stream.of(
                        RingRecords.genesis("mail", new byte[16], "0011223344556677", NOW, MASTER),
                        RingRecords.root(
                                RING_ID,
                                "0011223344556677",
                                "passphrase",
                                new RootWrap("argon2id", new byte[40]),
                                MASTER),
                        EventRecords.event(RING_ID, REVOKED, "0011223344556677", heads, MASTER),
                        EventRecords.event(RING_ID, DESTROYED, "0011223344556677", heads, MASTER),
                        EventRecords.use(RING_ID, new Use(KEY, "0011223344556677", 1, 1, 12, 345), MASTER),
                        EventRecords.accepted(
                                RING_ID, "0011223344556677", NOW, "Zoë", "why, ever", heads, heads, MASTER),
                        PolicyRecords.record(
                                RING_ID,
                                "0011223344556677",
                                new PolicyVersion(1, NOW, "Zoë", "why, ever", policy),
                                heads,
                                MASTER),
                        RingRecords.key(
                                RING_ID, metadata, material, heads, MASTER, Ciphers.platform(), new SecureRandom()))
                .map(RecordText::bytes);
    }

    @MethodSource("records")
    @FuzzTest(maxDuration = "60s")
    void readingAnyBytesEndsInTheDocumentedError(byte[] content) {
        Optional<RecordText> parsed = read(() -> RecordText.parse(content));
        if (parsed.isEmpty()) {
            return;
        }
        RecordText record = parsed.get();
        assertThat(record.bytes()).isEqualTo(content);
        assertThat(new String(content, US_ASCII)).endsWith("\n");
        List<Runnable> readers = List.of(
                () -> RingRecords.nameOf(record),
                () -> RingRecords.counted(RingRecords.metadata(record, RingRecords.ref(record)), Optional.of(NOW)),
                () -> PolicyRecords.read(record),
                () -> RingRecords.previous(record),
                () -> EventRecords.event(record),
                () -> EventRecords.use(record),
                () -> EventRecords.lost(record),
                () -> RingRecords.generation(record),
                () -> RingRecords.material(record, MASTER, UNWRAPPER),
                () -> record.verify(MASTER.recordKey()));
        readers.forEach(reader -> read(() -> {
            reader.run();
            return true;
        }));
    }

    private static <T> Optional<T> read(Supplier<T> reader) {
        try {
            return Optional.of(reader.get());
        } catch (RecordNotAuthentic e) {
            return Optional.empty();
        }
    }
}
