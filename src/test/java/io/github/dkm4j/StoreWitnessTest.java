package io.github.dkm4j;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.dkm4j.audit.AuditEvent;
import io.github.dkm4j.audit.AuditTrail;
import io.github.dkm4j.audit.FileWitness;
import io.github.dkm4j.audit.TrailReader;
import io.github.dkm4j.audit.TrailRecord;
import io.github.dkm4j.audit.TrailRegistration;
import io.github.dkm4j.audit.TrailReport;
import io.github.dkm4j.audit.TrailReport.Verdict;
import io.github.dkm4j.audit.TrailVerifier;
import io.github.dkm4j.store.InMemoryKeyRingStore;
import io.github.dkm4j.store.RecordName;
import io.github.dkm4j.store.StoredRecord;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the ring's store has of a trail, and what is found by it that the trail alone does not show. */
class StoreWitnessTest {
    private static final String RING = "accounts";

    @TempDir
    Path folder;

    private Instant now = Instant.parse("2026-11-26T10:00:00Z");
    private final InMemoryKeyRingStore store = new InMemoryKeyRingStore(() -> now);

    StoreWitnessTest() {
        store.create(RING, List.of());
    }

    private AuditTrail begin(String directory) {
        AuditTrail trail = AuditTrail.in(folder.resolve(directory), RING)
                .clock(() -> now)
                .checkpointEvery(Duration.ofMinutes(1))
                .executor(Runnable::run)
                .open();
        StoreWitness.attach(store, RING, () -> now, trail);
        return trail;
    }

    private void recordAfter(AuditTrail trail, Duration time) {
        now = now.plus(time);
        trail.record(new AuditEvent.AuditResumed(now, RING, "svc"));
    }

    /** Something happens, and is told at the end. */
    private void session(String directory) {
        try (AuditTrail trail = begin(directory)) {
            recordAfter(trail, Duration.ofSeconds(1));
        }
    }

    private int checkpointsInStore() {
        return StoredTrails.read(store, RING).checkpoints().size();
    }

    private TrailReport verify(String directory) {
        TrailVerifier verifier = new TrailVerifier();
        StoredTrails stored = StoredTrails.read(store, RING);
        stored.registrations().forEach(trail -> verifier.registered(trail, trail.isIn(folder.resolve(directory))));
        stored.checkpoints().forEach(verifier::stored);
        List<TrailReport> reports = verifier.verify(folder.resolve(directory));
        assertThat(reports).hasSize(1);
        return reports.get(0);
    }

    private Path file(String directory) throws IOException {
        try (Stream<Path> all = Files.walk(folder.resolve(directory))) {
            return all.filter(path -> path.toString().endsWith(".trail"))
                    .findFirst()
                    .orElseThrow();
        }
    }

    private static void cutBack(Path file, long length) throws IOException {
        try (var channel = Files.newByteChannel(file, StandardOpenOption.WRITE)) {
            channel.truncate(length);
        }
    }

    @Test
    void aTrailPutsItsKeyThereOnceAndCheckpointsEverySixHoursAndAtTheEnd() {
        AuditTrail trail = begin("a");
        assertThat(checkpointsInStore()).isZero();
        for (int i = 0; i < 12; i++) {
            recordAfter(trail, Duration.ofMinutes(30));
        }
        assertThat(checkpointsInStore()).isEqualTo(1);
        recordAfter(trail, Duration.ofMinutes(30));
        assertThat(checkpointsInStore()).isEqualTo(2);
        recordAfter(trail, Duration.ofMinutes(30));
        trail.close();

        StoredTrails stored = StoredTrails.read(store, RING);
        assertThat(stored.checkpoints()).hasSize(3);
        assertThat(stored.registrations()).hasSize(1);
        assertThat(stored.registrations().get(0).key()).hasToString(trail.key().toString());
        TrailReport report = verify("a");
        assertThat(report.verdict()).as("%s", report).isEqualTo(Verdict.VERIFIED);
        assertThat(report.proven()).isEqualTo(report.records() - 1);
    }

    @Test
    void aProcessThatOnlyOpensARingPutsNoCheckpointThere() {
        for (int i = 0; i < 3; i++) {
            AuditTrail trail = begin("a");
            trail.record(new AuditEvent.RingOpened(now, RING, "svc", 1, 1));
            trail.close();
        }
        assertThat(checkpointsInStore()).isZero();
        assertThat(StoredTrails.read(store, RING).registrations()).hasSize(1);
        session("a");
        assertThat(checkpointsInStore()).isEqualTo(1);
    }

    @Test
    void aTrailThatIsCutBackToAnEarlierEndIsFoundAlteredByTheStoreAlone() throws IOException {
        session("a");
        long length = Files.size(file("a"));
        session("a");
        cutBack(file("a"), length);

        assertThat(new TrailVerifier().verify(folder.resolve("a")))
                .singleElement()
                .satisfies(report -> assertThat(report.verdict()).isEqualTo(Verdict.VERIFIED));
        assertThat(verify("a").verdict()).isEqualTo(Verdict.ALTERED);
    }

    @Test
    void aTrailThatWasPutInThePlaceOfAnotherIsIncompleteWhereTheStoreIsAsked() throws IOException {
        session("a");
        AuditTrail.in(folder.resolve("b"), RING).clock(() -> now).open().close();

        assertThat(verify("b").verdict()).isEqualTo(Verdict.INCOMPLETE);
        assertThat(verify("b").findings()).singleElement().asString().contains("does not know this trail");
    }

    @Test
    void aTrailThatIsGoneIsMissedWhereItWasAndNotElsewhere() throws IOException {
        session("a");
        session("b");
        try (Stream<Path> all = Files.walk(folder.resolve("a"))) {
            all.sorted(Comparator.reverseOrder())
                    .forEach(path -> assertThat(path.toFile().delete()).isTrue());
        }

        assertThat(verify("a").findings()).containsExactly("the trail is not there");
        assertThat(verify("b").verdict()).isEqualTo(Verdict.VERIFIED);
    }

    @Test
    void aTrailTakesInWhatOthersPutThereAndShowsWhatWasDoneToThem() throws IOException {
        AuditTrail other = begin("a");
        long length = Files.size(file("a"));
        AuditTrail trail = begin("b");
        recordAfter(other, Duration.ofHours(6));
        recordAfter(trail, Duration.ofMinutes(1));
        recordAfter(other, Duration.ofHours(6));
        recordAfter(trail, Duration.ofHours(6));
        List<String> seen = new ArrayList<>();
        new TrailReader(folder.resolve("b")).forEach(record -> addSeen(record, seen));
        other.close();
        trail.close();
        assertThat(seen)
                .hasSize(2)
                .doesNotHaveDuplicates()
                .allMatch(note -> note.startsWith(other.key().name()));

        // Whoever collects both trails needs no store for this.
        try (Stream<Path> all = Files.list(folder.resolve("b"))) {
            Path moved = all.findFirst().orElseThrow();
            Files.move(moved, folder.resolve("a").resolve(moved.getFileName()));
        }
        assertThat(new TrailVerifier().verify(folder.resolve("a"))).hasSize(2).allSatisfy(report -> {
            assertThat(report.verdict()).as("%s", report).isEqualTo(Verdict.VERIFIED);
            assertThat(report.proven()).isZero();
        });
        cutBack(folder.resolve("a/" + idOf(other) + "/" + "0".repeat(18) + ".trail"), length);

        assertThat(new TrailVerifier().verify(folder.resolve("a")))
                .filteredOn(report -> report.verdict() == Verdict.ALTERED)
                .singleElement()
                .satisfies(report ->
                        assertThat(report.trail()).isEqualTo(other.key().name()));
    }

    /** Anybody who may add records can make up as many trails as he likes. */
    @Test
    void whoAddsManyKeepsNobodyOutForEver() {
        AuditTrail other = begin("other");
        recordAfter(other, Duration.ofMinutes(1));
        for (int i = 0; i < 1_200; i++) {
            madeUp(i);
        }
        AuditTrail trail = begin("b");
        List<String> seen = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            recordAfter(trail, Duration.ofHours(6));
        }
        trail.close();
        new TrailReader(folder.resolve("b")).forEach(record -> addSeen(record, seen));

        assertThat(seen).hasSize(1_201).doesNotHaveDuplicates();
        assertThat(seen).anyMatch(note -> note.startsWith(other.key().name()));
        other.close();
    }

    private void madeUp(int number) {
        try (AuditTrail one = AuditTrail.in(folder.resolve("made-up" + number), RING)
                .clock(() -> now)
                .open()) {
            store.add(RING, StoredTrails.record(one.key(), one.checkpoint()));
        }
    }

    private static void addSeen(TrailRecord record, List<String> seen) {
        if (record.type().equals("seen")) {
            seen.add(String.valueOf(record.fields().get("note")));
        }
    }

    private static String idOf(AuditTrail trail) {
        String name = trail.key().name();
        return name.substring(name.length() - 16);
    }

    @Test
    void whatSomebodyMadeUpIsNeitherBelievedNorHeldAgainstATrail() {
        AuditTrail trail = begin("a");
        recordAfter(trail, Duration.ofMinutes(2));
        String name = trail.key().name();
        String id = idOf(trail);
        AuditTrail own =
                AuditTrail.in(folder.resolve("x"), RING).clock(() -> now).open();
        String genuine =
                new String(StoredTrails.record(own.key(), own.checkpoint()).content(), UTF_8);
        String forged = name + "\n777\nAAAA\ntime x\n\n\u2014 " + name + " AAAA\n";
        junk("audit-" + id + "-0000000000000000777-0000000000000001", name + "\n777\njunk");
        junk("audit-" + id + "-0000000000000000777-0000000000000002", forged + trail.key() + "\n");
        junk(
                "audit-" + id + "-0000000000000000777-0000000000000003",
                genuine.replace(own.key().name(), name));
        junk("audit-" + id + "-0000000000000000777-0000000000000004", genuine);
        junk("audit-0000000000000001", trail.registration().text());
        junk("audit-0000000000000002", "no key\nhost x\ndirectory y\n");
        junk("audit-0000000000000003", "\u00ff\u0000");
        trail.seen(List.of(forged, "", "nothing", "x".repeat(5_000)));
        recordAfter(trail, Duration.ofSeconds(1));
        trail.close();
        own.close();

        TrailReport report = verify("a");
        assertThat(report.verdict()).as("%s", report).isEqualTo(Verdict.VERIFIED);
        assertThat(report.proven()).isEqualTo(report.records() - 1);
    }

    @Test
    void aStoreThatIsNotThereStopsNothingAndGetsTheLastCheckpointAllTheSame() {
        FailingStore failing = new FailingStore(store, Integer.MAX_VALUE);
        failing.down = true;
        AuditTrail trail = AuditTrail.in(folder.resolve("a"), RING)
                .clock(() -> now)
                .executor(Runnable::run)
                .open();
        StoreWitness.attach(failing, RING, () -> now, trail);
        recordAfter(trail, Duration.ofMinutes(10));
        assertThat(trail.doubts()).singleElement().asString().contains("a witness does not keep");

        failing.down = false;
        trail.close();

        assertThat(StoredTrails.read(store, RING).registrations()).hasSize(1);
        assertThat(verify("a").proven()).isPositive();
    }

    @Test
    void aStoreThatHangsHoldsUpNobody() throws Exception {
        CountDownLatch hanging = new CountDownLatch(1);
        FailingStore failing = new FailingStore(store, Integer.MAX_VALUE);
        AuditTrail trail = AuditTrail.in(folder.resolve("a"), RING)
                .clock(() -> now)
                .checkpointEvery(Duration.ZERO)
                .open();
        StoreWitness.attach(failing, RING, () -> now, trail);
        failing.beforeAdding = record -> await(hanging);
        for (int i = 0; i < 20; i++) {
            recordAfter(trail, Duration.ofHours(6));
        }
        hanging.countDown();
        trail.close();

        // The last event's checkpoint, and perhaps that of the end.
        assertThat(verify("a").proven()).isGreaterThanOrEqualTo(verify("a").records() - 3);
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void aServiceThatIsInterruptedWhileItEndsTellsItsLastCheckpointAllTheSame() {
        AuditTrail trail =
                AuditTrail.in(folder.resolve("a"), RING).clock(() -> now).open();
        StoreWitness.attach(store, RING, () -> now, trail);
        List<String> notes = Collections.synchronizedList(new ArrayList<>());
        trail.addWitness(new FileWitness(folder.resolve("notes")), Duration.ZERO);
        trail.addWitness(notes::add, Duration.ZERO);
        recordAfter(trail, Duration.ofSeconds(1));
        Thread.currentThread().interrupt();
        trail.close();

        assertThat(Thread.interrupted()).isTrue();
        assertThat(folder.resolve("notes")).isNotEmptyFile();
        assertThat(notes).isNotEmpty();
        assertThat(verify("a").proven()).isEqualTo(verify("a").records() - 1);
    }

    @Test
    void aRegistrationIsReadAsItWasWritten() {
        try (AuditTrail trail = begin("ä b%")) {
            TrailRegistration registration = trail.registration();

            TrailRegistration read = TrailRegistration.parse(registration.text());

            assertThat(read.host()).isEqualTo(registration.host());
            assertThat(read.directory()).isEqualTo(registration.directory()).endsWith("ä b%");
            assertThat(read.key()).hasToString(registration.key().toString());
        }
    }

    private void junk(String slot, String content) {
        assertThat(store.add(
                        RING, StoredRecord.of(new RecordName(slot, slot.substring(6, 22)), content.getBytes(UTF_8))))
                .isTrue();
    }
}
