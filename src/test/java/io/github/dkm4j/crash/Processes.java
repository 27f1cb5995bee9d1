package io.github.dkm4j.crash;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Three processes at a time on one ring, each replaced when it was killed.
 *
 * @param location where the ring is, as {@link CrashingProcess} takes it
 * @param number how many in all
 * @param seed decides about everything but the operating system's doing
 * @param fate when each is killed
 * @param onRecord told of each message when it is on record, by the thread that reads it
 * @param onMaking told when a process is about to write a key
 */
record Processes(
        List<String> location,
        int number,
        long seed,
        Function<Random, Fate> fate,
        BiConsumer<Message, Random> onRecord,
        Consumer<Random> onMaking) {
    private static final int AT_ONCE = 3;

    /** Returns when the last one was killed. */
    List<Life> run() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(AT_ONCE);
        AtomicInteger started = new AtomicInteger();
        try {
            List<Future<List<Life>>> running = new ArrayList<>();
            for (int i = 0; i < AT_ONCE; i++) {
                Random random = new Random(seed + i);
                Callable<List<Life>> task = () -> oneByOne(random, started);
                running.add(threads.submit(task));
            }
            List<Life> all = new ArrayList<>();
            for (Future<List<Life>> each : running) {
                all.addAll(each.get());
            }
            return all;
        } finally {
            threads.shutdownNow();
        }
    }

    private List<Life> oneByOne(Random random, AtomicInteger started) throws Exception {
        List<Life> lives = new ArrayList<>();
        for (int next = started.incrementAndGet(); next <= number; next = started.incrementAndGet()) {
            Process process = start("p" + next);
            lives.add(Life.of(
                    process,
                    fate.apply(random),
                    message -> onRecord.accept(message, random),
                    () -> onMaking.accept(random)));
            assertThat(process.waitFor(10, TimeUnit.SECONDS)).isTrue();
        }
        return lives;
    }

    private Process start(String name) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                ProcessHandle.current().info().command().orElseThrow(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Xshare:auto",
                "-Xmx64m",
                "-cp",
                Objects.requireNonNull(System.getProperty("java.class.path")),
                CrashingProcess.class.getName(),
                name));
        command.addAll(location);
        return new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }
}
