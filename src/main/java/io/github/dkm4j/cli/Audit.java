package io.github.dkm4j.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.dkm4j.StoredTrails;
import io.github.dkm4j.audit.TrailKey;
import io.github.dkm4j.audit.TrailReader;
import io.github.dkm4j.audit.TrailRecord;
import io.github.dkm4j.audit.TrailReport;
import io.github.dkm4j.audit.TrailReport.Verdict;
import io.github.dkm4j.audit.TrailVerifier;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Commands about trails of audit events; none of them needs the ring. */
@Command(
        name = "audit",
        description = "Verifies and shows what is on record.",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND")
final class Audit implements Runnable {
    private static final Comparator<TrailRecord> BY_TIME = Comparator.comparing(TrailRecord::time)
            .thenComparing(TrailRecord::trail)
            .thenComparing(TrailRecord::number);

    private final Console console;

    Audit(Console console) {
        this.console = console;
    }

    @Override
    public void run() {
        throw new UsageError("audit needs a command: verify, tail, report, checkpoint or keys");
    }

    /** Which records are wanted. */
    static final class Filter {
        @Option(names = "--since", description = "a time such as 2026-01-31T00:00:00Z")
        @Nullable String since;

        @Option(names = "--caller", description = "what this one did")
        @Nullable String caller;

        @Option(names = "--key", description = "what was done with or to this key, EPOCH/ID")
        @Nullable String key;

        @Option(names = "--operation", description = "encrypt, decrypt, …, or an event such as keyCreated")
        @Nullable String operation;

        Predicate<TrailRecord> predicate() {
            Instant from = since == null ? Instant.MIN : instant(since);
            return record -> !record.time().isBefore(from)
                    && fits(caller, record.fields().get("caller"))
                    && fits(key, record.fields().get("key"))
                    && (fits(operation, record.fields().get("operation"))
                            || record.type().equals(operation));
        }

        private static boolean fits(@Nullable String wanted, @Nullable String there) {
            return wanted == null || wanted.equals(there);
        }

        private static Instant instant(String text) {
            try {
                return Instant.parse(text);
            } catch (DateTimeException e) {
                throw new UsageError("--since is no time such as 2026-01-31T00:00:00Z");
            }
        }
    }

    @Command(
            name = "verify",
            description = "Says whether trails were changed: exit status 0 if not, 1 if so, 7 if an end is not there,"
                    + " which a crash and a cut both leave.")
    int verify(
            @Mixin TrailSource trails,
            @Option(names = "--key", description = "a trail's public key, or a file of such, one a line; repeatable")
                    List<String> keys,
            @Option(
                            names = "--checkpoints",
                            description = "a file of checkpoints that were held elsewhere, an empty line behind each")
                    List<Path> checkpoints,
            @Option(
                            names = "--all",
                            description = "trails that the ring's store knows from other machines or directories must"
                                    + " be there too")
                    boolean all) {
        TrailVerifier verifier = new TrailVerifier();
        Path directory = trails.directory();
        Optional<StoredTrails> known = trails.stored();
        known.ifPresent(stored -> {
            stored.registrations().forEach(trail -> verifier.registered(trail, all || trail.isIn(directory)));
            stored.checkpoints().forEach(verifier::stored);
        });
        for (String key : keys == null ? List.<String>of() : keys) {
            AuditInputs.keysOf(key).forEach(verifier::key);
        }
        for (Path file : checkpoints == null ? List.<Path>of() : checkpoints) {
            AuditInputs.notesOf(file).forEach(verifier::checkpoint);
        }
        List<TrailReport> reports = verifier.verify(directory);
        if (trails.json) {
            ArrayNode array = JsonNodeFactory.instance.arrayNode();
            reports.forEach(report -> {
                ObjectNode node = array.addObject();
                node.put("trail", report.trail());
                node.put("verdict", report.verdict().name());
                node.put("records", report.records());
                node.put("signed", report.signed());
                node.put("proven", report.proven());
                report.findings().forEach(node.putArray("findings")::add);
            });
            known.ifPresent(stored -> notLookedFor(stored, reports)
                    .forEach((place, count) -> array.addObject()
                            .put("verdict", "NOT_LOOKED_FOR")
                            .put("place", place)
                            .put("trails", count)));
            console.json(array);
        } else {
            reports.forEach(report -> {
                console.out()
                        .println(Console.plain(report.trail()) + " " + report.verdict() + ", " + report.records()
                                + " records, "
                                + report.signed() + " signed, " + report.proven()
                                + " proven by checkpoints held elsewhere");
                report.findings().forEach(finding -> console.out().println("  " + Console.plain(finding)));
            });
            known.ifPresent(stored -> notLookedFor(stored, reports)
                    .forEach((place, count) -> console.out()
                            .println("not looked for: " + count + " of " + Console.plain(place)
                                    + " (the ring's store says so; collect them and use --all)")));
        }
        return status(reports);
    }

    /** How many trails were not looked for, by host and directory: whoever verifies should know where they ought to be. */
    private static Map<String, Long> notLookedFor(StoredTrails stored, List<TrailReport> reports) {
        Set<String> reported = reports.stream().map(TrailReport::trail).collect(Collectors.toSet());
        return stored.registrations().stream()
                .filter(trail -> !reported.contains(trail.key().name()))
                .collect(Collectors.groupingBy(
                        trail -> trail.host() + " " + trail.directory(), TreeMap::new, Collectors.counting()));
    }

    private static int status(List<TrailReport> reports) {
        Verdict worst = reports.stream()
                .map(TrailReport::verdict)
                .max(Comparator.naturalOrder())
                .orElse(Verdict.ALTERED);
        return switch (worst) {
            case VERIFIED -> ExitStatus.DONE;
            case INCOMPLETE -> ExitStatus.INCOMPLETE;
            case ALTERED -> ExitStatus.INTERNAL;
        };
    }

    @Command(name = "tail", description = "Prints the last records of all trails.")
    int tail(
            @Mixin TrailSource trails,
            @Mixin Filter filter,
            @Option(
                            names = {"-n", "--lines"},
                            defaultValue = "20",
                            description = "how many; default ${DEFAULT-VALUE}")
                    int lines) {
        Predicate<TrailRecord> wanted = filter.predicate();
        List<TrailRecord> last = new ArrayList<>();
        Map<String, Deque<TrailRecord>> byTrail = new LinkedHashMap<>();
        new TrailReader(trails.directory()).forEach(record -> {
            if (wanted.test(record)) {
                Deque<TrailRecord> few = byTrail.computeIfAbsent(record.trail(), name -> new ArrayDeque<>());
                few.add(record);
                if (few.size() > lines) {
                    few.remove();
                }
            }
        });
        byTrail.values().forEach(last::addAll);
        last.sort(BY_TIME);
        print(last.subList(Math.max(0, last.size() - lines), last.size()), trails.json);
        return ExitStatus.DONE;
    }

    @Command(name = "report", description = "Prints records of all trails in the order of their times.")
    int report(@Mixin TrailSource trails, @Mixin Filter filter) {
        Predicate<TrailRecord> wanted = filter.predicate();
        List<TrailRecord> records = new ArrayList<>();
        new TrailReader(trails.directory()).forEach(record -> {
            if (wanted.test(record)) {
                records.add(record);
            }
        });
        records.sort(BY_TIME);
        print(records, trails.json);
        return ExitStatus.DONE;
    }

    @Command(
            name = "checkpoint",
            description =
                    "Prints the newest checkpoint of each trail, to be kept where the trails' machine cannot reach.")
    int checkpoint(@Mixin TrailSource trails) {
        Map<String, String> newest = new LinkedHashMap<>();
        new TrailReader(trails.directory())
                .forEach(record -> TrailReader.checkpoint(record).ifPresent(note -> newest.put(record.trail(), note)));
        if (trails.json) {
            ObjectNode node = JsonNodeFactory.instance.objectNode();
            newest.forEach(node::put);
            console.json(node);
        } else {
            newest.values().forEach(note -> {
                note.lines().map(Console::plain).forEach(console.out()::println);
                console.out().println();
            });
        }
        return ExitStatus.DONE;
    }

    @Command(
            name = "keys",
            description = "Prints the public key of each trail, with a configuration those in the ring's store too.")
    int keys(@Mixin TrailSource trails) {
        Map<String, TrailKey> keys = new TreeMap<>();
        trails.stored()
                .map(StoredTrails::registrations)
                .orElse(List.of())
                .forEach(trail -> keys.put(trail.key().name(), trail.key()));
        // What the store said when a trail was begun counts for more than what is in its folder now.
        new TrailReader(trails.directory()).keys().forEach(keys::putIfAbsent);
        if (trails.json) {
            ArrayNode array = JsonNodeFactory.instance.arrayNode();
            keys.values().forEach(key -> array.add(key.toString()));
            console.json(array);
        } else {
            keys.values().forEach(console.out()::println);
        }
        return ExitStatus.DONE;
    }

    private void print(List<TrailRecord> records, boolean json) {
        if (json) {
            ArrayNode array = JsonNodeFactory.instance.arrayNode();
            records.forEach(record -> {
                ObjectNode node = array.addObject();
                node.put("time", record.time().toString());
                node.put("trail", record.trail());
                node.put("number", record.number());
                node.put("type", record.type());
                record.fields().forEach(node.putObject("fields")::put);
            });
            console.json(array);
        } else {
            records.forEach(record -> console.out().println(line(record)));
        }
    }

    private static String line(TrailRecord record) {
        return record.time() + " " + record.type() + " "
                + record.fields().entrySet().stream()
                        .map(field -> field.getKey() + "=" + Console.plain(field.getValue()))
                        .collect(Collectors.joining(", "));
    }
}
