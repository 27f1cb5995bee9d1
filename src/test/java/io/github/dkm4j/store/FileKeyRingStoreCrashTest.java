package io.github.dkm4j.store;

import static io.github.dkm4j.store.Records.names;
import static io.github.dkm4j.store.Records.record;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.dkm4j.key.StoreUnavailable;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Kills writing processes without warning. */
@Timeout(120)
class FileKeyRingStoreCrashTest {
    private static final int KILLS = 10;

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path parent;

    @SuppressWarnings("NullAway.Init")
    private Path directory;

    @SuppressWarnings("NullAway.Init")
    private FileKeyRingStore store;

    @BeforeEach
    void createRing() {
        directory = parent.resolve("keys");
        store = FileKeyRingStore.at(directory);
        store.create("mail", List.of(record("genesis", "a", "")));
    }

    @Test
    void whatAKilledProcessHasStoredIsThereAndTheStoreStillWorks() throws Exception {
        Random random = new Random(20260301);
        List<String> stored = new ArrayList<>();
        for (int kill = 0; kill < KILLS; kill++) {
            stored.addAll(linesUntilKilled(start("p" + kill), 1 + random.nextInt(40)));

            assertThat(everythingInTheStore()).containsAll(stored);
            assertThat(store.add("mail", record("after-" + kill, "a", ""))).isTrue();
        }
        assertThat(everyRingButMail())
                .allSatisfy(ring -> assertThat(store.read(ring))
                        .extracting(record -> record.name().slot())
                        .containsExactly("genesis", "key-1"));
        assertThat(leftovers(directory)).isEmpty();
        assertThat(leftovers(directory.resolve("mail"))).isEmpty();
    }

    @Test
    void threadsOfSeveralProcessesWritingAtOnceFillEachSlotOnce() throws Exception {
        Process first = start("same");
        Process second = start("same");

        List<String> stored = linesUntilKilled(first, 90);
        stored.addAll(linesUntilKilled(second, 1));

        assertThat(everythingInTheStore()).containsAll(stored);
        assertThat(store.read("mail"))
                .extracting(record -> record.name().slot())
                .doesNotHaveDuplicates();
    }

    @Test
    void threadThatGivesUpDoesNotLetAnotherProcessIn() throws Exception {
        WriterLock.holding(directory, WriterLock.PATIENCE, () -> {
            assertThatExceptionOfType(StoreUnavailable.class)
                    .isThrownBy(() -> WriterLock.holding(directory, Duration.ZERO, () -> true));
            assertThat(exitOf(run(LockingProcess.class))).isEqualTo(LockingProcess.REFUSED);
            return true;
        });

        assertThat(exitOf(run(LockingProcess.class))).isEqualTo(LockingProcess.GOT);
    }

    private static int exitOf(Process process) {
        return process.onExit().join().exitValue();
    }

    private Process start(String prefix) throws IOException {
        return run(WritingProcess.class, prefix);
    }

    private Process run(Class<?> program, String... arguments) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(ProcessHandle.current().info().command().orElseThrow());
        command.add("-cp");
        command.add(Objects.requireNonNull(System.getProperty("java.class.path")));
        command.add(program.getName());
        command.add(directory.toString());
        command.addAll(List.of(arguments));
        return new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    private static List<String> linesUntilKilled(Process process, int count) throws Exception {
        List<String> lines = new ArrayList<>();
        try (BufferedReader reader = process.inputReader()) {
            String line = reader.readLine();
            while (line != null) {
                lines.add(line);
                if (lines.size() == count) {
                    kill(process);
                }
                line = reader.readLine();
            }
        } finally {
            kill(process);
        }
        assertThat(process.waitFor(10, TimeUnit.SECONDS)).isTrue();
        assertThat(lines).hasSizeGreaterThanOrEqualTo(count);
        lines.removeIf(WritingProcess.LOST::equals);
        return lines;
    }

    // Through the handle: the process's own method would close the pipe with what is left in it.
    private static void kill(Process process) {
        process.toHandle().destroyForcibly();
    }

    private List<String> everythingInTheStore() throws IOException {
        List<String> found = new ArrayList<>();
        for (String ring : rings()) {
            names(store.read(ring)).forEach(name -> found.add(ring + "/" + name));
        }
        return found;
    }

    private List<String> everyRingButMail() throws IOException {
        return rings().stream().filter(ring -> !ring.equals("mail")).toList();
    }

    private List<String> rings() throws IOException {
        return Directories.names(directory).stream()
                .filter(name -> !name.startsWith("."))
                .toList();
    }

    private static List<Path> leftovers(Path in) throws IOException {
        List<Path> leftovers = new ArrayList<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(in, ".tmp-*")) {
            entries.forEach(leftovers::add);
        }
        return leftovers;
    }
}
