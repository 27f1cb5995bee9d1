package io.github.dkm4j.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.dkm4j.audit.TrailKey;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What an auditor brings along: trails' public keys, and checkpoints that were held elsewhere. */
final class AuditInputs {
    /** A checkpoint with its signatures, and empty lines behind it. */
    private static final Pattern NOTE =
            Pattern.compile("(dkm4j/\\S+\n[0-9]+\n\\S+\ntime \\S+\n\n(?:\u2014 \\S+ \\S+\n)+)\n*");

    private AuditInputs() {}

    /** The key, or the keys of a file, one a line. */
    static List<TrailKey> keysOf(String textOrFile) {
        try {
            if (textOrFile.contains("+")) {
                return List.of(TrailKey.parse(textOrFile));
            }
            List<TrailKey> keys = Files.readAllLines(Path.of(textOrFile)).stream()
                    .filter(line -> !line.isBlank())
                    .map(TrailKey::parse)
                    .toList();
            if (keys.isEmpty()) {
                throw new UsageError("--key " + textOrFile + ": there is no key in it");
            }
            return keys;
        } catch (IOException | IllegalArgumentException e) {
            throw new UsageError("--key " + textOrFile + ": " + e.getMessage());
        }
    }

    /** The notes of a file, with empty lines between them. */
    static List<String> notesOf(Path file) {
        try {
            List<String> notes = new ArrayList<>();
            Matcher note = NOTE.matcher(Files.readString(file, UTF_8));
            int end = 0;
            while (note.lookingAt()) {
                notes.add(note.group(1));
                end = note.end();
                note.region(end, note.regionEnd());
            }
            if (notes.isEmpty() || end < note.regionEnd()) {
                throw new UsageError("--checkpoints " + file + ": after " + notes.size() + " checkpoints there is"
                        + " something else: look at it, and give the checkpoints alone");
            }
            return notes;
        } catch (IOException e) {
            throw new UsageError("--checkpoints " + file + ": " + e.getMessage());
        }
    }
}
