package io.github.dkm4j.ring;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dkm4j.key.Epoch;
import io.github.dkm4j.key.KeyId;
import io.github.dkm4j.key.KeyMetadata;
import io.github.dkm4j.key.KeyRef;
import io.github.dkm4j.key.KeyStatus;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ActiveKeySelectorTest {
    private static final Instant T0 = Instant.parse("2026-01-01T00:00:00Z");

    /** Keys are written epoch/id@second, with a trailing R where revoked and D where destroyed. */
    @ParameterizedTest(name = "at {1} s of [{0}] the active key is {2}")
    @CsvSource({
        "'',                      5, none",
        "1/a@0,                   0, 1/a",
        "1/a@5,                   4, none",
        "1/a@5,                   5, 1/a",
        "1/a@0 2/b@9,             8, 1/a",
        "1/a@0 2/b@9,             9, 2/b",
        "2/b@9 1/a@0,             9, 2/b",
        "1/b@0 1/a@0,             1, 1/a",
        "1/b@0 1/a@3,             2, 1/b",
        "1/b@0 1/a@3,             3, 1/a",
        "1/bR@0 1/a@0,            1, 1/a",
        "1/aR@0 1/b@0,            1, 1/b",
        "1/a@0 2/bR@1,            2, none",
        "1/a@0 2/bD@1,            2, none",
        "1/a@0 2/bR@1 3/c@9,      8, none",
        "1/a@0 2/bR@1 3/c@9,      9, 3/c",
        "1/a@0 3/c@2 2/b@5,       6, 3/c",
        "1/8@0 1/f@0,             1, 1/8",
        "255/a@0 256/b@0,         1, 256/b",
    })
    void isTheNewestReachedEpochsUsableKeyWithTheLowestId(String keys, int second, String expected) {
        Optional<KeyMetadata> active = ActiveKeySelector.select(parse(keys), T0.plusSeconds(second));

        assertThat(active.map(ActiveKeySelectorTest::print).orElse("none")).isEqualTo(expected);
    }

    @Test
    void doesNotDependOnTheOrderOfKeys() {
        Random random = new Random(7);
        for (int round = 0; round < 500; round++) {
            List<KeyMetadata> keys = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                KeyRef ref = new KeyRef(new Epoch(1 + random.nextInt(4)), new KeyId(random.nextLong()));
                KeyMetadata key = KeyMetadata.of(ref, T0, T0.plusSeconds(random.nextInt(10)));
                keys.add(random.nextInt(4) == 0 ? revoked(key) : key);
            }
            Instant now = T0.plusSeconds(random.nextInt(10));
            Optional<KeyMetadata> first = ActiveKeySelector.select(keys, now);
            Collections.shuffle(keys, random);

            assertThat(ActiveKeySelector.select(keys, now)).isEqualTo(first);
        }
    }

    @Test
    void theScheduleSaysAtEveryTimeWhatSelectionSays() {
        Random random = new Random(11);
        for (int round = 0; round < 1_000; round++) {
            List<KeyMetadata> keys = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                KeyRef ref = new KeyRef(new Epoch(1 + random.nextInt(4)), new KeyId(random.nextInt(9)));
                KeyMetadata key = KeyMetadata.of(ref, T0, T0.plusSeconds(random.nextInt(10)));
                keys.add(random.nextInt(4) == 0 ? revoked(key) : key);
            }
            int from = random.nextInt(10);
            List<ActiveKeySelector.Change> schedule = ActiveKeySelector.schedule(keys, T0.plusSeconds(from));
            for (int second = from; second < 11; second++) {
                Instant now = T0.plusSeconds(second);
                Optional<KeyMetadata> scheduled = schedule.stream()
                        .filter(change -> !change.at().isAfter(now))
                        .reduce((earlier, later) -> later)
                        .flatMap(ActiveKeySelector.Change::active);
                assertThat(scheduled.map(KeyMetadata::ref))
                        .as("%s at %s", keys, second)
                        .isEqualTo(ActiveKeySelector.select(keys, now).map(KeyMetadata::ref));
            }
        }
    }

    @Test
    void aKeyIsArchivedWhenALaterEpochOrAPreferredRivalIsReached() {
        Random random = new Random(12);
        for (int round = 0; round < 1_000; round++) {
            List<KeyMetadata> keys = new ArrayList<>();
            for (int i = 0; i < 6; i++) {
                KeyRef ref = new KeyRef(new Epoch(1 + random.nextInt(3)), new KeyId(i));
                keys.add(KeyMetadata.of(ref, T0, T0.plusSeconds(random.nextInt(10))));
            }
            Collections.shuffle(keys, random);
            Map<KeyRef, Instant> archived = ActiveKeySelector.archivedAt(keys);
            for (KeyMetadata key : keys) {
                Optional<Instant> superseded = keys.stream()
                        .filter(other -> other.epoch().compareTo(key.epoch()) > 0
                                || (other.epoch().equals(key.epoch())
                                        && other.keyId().compareTo(key.keyId()) < 0))
                        .map(KeyMetadata::activatesAt)
                        .min(Instant::compareTo)
                        .map(at -> at.isBefore(key.activatesAt()) ? key.activatesAt() : at);
                assertThat(Optional.ofNullable(archived.get(key.ref()))).isEqualTo(superseded);
            }
        }
    }

    @Test
    void aKeyIsPendingThenActiveThenArchived() {
        List<KeyMetadata> keys = parse("1/a@0 2/b@9");
        KeyMetadata second = keys.get(1);

        assertThat(status(second, keys, 8)).isEqualTo(KeyStatus.PENDING);
        assertThat(status(second, keys, 9)).isEqualTo(KeyStatus.ACTIVE);
        assertThat(status(keys.get(0), keys, 9)).isEqualTo(KeyStatus.ARCHIVED);
        assertThat(ActiveKeySelector.archivedAt(keys))
                .containsOnly(Map.entry(keys.get(0).ref(), T0.plusSeconds(9)));
    }

    @Test
    void whatWasRevokedOrDestroyedIsShownSoWhateverTheTime() {
        List<KeyMetadata> keys = parse("1/aR@0 2/bD@0");

        assertThat(status(keys.get(0), keys, 1)).isEqualTo(KeyStatus.REVOKED);
        assertThat(status(keys.get(1), keys, 1)).isEqualTo(KeyStatus.DESTROYED);
    }

    private static KeyStatus status(KeyMetadata key, List<KeyMetadata> keys, int second) {
        Instant now = T0.plusSeconds(second);
        return ActiveKeySelector.status(key, ActiveKeySelector.select(keys, now), now);
    }

    private static List<KeyMetadata> parse(String keys) {
        List<KeyMetadata> parsed = new ArrayList<>();
        for (String word : keys.isBlank() ? new String[0] : keys.trim().split(" ", -1)) {
            String[] parts = word.split("[/@]", -1);
            long id = Long.parseUnsignedLong(parts[1].substring(0, 1), 16) << 60;
            KeyMetadata key = KeyMetadata.of(
                    new KeyRef(new Epoch(Long.parseLong(parts[0])), new KeyId(id)),
                    T0,
                    T0.plusSeconds(Long.parseLong(parts[2])));
            parsed.add(parts[1].endsWith("R") ? revoked(key) : parts[1].endsWith("D") ? destroyed(key) : key);
        }
        return parsed;
    }

    private static KeyMetadata revoked(KeyMetadata key) {
        return new KeyMetadata(
                key.ref(),
                key.createdAt(),
                key.activatesAt(),
                Optional.of(T0),
                Optional.empty(),
                Optional.empty(),
                Optional.of("leaked"));
    }

    private static KeyMetadata destroyed(KeyMetadata key) {
        return new KeyMetadata(
                key.ref(),
                key.createdAt(),
                key.activatesAt(),
                Optional.empty(),
                Optional.empty(),
                Optional.of(T0),
                Optional.of("retired"));
    }

    private static String print(KeyMetadata key) {
        return key.epoch() + "/" + key.keyId().toString().charAt(0);
    }
}
