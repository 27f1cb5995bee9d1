package io.github.dkm4j.audit;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/** What trails say of one another: checkpoints that one of them has taken in of another one. Not thread-safe. */
final class SeenNotes {
    private static final int LONGEST = 2_048;

    /** Far more than a hundred services take in in ten years, and little memory. */
    private static final int MOST = 500_000;

    private final Map<String, Map<Long, Checkpoint>> checkpoints = new HashMap<>();
    private int size;

    /** Those of a trail. */
    Collection<Checkpoint> of(String trail) {
        return checkpoints.getOrDefault(trail, Map.of()).values();
    }

    /** Takes those that one trail has, of trails whose keys are given. What is damaged or not signed is passed over. */
    void read(Path folder, Map<String, TrailKey> keys) throws IOException {
        for (Path file : TrailFolder.files(folder)) {
            try (LineReader lines = new LineReader(Files.newInputStream(file))) {
                for (String text = lines.next(); text != null; text = lines.next()) {
                    take(text, keys);
                }
            } catch (IllegalArgumentException e) {
                // Whoever looks through that trail says so.
            }
        }
    }

    private void take(String text, Map<String, TrailKey> keys) {
        if (!text.contains(" " + AuditTrail.SEEN + " ") || size >= MOST) {
            return;
        }
        String note = TrailLine.parse(text).field(AuditTrail.NOTE);
        TrailKey key = keys.get(note.substring(0, Math.max(0, note.indexOf('\n'))));
        if (key != null && note.length() <= LONGEST) {
            add(key, note);
        }
    }

    private void add(TrailKey key, String note) {
        try {
            Checkpoint checkpoint = key.verify(note);
            Map<Long, Checkpoint> known = checkpoints.computeIfAbsent(key.name(), name -> new TreeMap<>());
            size += known.putIfAbsent(checkpoint.size(), checkpoint) == null ? 1 : 0;
        } catch (IllegalArgumentException e) {
            // Nobody has verified it before it was taken in.
        }
    }
}
