package io.github.dkm4j.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.dkm4j.KeyRing;
import io.github.dkm4j.key.KeyRef;
import io.github.dkm4j.rewrap.MessageTable;
import io.github.dkm4j.rewrap.RewrapReport;
import io.github.dkm4j.rewrap.Rewrapper;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.stream.IntStream;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Moves tables' messages to the active key. */
@Command(
        name = "rewrap",
        description = "Re-encrypts the messages of tables with the active key. May run on several machines at once, and"
                + " again after it was stopped. Exit status 1 if rows are left.",
        mixinStandardHelpOptions = true)
final class Rewrap implements Callable<Integer> {
    private static final Comparator<RewrapReport.Row> ORDER = Comparator.comparing(
                    RewrapReport.Row::under, Rewrap::withoutKeyLast)
            .thenComparing(RewrapReport.Row::key)
            .thenComparing(RewrapReport.Row::reason)
            .thenComparing(RewrapReport.Row::detail);

    private final Console console;

    @Mixin
    @SuppressWarnings("NullAway.Init") // picocli sets it
    TableOptions options;

    @Option(names = "--dry-run", description = "open all that would be moved, write nothing")
    boolean dryRun;

    @Option(
            names = "--workers",
            defaultValue = "2",
            description = "how many work at once here; default ${DEFAULT-VALUE}")
    int workers;

    @Option(names = "--batch", defaultValue = "2000", description = "rows a transaction; default ${DEFAULT-VALUE}")
    int batch;

    @Option(
            names = "--include-revoked",
            paramLabel = "FILE",
            description =
                    "move rows under revoked keys too, and add them to this file before: what whoever stole the key has"
                            + " written cannot be told from other rows any more")
    @Nullable Path revoked;

    @Option(names = "--json")
    boolean json;

    Rewrap(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws InterruptedException {
        if (workers < 1 || workers > 64) {
            throw new UsageError("--workers is 1 to 64");
        }
        Configuration configuration = options.ring.configuration();
        List<MessageTable> tables = options.tables(configuration);
        DataSource source = options.database(configuration);
        List<RewrapReport> reports = new ArrayList<>();
        try (KeyRing ring = configuration.ring().open();
                RevokedRowsFile file = revoked == null ? null : new RevokedRowsFile(revoked)) {
            Rewrapper rewrapper = Rewrapper.of(options.ring.view(ring)).batch(batch);
            for (MessageTable table : tables) {
                reports.add(work(
                        file == null ? rewrapper : rewrapper.includeRevoked(file.of(table.name())), source, table));
            }
        }
        if (json) {
            ArrayNode array = JsonNodeFactory.instance.arrayNode();
            reports.forEach(report -> array.add(node(report)));
            console.json(array);
        } else {
            reports.forEach(this::print);
        }
        return reports.stream().allMatch(RewrapReport::isComplete) ? ExitStatus.DONE : ExitStatus.INTERNAL;
    }

    private RewrapReport work(Rewrapper rewrapper, DataSource source, MessageTable table) throws InterruptedException {
        boolean visible = !json && console.isTerminal();
        ProgressBar bar = new ProgressBar(console.out(), System::nanoTime);
        AtomicLongArray done = new AtomicLongArray(workers + 1);
        try {
            if (dryRun) {
                return rewrapper
                        .listener((seen, moved, total) -> show(visible, bar, done, 0, seen, total))
                        .dryRun(source, table);
            }
            List<Callable<RewrapReport>> tasks = IntStream.range(0, workers)
                    .mapToObj(worker -> (Callable<RewrapReport>) () -> rewrapper
                            .listener((seen, moved, total) -> show(visible, bar, done, worker, moved, total))
                            .rewrap(source, table))
                    .toList();
            long moved = 0;
            long despite = 0;
            long changed = 0;
            List<RewrapReport.Row> rows = new ArrayList<>();
            for (RewrapReport report : all(tasks)) {
                moved += report.moved();
                despite += report.movedDespiteRevocation();
                changed += report.changedMeanwhile();
                report.rows().stream()
                        .filter(row -> row.reason() == RewrapReport.Reason.MOVED_DESPITE_REVOCATION)
                        .forEach(rows::add);
            }
            // What is left is counted once more, by one worker alone: each one's last pass saw what others had not done
            // yet.
            RewrapReport last = rewrapper.rewrap(source, table);
            rows.addAll(last.rows());
            return new RewrapReport(
                    table.name(),
                    false,
                    moved + last.moved(),
                    despite + last.movedDespiteRevocation(),
                    changed + last.changedMeanwhile(),
                    last.revokedLeft(),
                    last.unreadable(),
                    last.notMessages(),
                    last.finished(),
                    rows);
        } finally {
            bar.end();
        }
    }

    private static void show(
            boolean visible, ProgressBar bar, AtomicLongArray done, int worker, long count, long total) {
        done.set(worker, count);
        if (visible) {
            bar.show(IntStream.range(0, done.length()).mapToLong(done::get).sum(), total);
        }
    }

    private static List<RewrapReport> all(List<Callable<RewrapReport>> tasks) throws InterruptedException {
        ExecutorService threads = Executors.newFixedThreadPool(tasks.size());
        try {
            List<RewrapReport> reports = new ArrayList<>();
            for (Future<RewrapReport> result : threads.invokeAll(tasks)) {
                reports.add(result.get());
            }
            return reports;
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw new IllegalStateException(e.getCause());
        } finally {
            threads.shutdownNow();
        }
    }

    private void print(RewrapReport report) {
        console.out().println(RevokedRowsFile.escaped(report.inWords()));
        sorted(report)
                .forEach(row -> console.out()
                        .println("  " + RevokedRowsFile.escaped(row.key()) + ": "
                                + row.under().map(key -> key + ": ").orElse("")
                                + RevokedRowsFile.escaped(row.detail())));
    }

    /** The same order whichever worker came to a row. */
    private static List<RewrapReport.Row> sorted(RewrapReport report) {
        return report.rows().stream().sorted(ORDER).toList();
    }

    private static int withoutKeyLast(Optional<KeyRef> one, Optional<KeyRef> other) {
        return one.isPresent() && other.isPresent()
                ? one.get().compareTo(other.get())
                : Boolean.compare(one.isEmpty(), other.isEmpty());
    }

    private static ObjectNode node(RewrapReport report) {
        ObjectNode node = JsonNodeFactory.instance.objectNode();
        node.put("table", report.table());
        node.put("dryRun", report.dryRun());
        node.put("moved", report.moved());
        node.put("movedDespiteRevocation", report.movedDespiteRevocation());
        node.put("changedMeanwhile", report.changedMeanwhile());
        node.put("revokedLeft", report.revokedLeft());
        node.put("unreadable", report.unreadable());
        node.put("notMessages", report.notMessages());
        node.put("finished", report.finished());
        node.put("complete", report.isComplete());
        ArrayNode rows = node.putArray("rows");
        for (RewrapReport.Row row : sorted(report)) {
            ObjectNode line = rows.addObject();
            line.put("key", row.key());
            line.put("epoch", row.under().map(key -> key.epoch().value()).orElse(null));
            line.put("keyId", row.under().map(key -> key.keyId().toString()).orElse(null));
            line.put("reason", row.reason().name());
            line.put("detail", row.detail());
        }
        return node;
    }
}
