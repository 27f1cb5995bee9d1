package io.github.dkm4j.audit;

import io.github.dkm4j.key.AuditUnavailable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/** Reads trails without a word on whether they are genuine, which {@link TrailVerifier} says. Safe for use by many threads. */
public final class TrailReader {
    private final Path directory;

    /** Reads the trails of a directory. */
    public TrailReader(Path directory) {
        this.directory = directory;
    }

    /**
     * The keys of the trails that are there, as their own folders say.
     *
     * @throws AuditUnavailable if they cannot be read
     */
    public Map<String, TrailKey> keys() {
        Map<String, TrailKey> keys = new LinkedHashMap<>();
        each(folder -> {
            TrailKey key = TrailFolder.readVerifier(folder.resolve(TrailFolder.VERIFIER));
            keys.put(key.name(), key);
        });
        return keys;
    }

    /**
     * Goes through all records, trail by trail, and in each in its order. A torn end is passed over.
     *
     * @throws AuditUnavailable if they cannot be read
     */
    public void forEach(Consumer<TrailRecord> reader) {
        each(folder -> {
            String name = TrailFolder.readVerifier(folder.resolve(TrailFolder.VERIFIER))
                    .name();
            for (Path file : TrailFolder.files(folder)) {
                try (LineReader lines = new LineReader(Files.newInputStream(file))) {
                    for (String text = lines.next(); text != null; text = lines.next()) {
                        TrailLine line = TrailLine.parse(text);
                        reader.accept(new TrailRecord(name, line.number(), line.time(), line.type(), line.fields()));
                    }
                } catch (IllegalArgumentException e) {
                    throw new IOException(file + " is damaged, verify the trail: " + e.getMessage(), e);
                }
            }
        });
    }

    /** The signed note of a record that is a checkpoint; empty for others. */
    public static Optional<String> checkpoint(TrailRecord record) {
        return record.type().equals(AuditTrail.CHECKPOINT)
                ? Optional.ofNullable(record.fields().get(AuditTrail.NOTE))
                : Optional.empty();
    }

    private interface Reading {
        void of(Path folder) throws IOException;
    }

    private void each(Reading reading) {
        try {
            for (Path folder : TrailFolder.folders(directory)) {
                reading.of(folder);
            }
        } catch (IOException e) {
            throw new AuditUnavailable("the trails in " + directory + " cannot be read: " + e.getMessage(), e);
        }
    }
}
