package io.github.dkm4j.store;

import static io.github.dkm4j.store.Records.names;
import static io.github.dkm4j.store.Records.record;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.dkm4j.key.RingNotFound;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What every store does. */
public abstract class KeyRingStoreContract {
    private static final int THREADS = 16;

    /** The store under test, the same for the whole of one test. */
    protected abstract KeyRingStore store();

    @Test
    void ringThatWasNeverCreatedReadsAsEmpty() {
        assertThat(store().read("mail")).isEmpty();
    }

    @Test
    void createdRingHoldsAllItsRecordsInOrderOfTheirNames() {
        KeyRingStore store = store();

        assertThat(store.create("mail", List.of(record("key-2", "b", "two"), record("genesis", "a", "one"))))
                .isTrue();

        assertThat(names(store.read("mail"))).containsExactly("genesis.a", "key-2.b");
    }

    @Test
    void creatingAnExistingRingTouchesNothing() {
        KeyRingStore store = store();
        store.create("mail", List.of(record("genesis", "a", "one")));

        assertThat(store.create("mail", List.of(record("genesis", "b", "other"), record("key-1", "c", "more"))))
                .isFalse();

        assertThat(names(store.read("mail"))).containsExactly("genesis.a");
    }

    @Test
    void creatingWithTwoRecordsOfOneSlotIsRefusedAndLeavesNoRing() {
        KeyRingStore store = store();

        assertThatIllegalArgumentException()
                .isThrownBy(() -> store.create("mail", List.of(record("key-1", "a", ""), record("key-1", "b", ""))));

        assertThat(store.create("mail", List.of(record("key-1", "a", "")))).isTrue();
    }

    @Test
    void ringsDoNotSeeEachOther() {
        KeyRingStore store = store();
        store.create("mail", List.of(record("genesis", "a", "mail")));
        store.create("files", List.of(record("genesis", "b", "files")));

        assertThat(names(store.read("mail"))).containsExactly("genesis.a");
    }

    @Test
    void addedRecordIsReadBesideTheFirstOnes() {
        KeyRingStore store = store();
        store.create("mail", List.of(record("genesis", "a", "one")));

        assertThat(store.add("mail", record("key-1", "b", "two"))).isTrue();

        assertThat(names(store.read("mail"))).containsExactly("genesis.a", "key-1.b");
    }

    @Test
    void takenSlotRefusesARivalOfAnotherId() {
        KeyRingStore store = store();
        store.create("mail", List.of(record("key-1", "a", "one")));

        assertThat(store.add("mail", record("key-1", "b", "rival"))).isFalse();
        assertThat(store.add("mail", record("key-1", "a", "changed"))).isFalse();

        assertThat(store.read("mail")).singleElement().satisfies(read -> {
            assertThat(read.name().id()).isEqualTo("a");
            assertThat(read.content()).isEqualTo("one".getBytes(UTF_8));
        });
    }

    @Test
    void restoredRecordStandsBesideTheRivalThatTookItsSlot() {
        KeyRingStore store = store();
        store.create("mail", List.of(record("key-1", "a", "rival")));

        assertThat(store.restore("mail", record("key-1", "b", "lost"))).isTrue();
        assertThat(store.restore("mail", record("key-1", "b", "lost"))).isFalse();

        assertThat(store.read("mail"))
                .extracting(read -> read.name() + " " + new String(read.content(), UTF_8))
                .containsExactly("key-1.a rival", "key-1.b lost");
    }

    @Test
    void recordOfARestoredNameWithAnotherContentDoesNotReplaceIt() {
        KeyRingStore store = store();
        store.create("mail", List.of(record("key-1", "b", "first")));

        assertThat(store.restore("mail", record("key-1", "b", "changed"))).isEqualTo(tellsRecordsApartByContent());

        assertThat(store.read("mail"))
                .extracting(read -> new String(read.content(), UTF_8))
                .contains("first")
                .hasSize(tellsRecordsApartByContent() ? 2 : 1);
    }

    /** Whether records of one name and different content can stand side by side. */
    protected boolean tellsRecordsApartByContent() {
        return false;
    }

    @Test
    void removedRecordIsGoneAndItsNeighboursStay() {
        KeyRingStore store = store();
        store.create("mail", List.of(record("key-1", "a", "one"), record("key-2", "a", "two")));

        assertThat(store.remove("mail", record("key-1", "a", "").name())).isTrue();
        assertThat(store.remove("mail", record("key-1", "a", "").name())).isFalse();

        assertThat(names(store.read("mail"))).containsExactly("key-2.a");
    }

    @Test
    void restoringToAndRemovingFromAMissingRingSaySo() {
        KeyRingStore store = store();

        assertThatExceptionOfType(RingNotFound.class).isThrownBy(() -> store.restore("mail", record("key-1", "a", "")));
        assertThatExceptionOfType(RingNotFound.class)
                .isThrownBy(() -> store.remove("mail", record("key-1", "a", "").name()));
    }

    @Test
    void datesRecordsByItsOwnClockWhateverTheyWereDatedBefore() {
        KeyRingStore store = store();
        Instant before = store.now();
        store.create("mail", List.of(record("genesis", "a", "").storedAt(Instant.EPOCH)));
        store.add("mail", record("key-1", "a", "").storedAt(Instant.EPOCH));
        store.restore("mail", record("key-2", "a", "").storedAt(Instant.EPOCH));

        assertThat(store.read("mail"))
                .hasSize(3)
                .allSatisfy(read -> assertThat(read.storedAt().orElseThrow()).isBetween(before, store.now()));
    }

    @Test
    void slotThatBeginsLikeAnotherIsFree() {
        KeyRingStore store = store();
        store.create("mail", List.of(record("key-10", "a", "one")));

        assertThat(store.add("mail", record("key-1", "a", "two"))).isTrue();
    }

    @Test
    void whatTrailsPutThereIsReadByItselfAndByItsTime() {
        KeyRingStore store = store();
        store.create("mail", List.of(record("genesis", "a", "one")));
        store.create("files", List.of());

        assertThat(store.add("mail", record("audit-2", "b", "key"))).isTrue();
        assertThat(store.add("mail", record("audit-1", "b", "key"))).isTrue();
        assertThat(store.add("mail", record("audit-1", "b", "changed"))).isFalse();

        List<StoredRecord> trails = store.readTrails("mail", Instant.EPOCH);
        assertThat(names(trails)).containsExactly("audit-1.b", "audit-2.b");
        assertThat(trails.get(0).content()).isEqualTo("key".getBytes(UTF_8));
        Instant first = trails.get(1).storedAt().orElseThrow();
        assertThat(names(store.readTrails("mail", first))).contains("audit-2.b");
        assertThat(store.readTrails("mail", first.plusSeconds(3600))).isEmpty();
        assertThat(store.readTrails("files", Instant.EPOCH)).isEmpty();
        assertThat(store.readTrails("none", Instant.EPOCH)).isEmpty();
        assertThat(store.read("mail").stream().filter(read -> !read.name().isOfTrail()))
                .singleElement()
                .satisfies(read -> assertThat(read.name().slot()).isEqualTo("genesis"));
    }

    @Test
    void addingToAMissingRingSaysSoAndMakesNone() {
        KeyRingStore store = store();

        assertThatExceptionOfType(RingNotFound.class)
                .isThrownBy(() -> store.add("mail", record("key-1", "a", "")))
                .withMessageContaining("mail");

        assertThat(store.create("mail", List.of())).isTrue();
    }

    @Test
    void contentIsReturnedByteForByte() {
        KeyRingStore store = store();
        byte[] content = new byte[StoredRecord.MAX_LENGTH];
        for (int i = 0; i < content.length; i++) {
            content[i] = (byte) (i * 7);
        }
        store.create("mail", List.of(StoredRecord.of(new RecordName("genesis", "a"), content)));
        store.add("mail", StoredRecord.of(new RecordName("key-1", "b"), "\n\r\n\0stored-at: x\n".getBytes(UTF_8)));
        store.add("mail", StoredRecord.of(new RecordName("key-2", "c"), new byte[0]));

        List<StoredRecord> read = store.read("mail");

        assertThat(read.get(0).content()).isEqualTo(content);
        assertThat(read.get(1).content()).isEqualTo("\n\r\n\0stored-at: x\n".getBytes(UTF_8));
        assertThat(read.get(2).content()).isEmpty();
    }

    @Test
    void exactlyOneOfManyThreadsWinsASlot() throws Exception {
        KeyRingStore store = store();
        store.create("mail", List.of());

        List<Boolean> won = atOnce(thread -> store.add("mail", record("key-1", "id" + thread, "")));

        assertThat(won).containsOnlyOnce(true);
        assertThat(names(store.read("mail"))).containsExactly("key-1.id" + won.indexOf(true));
    }

    @Test
    void exactlyOneOfManyThreadsCreatesTheRing() throws Exception {
        KeyRingStore store = store();

        List<Boolean> won = atOnce(thread -> store.create("mail", List.of(record("key-1", "id" + thread, ""))));

        assertThat(won).containsOnlyOnce(true);
        assertThat(names(store.read("mail"))).containsExactly("key-1.id" + won.indexOf(true));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ".", "..", ".lock", "-mail", "_mail", "a/b", "../a", "a b", "mail\n", "ä", "a\0"})
    void badRingNamesAreRefused(String name) {
        refuses(name);
    }

    @Test
    void ringNameMayHave64LettersButNotMore() {
        assertThat(store().create("a".repeat(64), List.of())).isTrue();
        refuses("a".repeat(65));
    }

    private void refuses(String name) {
        KeyRingStore store = store();
        assertThatIllegalArgumentException().isThrownBy(() -> store.create(name, List.of()));
        assertThatIllegalArgumentException().isThrownBy(() -> store.add(name, record("key-1", "a", "")));
        assertThatIllegalArgumentException().isThrownBy(() -> store.read(name));
    }

    /** Something that a numbered thread does. */
    protected interface Race {
        boolean run(int thread);
    }

    protected static List<Boolean> atOnce(Race race) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(THREADS);
        try {
            CyclicBarrier start = new CyclicBarrier(THREADS);
            List<Future<Boolean>> running = new ArrayList<>();
            for (int i = 0; i < THREADS; i++) {
                int thread = i;
                running.add(threads.submit(() -> {
                    start.await();
                    return race.run(thread);
                }));
            }
            List<Boolean> results = new ArrayList<>();
            for (Future<Boolean> result : running) {
                results.add(result.get());
            }
            return results;
        } finally {
            threads.shutdownNow();
        }
    }
}
