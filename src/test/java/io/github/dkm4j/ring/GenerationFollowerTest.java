package io.github.dkm4j.ring;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dkm4j.TestRings;
import io.github.dkm4j.policy.Caller;
import io.github.dkm4j.root.RootKey;
import io.github.dkm4j.root.RootWrap;
import io.github.dkm4j.store.InMemoryKeyRingStore;
import io.github.dkm4j.store.StoredRecord;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class GenerationFollowerTest {
    private final InstantSource clock = InstantSource.fixed(Instant.parse("2026-01-01T00:00:00Z"));
    private final InMemoryKeyRingStore store = new InMemoryKeyRingStore(clock);
    private final RootKey plain = new TestRings.FixedRoot((byte) 7);
    private int unwraps;
    private Runnable whileUnwrapping = () -> {};
    private final RingSettings settings = LargeRing.settings(store, new Root(), clock);
    private List<StoredRecord> before = List.of();
    private List<StoredRecord> after = List.of();

    private final class Root implements RootKey {
        @Override
        public String kind() {
            return plain.kind();
        }

        @Override
        public RootWrap wrap(byte[] secret, byte[] associatedData) {
            return plain.wrap(secret, associatedData);
        }

        @Override
        public byte[] unwrap(RootWrap wrap, byte[] associatedData) {
            unwraps++;
            whileUnwrapping.run();
            return plain.unwrap(wrap, associatedData);
        }
    }

    @BeforeEach
    void startAGeneration() {
        Ring.create(settings, LargeRing.policy());
        before = store.read("large");
        try (Ring ring = Ring.open(settings, () -> {})) {
            ring.revoke(ring.snapshot().metadata().iterator().next().ref(), "leaked", new Caller("svc", "svc"));
        }
        after = store.read("large");
        unwraps = 0;
    }

    @Test
    void theRootIsAskedOnceForAGenerationHoweverOftenItsRecordIsNotTakenIn() {
        try (GenerationFollower follower = new GenerationFollower(settings, before)) {
            Generations first = follower.toRead(after);
            for (int i = 0; i < 60; i++) {
                assertThat(follower.toRead(after)).isSameAs(first);
            }
            assertThat(unwraps).isEqualTo(2);
            assertThat(follower.current().newest().generation()).isEqualTo(1);
            assertThat(follower.toRead(before).newest().generation()).isEqualTo(1);

            follower.accept(first);
            assertThat(follower.current()).isSameAs(first);
            assertThat(first.newest().generation()).isEqualTo(2);
            assertThat(first.newest().recordKey().isDestroyed()).isFalse();
        }
    }

    @Test
    void nothingStaysOpenBehindAClose() {
        GenerationFollower follower = new GenerationFollower(settings, before);
        Generations first = follower.current();
        Generations waiting = follower.toRead(after);
        follower.close();
        assertThat(first.newest().recordKey().isDestroyed()).isTrue();
        assertThat(waiting.newest().recordKey().isDestroyed()).isTrue();

        GenerationFollower other = new GenerationFollower(settings, before);
        whileUnwrapping = other::close;
        assertThat(other.toRead(after).newest().recordKey().isDestroyed()).isTrue();

        GenerationFollower third = new GenerationFollower(settings, before);
        Generations read = third.toRead(after);
        third.accept(read);
        third.close();
        assertThat(read.newest().recordKey().isDestroyed()).isTrue();
    }
}
