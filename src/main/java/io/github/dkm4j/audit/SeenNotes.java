package io.github.dkm4j.audit;

import io.github.dkm4j.crypto.SignedNote;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What trails say of one another: checkpoints that one of them has taken in of another one. Not thread-safe. */
final class SeenNotes {
    private static final int LONGEST = 2_048;
    private static final int MOST_OF_ONE = 100_000;

    private final Map<String, Map<Long, List<Checkpoint>>> checkpoints = new HashMap<>();

    /** Those of a trail; of one size more than one only if they contradict each other. */
    List<Checkpoint> of(String trail) {
        return checkpoints.getOrDefault(trail, Map.of()).values().stream()
                .flatMap(Collection::stream)
                .toList();
    }

    /** Whether there are so many of a trail that not all were looked at. */
    boolean isOverfull(String trail) {
        return checkpoints.getOrDefault(trail, Map.of()).size() >= MOST_OF_ONE;
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
        if (!text.contains(" " + AuditTrail.SEEN + " ")) {
            return;
        }
        String note = TrailLine.parse(text).field(AuditTrail.NOTE);
        TrailKey key = keys.get(note.substring(0, Math.max(0, note.indexOf('\n'))));
        if (key != null && note.length() <= LONGEST) {
            add(key, note);
        }
    }

    private void add(TrailKey key, String note) {
        Map<Long, List<Checkpoint>> known = checkpoints.computeIfAbsent(key.name(), name -> new HashMap<>());
        try {
            // Many trails take in the same one, and to verify it takes longer than to read it.
            Checkpoint stated = Checkpoint.parse(SignedNote.parse(note).text());
            List<Checkpoint> same = known.getOrDefault(stated.size(), List.of());
            boolean isNews = same.size() < 2 && same.stream().noneMatch(one -> one.says(stated.size(), stated.root()));
            if (isNews && known.size() < MOST_OF_ONE) {
                known.computeIfAbsent(key.verify(note).size(), size -> new ArrayList<>(1))
                        .add(stated);
            }
        } catch (IllegalArgumentException e) {
            // Nobody has verified it before it was taken in.
        }
    }
}
