package io.github.dkm4j.directory;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A server in a temporary folder of its own that a script starts and ends; ended and removed with the process, and
 * ended also if that is killed. */
final class ServerScript {
    private static final Path SCRIPTS = Path.of("src", "it", "directory");
    private static final int MAX_SECONDS = 120;

    private final String name;
    private final Map<String, String> environment;
    private final Path folder;

    private ServerScript(String name, Map<String, String> environment, Path folder) {
        this.name = name;
        this.environment = environment;
        this.folder = folder;
    }

    /** Starts a server from nothing. */
    static ServerScript started(String name, Map<String, String> environment) {
        try {
            Path folder = Files.createTempDirectory("dkm4j-directory");
            ServerScript server = new ServerScript(name, environment, folder);
            Runtime.getRuntime().addShutdownHook(new Thread(server::discard));
            server.run("start");
            return server;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Path folder() {
        return folder;
    }

    char[] password(String account) {
        try {
            return Files.readString(folder.resolve(account + ".password")).toCharArray();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Runs the script, which has to end well. */
    void run(String action) {
        try {
            Path output = Files.createTempFile("dkm4j-directory", ".log");
            try {
                int status = process(action, output);
                if (status != 0) {
                    throw new IllegalStateException(
                            name + " " + action + " ended with " + status + ": " + Files.readString(output));
                }
            } finally {
                Files.delete(output);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** The output goes to a file, since the server keeps what it inherits open. */
    private int process(String action, Path output) throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(
                List.of(SCRIPTS.resolve(name).toAbsolutePath().toString(), action));
        Map<String, String> variables = new HashMap<>(environment);
        variables.put("STATE", folder.toString());
        variables.put("PARENT", Long.toString(ProcessHandle.current().pid()));
        builder.environment().putAll(variables);
        Process process = builder.redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        if (!process.waitFor(MAX_SECONDS, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new IllegalStateException(name + " " + action + " takes longer than " + MAX_SECONDS + " s");
        }
        return process.exitValue();
    }

    private void discard() {
        run("discard");
        try (Stream<Path> files = Files.walk(folder)) {
            files.sorted(Comparator.reverseOrder()).forEach(ServerScript::delete);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void delete(Path file) {
        try {
            Files.delete(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
