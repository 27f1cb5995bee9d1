package io.github.dkm4j.audit;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.dkm4j.audit.TrailReport.Verdict;
import io.github.dkm4j.key.AuditUnavailable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SignatureException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an attacker or an accident does to a trail's files, and what is found; a verifier of an auditor's own agrees each time. */
class AuditTrailTest {
    private static final Instant START = Instant.parse("2026-11-26T10:00:00Z");

    @TempDir
    Path directory;

    private final List<String> outside = Collections.synchronizedList(new ArrayList<>());
    private Instant now = START;

    private AuditTrailBuilder builder() {
        return AuditTrail.in(directory, "accounts")
                .clock(() -> now)
                .checkpointEvery(Duration.ofMinutes(1))
                .executor(Runnable::run)
                .witness(outside::add);
    }

    private AuditEvent event(int i) {
        now = now.plusSeconds(7);
        return new AuditEvent.AccessRefused(
                now, "accounts", "käthe", "DECRYPT", "no rule, " + i + "% of\nthe time = 0", 0);
    }

    private void honest(int events) {
        try (AuditTrail trail = builder().open()) {
            for (int i = 0; i < events; i++) {
                trail.record(event(i));
            }
        }
    }

    private Path folder() throws IOException {
        return TrailFolder.folders(directory).get(0);
    }

    private Path file() throws IOException {
        return TrailFolder.files(folder()).get(0);
    }

    private List<String> lines() throws IOException {
        return Files.readAllLines(file(), ISO_8859_1);
    }

    private void rewrite(List<String> lines) throws IOException {
        Files.write(file(), lines, ISO_8859_1);
    }

    private Verdict theirs(TrailKey key, List<String> notes) throws Exception {
        try {
            return switch (IndependentVerifier.verify(folder(), key.toString(), notes)) {
                case 0 -> Verdict.VERIFIED;
                case 7 -> Verdict.INCOMPLETE;
                default -> Verdict.ALTERED;
            };
        } catch (IllegalArgumentException | IndexOutOfBoundsException | SignatureException e) {
            return Verdict.ALTERED;
        }
    }

    private TrailReport report(List<String> notes) throws Exception {
        TrailKey key = TrailFolder.readVerifier(folder().resolve(TrailFolder.VERIFIER));
        TrailVerifier verifier = new TrailVerifier().key(key);
        notes.forEach(verifier::checkpoint);
        TrailReport report = verifier.verify(directory).get(0);
        assertThat(report.verdict()).as("%s", report).isEqualTo(theirs(key, notes));
        return report;
    }

    @Test
    void anHonestTrailIsVerified() throws Exception {
        honest(50);

        TrailReport report = report(outside);

        assertThat(report.verdict()).as("%s", report).isEqualTo(Verdict.VERIFIED);
        assertThat(report.findings()).isEmpty();
        assertThat(report.signed()).isEqualTo(report.records());
        assertThat(report.proven()).isEqualTo(report.records() - 1);
    }

    @Test
    void anyByteThatIsChangedIsFoundAndItsRecordNamed() throws Exception {
        honest(6);
        byte[] bytes = Files.readAllBytes(file());
        int record = 0;
        for (int at = 0; at < bytes.length; at++) {
            byte[] changed = bytes.clone();
            changed[at] ^= (byte) (1 << at % 7);
            Files.write(file(), changed);
            TrailReport report = report(List.of());
            assertThat(report.verdict()).as("byte %d", at).isNotEqualTo(Verdict.VERIFIED);
            assertThat(report.findings().get(0)).as("byte %d", at).containsPattern("\\b" + record + "\\b");
            record += bytes[at] == '\n' ? 1 : 0;
        }
    }

    @Test
    void aRecordThatIsDroppedDoubledOrMovedIsFound() throws Exception {
        honest(10);
        List<String> lines = lines();
        for (int i = 0; i < lines.size() - 1; i++) {
            List<String> dropped = new ArrayList<>(lines);
            dropped.remove(i);
            rewrite(dropped);
            assertThat(report(List.of()).verdict()).isEqualTo(Verdict.ALTERED);
            List<String> doubled = new ArrayList<>(lines);
            doubled.add(i, lines.get(i));
            rewrite(doubled);
            assertThat(report(List.of()).findings().get(0)).contains("record " + i + " is there twice");
            List<String> moved = new ArrayList<>(lines);
            Collections.swap(moved, i, i + 1);
            rewrite(moved);
            assertThat(report(List.of()).verdict()).isEqualTo(Verdict.ALTERED);
        }
    }

    @Test
    void aCutIsFoundByACheckpointThatWasHeldElsewhereAndIsAnEndThatIsNotThereWithoutOne() throws Exception {
        honest(50);
        List<String> lines = lines();
        int first = 0;
        while (!lines.get(first).contains(" checkpoint ")) {
            first++;
        }
        for (int length = first + 2; length < lines.size() - 1; length++) {
            rewrite(lines.subList(0, length));
            assertThat(report(outside).verdict()).isEqualTo(Verdict.ALTERED);
            assertThat(report(outside).findings()).anyMatch(finding -> finding.contains("are missing"));
            assertThat(report(List.of()).verdict()).isEqualTo(Verdict.INCOMPLETE);
        }
    }

    @Test
    void aTrailWrittenAnewWithItsOwnKeyContradictsACheckpointHeldElsewhere() throws Exception {
        honest(20);
        byte[] key = Files.readAllBytes(folder().resolve("key.pem"));
        Files.delete(file());
        now = START;
        List<String> before = List.copyOf(outside);
        try (AuditTrail trail = builder().open()) {
            for (int i = 0; i < 20; i++) {
                trail.record(event(i + 1));
            }
        }

        assertThat(Files.readAllBytes(folder().resolve("key.pem"))).isEqualTo(key);
        assertThat(report(List.of()).verdict()).isEqualTo(Verdict.VERIFIED);
        assertThat(report(before).verdict()).isEqualTo(Verdict.ALTERED);
        assertThat(report(before).proven()).as("the beginning is the same").isEqualTo(2);
    }

    @Test
    void aTrailThatIsReplacedOrRemovedIsFoundByWhoKnowsItsKey() throws Exception {
        honest(5);
        TrailKey key = TrailFolder.readVerifier(folder().resolve(TrailFolder.VERIFIER));
        Path away = directory.resolveSibling(directory.getFileName() + "-away");
        Files.move(folder(), away);

        TrailReport removed = new TrailVerifier().key(key).verify(directory).get(0);
        assertThat(removed.verdict()).isEqualTo(Verdict.ALTERED);
        assertThat(removed.findings()).containsExactly("the trail is not there");

        honest(5);
        List<TrailReport> replaced = new TrailVerifier().key(key).verify(directory);
        assertThat(replaced).hasSize(2).allMatch(report -> report.verdict() == Verdict.ALTERED);

        Files.writeString(folder().resolve(TrailFolder.VERIFIER), key + "\n");
        assertThat(report(List.of()).verdict()).isEqualTo(Verdict.ALTERED);
    }

    @Test
    void aCheckpointOfAnotherTrailIsNotThisOnes() throws Exception {
        honest(5);
        String foreign = outside.get(0).replaceFirst("accounts/[0-9a-f]+", "accounts/0123456789abcdef");
        List<String> forged = List.of(outside.get(0).replaceFirst("\n[0-9]+\n", "\n3\n"));

        assertThat(report(forged).verdict()).isEqualTo(Verdict.ALTERED);
        assertThat(new TrailVerifier()
                        .checkpoint(foreign)
                        .verify(directory)
                        .get(0)
                        .verdict())
                .isEqualTo(Verdict.VERIFIED);
    }

    @Test
    void aTornRecordIsSetAsideAndTheTrailGoesOnAndIsIncomplete() throws Exception {
        honest(3);
        List<String> lines = lines();
        int ended = lines.size() - 2;
        rewrite(lines.subList(0, ended));
        Files.writeString(file(), lines.get(ended).substring(0, 40), StandardOpenOption.APPEND);
        assertThat(report(List.of()).verdict()).isEqualTo(Verdict.INCOMPLETE);
        assertThat(report(List.of()).findings()).anyMatch(finding -> finding.contains("torn: 40 bytes"));

        honest(3);

        TrailReport report = report(List.of());
        assertThat(report.verdict()).isEqualTo(Verdict.INCOMPLETE);
        assertThat(report.findings())
                .containsExactly(
                        "the process that began with record 1 did not end before record " + ended
                                + ": it was killed, or records were cut; what is there of it has 3 records up to its last checkpoint");
        assertThat(lines().get(ended)).contains(" started ").contains(" torn=40");
        assertThat(Files.readString(folder().resolve(String.format("torn-%018d", ended))))
                .hasSize(40);
    }

    @Test
    void filesAreRotatedBySizeAndDayAndTheTrailGoesThroughAllOfThem() throws Exception {
        try (AuditTrail trail = builder().rotateAt(4096).open()) {
            for (int i = 0; i < 60; i++) {
                trail.record(event(i));
            }
            now = now.plus(Duration.ofDays(1));
            trail.record(event(60));
        }
        try (AuditTrail trail = builder().rotateAt(4096).open()) {
            trail.record(event(61));
        }
        List<Path> files = TrailFolder.files(folder());
        assertThat(files).hasSizeGreaterThan(4);
        assertThat(report(outside).verdict()).isEqualTo(Verdict.VERIFIED);

        Path middle = files.get(2);
        byte[] content = Files.readAllBytes(middle);
        Files.delete(middle);
        assertThat(report(outside).verdict()).isEqualTo(Verdict.ALTERED);
        Files.write(middle, content);

        Files.delete(files.get(0));
        TrailReport archived = new TrailVerifier().verify(directory).get(0);
        assertThat(archived.verdict()).as("%s", archived).isEqualTo(Verdict.INCOMPLETE);
        assertThat(archived.findings().get(0)).startsWith("records 0 to ").endsWith("are in files that are not here");
    }

    @Test
    void processesAtOnceWriteATrailEachAndLaterOnesGoOnWithThem() throws Exception {
        try (AuditTrail one = builder().open();
                AuditTrail other = builder().open()) {
            one.record(event(1));
            other.record(event(2));
            assertThat(one.key().toString()).isNotEqualTo(other.key().toString());
        }
        honest(1);
        honest(1);
        try (AuditTrail elsewhere =
                AuditTrail.in(directory, "other-ring").clock(() -> now).open()) {
            assertThat(elsewhere.key().name()).startsWith("dkm4j/other-ring/");
        }

        List<TrailReport> reports = new TrailVerifier().verify(directory);
        assertThat(reports).hasSize(3).allMatch(report -> report.verdict() == Verdict.VERIFIED);
    }

    @Test
    void manyThreadsWriteOneTrail() throws Exception {
        try (AuditTrail trail = builder().open()) {
            List<Thread> threads = Stream.generate(() -> new Thread(() -> {
                        for (int i = 0; i < 50; i++) {
                            trail.record(new AuditEvent.GenerationStarted(START, "accounts", "x", i));
                        }
                    }))
                    .limit(8)
                    .toList();
            threads.forEach(Thread::start);
            for (Thread thread : threads) {
                thread.join();
            }
        }

        assertThat(report(outside).verdict()).isEqualTo(Verdict.VERIFIED);
        assertThat(lines().stream().filter(line -> line.contains(" generationStarted ")))
                .hasSize(400);
    }

    @Test
    void aWitnessThatRefusesIsADoubtAndACheckpointOnDemandFails() {
        try (AuditTrail trail = builder().open()) {
            boolean[] refuses = {true};
            trail.addWitness(
                    note -> {
                        if (refuses[0]) {
                            throw new AuditUnavailable("no space");
                        }
                    },
                    Duration.ZERO);
            assertThatThrownBy(trail::checkpoint)
                    .isInstanceOf(AuditUnavailable.class)
                    .hasMessageContaining("no space");
            assertThat(trail.doubts()).hasSize(1);
            trail.record(event(1));
            refuses[0] = false;
            trail.checkpoint();
            assertThat(trail.doubts()).isEmpty();
        }
    }

    @Test
    void aKeyThatOthersCanReadIsNotUsed() throws Exception {
        honest(1);
        Files.setPosixFilePermissions(folder().resolve("key.pem"), PosixFilePermissions.fromString("rw-r-----"));

        assertThatThrownBy(() -> honest(1))
                .isInstanceOf(AuditUnavailable.class)
                .hasMessageContaining("can be read by others");
    }

    @Test
    void aDamagedTrailIsNotGoneOnWith() throws Exception {
        honest(1);
        rewrite(Stream.concat(Stream.of("nonsense"), lines().stream()).collect(Collectors.toList()));

        assertThatThrownBy(() -> honest(1)).isInstanceOf(AuditUnavailable.class).hasMessageContaining("is damaged");
    }

    @Test
    void whoIsInterruptedRecordsAllTheSameAndStaysInterrupted() throws Exception {
        try (AuditTrail trail = builder().open()) {
            Thread.currentThread().interrupt();
            trail.record(event(1));
            assertThat(Thread.interrupted()).isTrue();
            Thread writer = new Thread(() -> {
                for (int i = 0; i < 300; i++) {
                    try {
                        trail.record(new AuditEvent.GenerationStarted(START, "accounts", "x", i));
                    } catch (AuditUnavailable e) {
                        // This one was not recorded; the next ones are.
                    }
                }
            });
            writer.start();
            while (writer.isAlive()) {
                writer.interrupt();
                Thread.onSpinWait();
            }
            writer.join();
            trail.record(event(2));
        }
        assertThat(report(outside).verdict()).isEqualTo(Verdict.VERIFIED);
    }

    @Test
    void textThatIsNoTextIsRecordedAndReadable() throws Exception {
        try (AuditTrail trail = builder().open()) {
            trail.record(new AuditEvent.GenerationStarted(now, "accounts", "bob\ud800 \ud83d\ude00 %+=\u0000", 1));
            trail.record(new AuditEvent.StoreDoubted(now, "accounts", "x", "long ".repeat(30_000)));
        }
        assertThat(report(outside).verdict()).isEqualTo(Verdict.VERIFIED);
        List<String> callers = new ArrayList<>();
        new TrailReader(directory).forEach(record -> callers.add(record.fields().getOrDefault("caller", "")));
        assertThat(callers).contains("bob\ufffd \ud83d\ude00 %+=\u0000");
    }

    @Test
    void nothingIsAppendedToTheLastCheckpointNorMovedBetweenFiles() throws Exception {
        honest(3);
        List<String> lines = lines();
        int last = lines.size() - 1;
        for (String more : List.of(" caller=mallory", "%0Amore", "%E2%80%94%20me%20AAAA%0A")) {
            List<String> changed = new ArrayList<>(lines);
            changed.set(last, lines.get(last) + more);
            rewrite(changed);
            assertThat(report(outside).verdict()).isEqualTo(Verdict.ALTERED);
        }
        rewrite(lines);
        Path other = folder().resolve("000000000000000003.trail");
        Files.write(other, lines.subList(3, lines.size()), ISO_8859_1);
        rewrite(lines.subList(0, 3));
        assertThat(new TrailVerifier().verify(directory).get(0).verdict()).isEqualTo(Verdict.ALTERED);
        Files.delete(other);
        rewrite(lines);
        Files.move(file(), folder().resolve("000000000000000001.trail"));
        assertThat(new TrailVerifier().verify(directory).get(0).verdict()).isEqualTo(Verdict.ALTERED);
    }

    @Test
    void whatIsNoTrailInTheDirectoryHidesNone() throws Exception {
        honest(3);
        Files.createDirectory(directory.resolve("lost+found"));
        Files.createDirectory(directory.resolve("0123456789abcdef"));
        Files.createDirectory(folder().resolve("zz.trail"));
        Files.createDirectory(directory.resolve("fedcba9876543210"));
        Files.createDirectory(directory.resolve("fedcba9876543210/verifier"));

        assertThat(new TrailVerifier().verify(directory))
                .extracting(TrailReport::verdict)
                .containsExactlyInAnyOrder(Verdict.VERIFIED, Verdict.ALTERED, Verdict.ALTERED);
    }

    @Test
    void aCheckpointOfATrailThatIsNotThereIsAFinding() {
        honest(3);
        List<TrailReport> reports = new TrailVerifier()
                .checkpoint(outside.get(0).replace("dkm4j/accounts/", "dkm4j/accounts/0"))
                .verify(directory);

        assertThat(reports).extracting(TrailReport::verdict).containsExactly(Verdict.VERIFIED, Verdict.ALTERED);
    }

    @Test
    void aRotationThatFailedIsTriedAgainAndLeavesNothingOdd() throws Exception {
        try (AuditTrail trail = builder().rotateAt(4096).open()) {
            Path blocked = Files.createDirectories(folder().resolve("unfinished/inside"));
            int failures = 0;
            for (int i = 0; i < 40; i++) {
                try {
                    trail.record(event(i));
                } catch (AuditUnavailable e) {
                    failures++;
                }
            }
            assertThat(failures).isPositive();
            Files.delete(blocked);
            trail.record(event(40));
            assertThat(trail.doubts()).isEmpty();
        }
        assertThat(TrailFolder.files(folder())).hasSizeGreaterThan(1);
        assertThat(report(outside).verdict()).isEqualTo(Verdict.VERIFIED);
    }

    @Test
    void aTrailThatCannotBeBegunLeavesNothingBehindAndCanBeBegunLater() throws Exception {
        honest(1);
        Path blocked = folder().resolve("unfinished/inside");
        Path begun = Files.move(file(), directory.resolve("away"));
        Files.createDirectories(blocked);
        for (int i = 0; i < 5; i++) {
            assertThatThrownBy(() -> builder().open()).isInstanceOf(AuditUnavailable.class);
        }
        try (Stream<Path> all = Files.list(directory)) {
            assertThat(all).containsExactlyInAnyOrder(folder(), begun);
        }
        Files.delete(blocked);
        Files.delete(blocked.getParent());
        honest(1);
        assertThat(report(List.of()).verdict()).isEqualTo(Verdict.VERIFIED);
    }
}
