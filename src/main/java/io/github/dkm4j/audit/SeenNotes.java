package io.github.dkm4j.audit;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** What trails say of one another: checkpoints, signed notes, that one of them has taken in of another one. */
final class SeenNotes {
    private SeenNotes() {}

    /** The notes in these trails' folders by the names of the trails that they are of. What is damaged is passed over. */
    static Map<String, Set<String>> in(List<Path> folders) throws IOException {
        Map<String, Set<String>> notes = new HashMap<>();
        for (Path folder : folders) {
            for (Path file : TrailFolder.files(folder)) {
                try (LineReader lines = new LineReader(Files.newInputStream(file))) {
                    for (String text = lines.next(); text != null; text = lines.next()) {
                        take(text, notes);
                    }
                } catch (IllegalArgumentException e) {
                    // Whoever looks through that trail says so.
                }
            }
        }
        return notes;
    }

    private static void take(String text, Map<String, Set<String>> notes) {
        if (text.contains(" " + AuditTrail.SEEN + " ")) {
            String note = TrailLine.parse(text).field(AuditTrail.NOTE);
            notes.computeIfAbsent(note.substring(0, Math.max(0, note.indexOf('\n'))), name -> new TreeSet<>())
                    .add(note);
        }
    }
}
