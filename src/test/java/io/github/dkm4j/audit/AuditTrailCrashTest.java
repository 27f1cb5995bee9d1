package io.github.dkm4j.audit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Kills processes that write trails. */
@Timeout(180)
class AuditTrailCrashTest {
    private static final int KILLS = 8;

    @TempDir
    Path directory;

    private Process start(String what) throws IOException {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-Xmx128m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        RecordingProcess.class.getName(),
                        directory.toString(),
                        what)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    @Test
    void whatWasRecordedBeforeAKillIsThereAndTheTrailGoesOnAndIsIncomplete() throws Exception {
        Random random = new Random(20261126);
        List<String> recorded = new ArrayList<>();
        for (int kill = 0; kill < KILLS; kill++) {
            Process process = start("record");
            int lines = 1 + random.nextInt(120);
            try (BufferedReader out = process.inputReader()) {
                for (String line = out.readLine(); line != null; line = out.readLine()) {
                    recorded.add(line);
                    if (--lines == 0) {
                        process.toHandle().destroyForcibly();
                    }
                }
            }
            process.waitFor();
        }
        AuditTrail.in(directory, "accounts").open().close();

        Set<String> there = new HashSet<>();
        new TrailReader(directory).forEach(record -> {
            if (record.type().equals("ringOpened")) {
                there.add(record.fields().get("caller") + " " + record.fields().get("keys"));
            }
        });
        assertThat(there).containsAll(recorded);
        TrailReport report = new TrailVerifier().verify(directory).get(0);
        assertThat(report.verdict()).as("%s", report).isEqualTo(TrailReport.Verdict.INCOMPLETE);
        assertThat(report.findings()).hasSize(KILLS).allMatch(finding -> finding.contains("did not end before record"));
        Path folder = TrailFolder.folders(directory).get(0);
        String key =
                TrailFolder.readVerifier(folder.resolve(TrailFolder.VERIFIER)).toString();
        assertThat(IndependentVerifier.verify(folder, key, List.of())).isEqualTo(7);
    }

    @Test
    void aUseIsOnTheDiskBeforeItsResultIsGivenOut() throws Exception {
        Process process = start("use");
        String out;
        try (BufferedReader reader = process.inputReader()) {
            out = String.join("\n", reader.lines().toList());
        }
        process.waitFor();

        assertThat(out).isEmpty();
        List<String> types = new ArrayList<>();
        new TrailReader(directory).forEach(record -> types.add(record.type()));
        assertThat(types.get(types.size() - 1)).isEqualTo("keyUsed");
        assertThat(new TrailVerifier().verify(directory).get(0).verdict()).isEqualTo(TrailReport.Verdict.INCOMPLETE);
    }

    @Test
    void aProcessWithSeveralTrailsKeepsThemAllToItself() throws Exception {
        try (AuditTrail one = AuditTrail.in(directory, "accounts").open();
                AuditTrail two = AuditTrail.in(directory, "accounts").open()) {
            Process process = start("record");
            try (BufferedReader out = process.inputReader()) {
                assertThat(out.readLine()).isNotNull();
                process.toHandle().destroyForcibly();
            }
            process.waitFor();
            one.record(new AuditEvent.GenerationStarted(Instant.EPOCH, "accounts", "x", 1));
            two.record(new AuditEvent.GenerationStarted(Instant.EPOCH, "accounts", "x", 1));
        }
        assertThat(new TrailVerifier().verify(directory))
                .extracting(TrailReport::verdict)
                .containsExactlyInAnyOrder(
                        TrailReport.Verdict.VERIFIED, TrailReport.Verdict.VERIFIED, TrailReport.Verdict.INCOMPLETE);
    }
}
