package io.github.dkm4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Runs the tool as a process of its own and kills it at the first, the second, … change that it makes to its folder,
 * until one run gets to its end; and again, for changes that follow one another quickly are not all seen, until it was
 * killed often enough.
 */
@Timeout(300)
class KilledProcessTest extends CliTest {
    private static final int MOST_CHANGES = 200;
    private static final int KILLS = 4;
    private static final int MOST_RUNS = 100;

    private final List<byte[]> handedOut = new ArrayList<>();

    @Test
    void initMakesAWholeRingOrNone() throws Exception {
        untilKilledOftenEnough(change -> {
            delete(store());
            boolean killed = runAndKillAtChange(change, "init");

            int opened = run("pkcs12", "keys list");
            assertThat(opened).as(err).isIn(ExitStatus.DONE, ExitStatus.USAGE);
            if (opened == ExitStatus.USAGE) {
                assertThat(err).contains("init");
                assertThat(run("pkcs12", "init")).as(err).isZero();
            }
            handedOut.clear();
            encryptOne();
            everyMessageIsRead();
            return killed;
        });
    }

    @Test
    void rollOverMakesAWholeKeyOrNone() throws Exception {
        assertThat(run("pkcs12", "init")).isZero();
        untilKilledOftenEnough(change -> {
            encryptOne();
            boolean killed = runAndKillAtChange(change, "keys", "roll-over");
            everyMessageIsRead();
            encryptOne();
            assertThat(run("pkcs12", "keys roll-over")).as(err).isZero();
            everyMessageIsRead();
            return killed;
        });
    }

    @Test
    void encryptHandsOutAWholeMessageOrNone() throws Exception {
        assertThat(run("pkcs12", "init")).isZero();
        Path in = Files.write(folder.resolve("plain"), TOKEN);
        untilKilledOftenEnough(change -> {
            Path message = Files.createTempDirectory(folder, "out").resolve("message");
            boolean killed = runAndKillAtChange(change, "encrypt", "--in", in.toString(), "--out", message.toString());
            if (Files.exists(message)) {
                handedOut.add(Files.readAllBytes(message));
            }
            assertThat(killed || Files.exists(message)).isTrue();
            everyMessageIsRead();
            return killed;
        });
    }

    /** One run of the tool, killed at a change or not. */
    private interface Attempt {
        boolean killedAt(int change) throws Exception;
    }

    private static void untilKilledOftenEnough(Attempt attempt) throws Exception {
        int kills = 0;
        int change = 1;
        for (int runs = 0; kills < KILLS || change > 1; runs++) {
            assertThat(runs).as("runs, of which %s were killed", kills).isLessThan(MOST_RUNS);
            boolean killed = attempt.killedAt(change);
            kills += killed ? 1 : 0;
            change = killed ? change + 1 : 1;
        }
    }

    /** Whether the process was killed; false if it ended well before that many changes. */
    private boolean runAndKillAtChange(int change, String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of(
                ProcessHandle.current().info().command().orElseThrow(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                Objects.requireNonNull(System.getProperty("java.class.path")),
                Main.class.getName()));
        command.addAll(List.of(arguments));
        command.addAll(List.of("--config", folder.resolve("pkcs12.properties").toString()));
        Path log = Files.createTempFile("dkm4j-killed", ".log");
        List<String> seen = state();
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        try {
            int changes = 0;
            while (process.isAlive()) {
                List<String> now = state();
                if (!now.equals(seen)) {
                    seen = now;
                    if (++changes == change) {
                        process.destroyForcibly().waitFor();
                        return true;
                    }
                    assertThat(changes).isLessThan(MOST_CHANGES);
                }
            }
            assertThat(process.exitValue()).as(Files.readString(log)).isZero();
            return false;
        } finally {
            process.destroyForcibly();
            Files.delete(log);
        }
    }

    /** Names, sizes and times of all that is in the folder, as far as it holds still. */
    private List<String> state() throws IOException {
        try (Stream<Path> paths = Files.walk(folder)) {
            return paths.map(KilledProcessTest::described).sorted().toList();
        } catch (UncheckedIOException e) {
            return List.of("moving");
        }
    }

    private static String described(Path path) {
        try {
            return path + " " + Files.size(path) + " " + Files.getLastModifiedTime(path);
        } catch (IOException e) {
            return path + " gone";
        }
    }

    private void encryptOne() {
        assertThat(run("pkcs12", "encrypt")).as(err).isZero();
        handedOut.add(out);
    }

    private void everyMessageIsRead() {
        for (byte[] message : handedOut) {
            assertThat(run("pkcs12", "decrypt", message)).as(err).isZero();
            assertThat(out).isEqualTo(TOKEN);
        }
    }

    private Path store() {
        return folder.resolve("store-pkcs12");
    }

    private static void delete(Path directory) throws IOException {
        if (Files.notExists(directory)) {
            return;
        }
        List<Path> paths;
        try (Stream<Path> walk = Files.walk(directory)) {
            paths = new ArrayList<>(walk.toList());
        }
        for (int i = paths.size() - 1; i >= 0; i--) {
            Files.delete(paths.get(i));
        }
    }
}
