package io.github.dkm4j.audit;

import io.github.dkm4j.key.AuditUnavailable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Looks through trails without the processes that wrote them. What it can say rests on what it is given: with the keys of all
 * trails, one that was removed or replaced is noticed; with checkpoints that were held out of reach, one that was cut
 * or written anew. For one thread.
 */
public final class TrailVerifier {
    private final Map<String, TrailKey> keys = new LinkedHashMap<>();
    private final Map<String, TrailKey> elsewhere = new LinkedHashMap<>();
    private final Map<String, List<String>> stored = new LinkedHashMap<>();
    private final Set<String> rings = new HashSet<>();
    private SeenNotes seen = new SeenNotes();
    private boolean strict;
    private final Map<String, List<String>> notes = new LinkedHashMap<>();

    /** Expects the trail of a key. Once a key is given, trails of others are findings. */
    public TrailVerifier key(TrailKey key) {
        keys.put(key.name(), key);
        strict = true;
        return this;
    }

    /**
     * Takes what a ring's store says of a trail.
     *
     * @param here whether it must be among those that are looked through; if not, it may be, and is not missed
     */
    public TrailVerifier registered(TrailRegistration registration, boolean here) {
        String name = registration.key().name();
        (here ? keys : elsewhere).putIfAbsent(name, registration.key());
        rings.add(ringOf(name));
        return this;
    }

    private static String ringOf(String name) {
        return name.substring(0, name.lastIndexOf('/') + 1);
    }

    /** Takes a checkpoint that a ring's store has; unlike others, it says nothing of a trail that is not expected. */
    public TrailVerifier stored(String note) {
        stored.computeIfAbsent(originOf(note), name -> new ArrayList<>()).add(note);
        return this;
    }

    private static String originOf(String note) {
        int end = note.indexOf('\n');
        return end < 0 ? note : note.substring(0, end);
    }

    /** Takes a checkpoint that was held elsewhere, a signed note. */
    public TrailVerifier checkpoint(String note) {
        notes.computeIfAbsent(originOf(note), name -> new ArrayList<>()).add(note);
        return this;
    }

    /**
     * Looks through all trails of a directory.
     *
     * @return a report for each, and for each that is expected and not there
     * @throws AuditUnavailable if they cannot be read
     */
    public List<TrailReport> verify(Path directory) {
        List<TrailReport> reports = new ArrayList<>();
        Set<String> found = new HashSet<>();
        try {
            // Where trails are expected, that the directory is gone is a finding.
            List<Path> folders =
                    !keys.isEmpty() && Files.notExists(directory) ? List.of() : TrailFolder.folders(directory);
            takeInWhatTheySay(folders);
            for (Path folder : folders) {
                reports.add(verifyOrTell(folder, found));
            }
        } catch (IOException e) {
            throw new AuditUnavailable("the trails in " + directory + " cannot be read: " + e.getMessage(), e);
        }
        keys.forEach((name, key) -> {
            if (!found.contains(name)) {
                reports.add(check(key).missing());
            }
        });
        Set<String> reported = reports.stream().map(TrailReport::trail).collect(Collectors.toSet());
        notes.keySet().stream()
                .filter(name -> !reported.contains(name))
                .forEach(name ->
                        reports.add(altered(name, "a checkpoint was held elsewhere, and the trail is not there")));
        return reports;
    }

    /** What trails say of one another; what is wrong with a folder is told when it is looked through itself. */
    private void takeInWhatTheySay(List<Path> folders) {
        Map<String, TrailKey> all = new HashMap<>(elsewhere);
        all.putAll(keys);
        seen = new SeenNotes();
        for (Path folder : folders) {
            try {
                TrailKey own = TrailFolder.readVerifier(folder.resolve(TrailFolder.VERIFIER));
                all.putIfAbsent(own.name(), own);
            } catch (IOException e) {
                // As said.
            }
        }
        for (Path folder : folders) {
            try {
                seen.read(folder, all);
            } catch (IOException e) {
                // As said.
            }
        }
    }

    /** One folder that cannot be read does not hide the others. */
    private TrailReport verifyOrTell(Path folder, Set<String> found) {
        try {
            return verifyOne(folder, found);
        } catch (IOException e) {
            return altered(folder.getFileName().toString(), "the trail cannot be read: " + e.getMessage());
        }
    }

    private static TrailReport altered(String trail, String finding) {
        return new TrailReport(trail, TrailReport.Verdict.ALTERED, 0, 0, 0, List.of(finding));
    }

    private TrailReport verifyOne(Path folder, Set<String> found) throws IOException {
        TrailKey own = TrailFolder.readVerifier(folder.resolve(TrailFolder.VERIFIER));
        TrailKey known = keys.getOrDefault(own.name(), elsewhere.get(own.name()));
        boolean first = found.add(own.name());
        if (first && (known != null || !strict)) {
            TrailCheck check = check(known == null ? own : known);
            if (known == null && rings.contains(ringOf(own.name()))) {
                check.isUnknown();
            }
            return check.run(folder);
        }
        String why = known == null ? "no trail of this name is known" : "the trail is there twice";
        return altered(own.name(), why + ": " + folder.getFileName());
    }

    private TrailCheck check(TrailKey key) {
        TrailCheck check = new TrailCheck(key);
        notes.getOrDefault(key.name(), List.of()).forEach(check::holds);
        stored.getOrDefault(key.name(), List.of()).forEach(check::holds);
        seen.of(key.name()).forEach(check::hears);
        if (seen.isOverfull(key.name())) {
            check.hearsTooMuch();
        }
        return check;
    }
}
