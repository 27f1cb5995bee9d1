package io.github.dkm4j.store;

import static io.github.dkm4j.store.Records.names;
import static io.github.dkm4j.store.Records.record;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
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
                .allSatisfy(ring -> assertThat(names(store.read(ring))).containsExactly("genesis.a", "key-1.b"));
        assertThat(leftovers(directory)).isEmpty();
        assertThat(leftovers(directory.resolve("mail"))).isEmpty();
    }

    @Test
    void processesWritingAtOnceLoseNothing() throws Exception {
        Process first = start("same");
        Process second = start("same");

        List<String> stored = linesUntilKilled(first, 60);
        stored.addAll(linesUntilKilled(second, 1));

        assertThat(stored).doesNotHaveDuplicates();
        assertThat(everythingInTheStore()).containsAll(stored);
    }

    private Process start(String prefix) throws IOException {
        String java = ProcessHandle.current().info().command().orElseThrow();
        return new ProcessBuilder(
                        java,
                        "-cp",
                        Objects.requireNonNull(System.getProperty("java.class.path")),
                        WritingProcess.class.getName(),
                        directory.toString(),
                        prefix)
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
