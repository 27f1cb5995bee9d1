package io.github.dkm4j.ring;

import io.github.dkm4j.key.ConfigurationMismatch;
import io.github.dkm4j.key.RecordNotAuthentic;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What a node has seen, kept beside it and not in the store: the ring's identity and the newest records, which name all
 * others. A node that starts with it does not accept less. Text: {@code dkm4j pin 1}, {@code identity: HASH}, {@code
 * head: HASH}…
 */
final class PinFile {
    private static final String FIRST = "dkm4j pin 1";
    private static final String IDENTITY = "identity: ";
    private static final String HEAD = "head: ";
    private static final int LONGEST = 65_536;

    private final Path file;
    private Set<Hash> written = Set.of();

    PinFile(Path file) {
        this.file = file.toAbsolutePath();
    }

    /**
     * The newest records that were seen; none if the file is not there yet.
     *
     * @throws ConfigurationMismatch if it is another ring's, or cannot be read
     */
    Set<Hash> read(Hash identity) {
        try {
            if (Files.size(file) > LONGEST) {
                throw unusable("it is too long", null);
            }
            List<String> lines = Files.readAllLines(file, StandardCharsets.US_ASCII);
            if (lines.size() < 2 || !lines.get(0).equals(FIRST) || !lines.get(1).startsWith(IDENTITY)) {
                throw unusable("it is no pin file", null);
            }
            if (!lines.get(1).equals(IDENTITY + identity)) {
                throw unusable("it is that of another ring", null);
            }
            Set<Hash> heads = new TreeSet<>();
            for (String line : lines.subList(2, lines.size())) {
                heads.add(Hash.parse(line.startsWith(HEAD) ? line.substring(HEAD.length()) : line));
            }
            written = heads;
            return heads;
        } catch (NoSuchFileException e) {
            return Set.of();
        } catch (IOException | RecordNotAuthentic e) {
            throw unusable(String.valueOf(e.getMessage()), e);
        }
    }

    /** Replaces what is there, whole or not at all. */
    void write(Hash identity, List<Hash> heads) throws IOException {
        Set<Hash> wanted = new TreeSet<>(heads);
        if (wanted.equals(written)) {
            return;
        }
        List<String> lines = new ArrayList<>(List.of(FIRST, IDENTITY + identity));
        wanted.forEach(hash -> lines.add(HEAD + hash));
        Path folder = file.getParent();
        Path temporary = Files.createTempFile(folder, ".dkm4j-pin-", ".tmp");
        try {
            Files.write(temporary, lines, StandardCharsets.US_ASCII);
            Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (AtomicMoveNotSupportedException e) {
            throw new IOException("the file system cannot rename atomically", e);
        } finally {
            Files.deleteIfExists(temporary);
        }
        written = wanted;
    }

    private ConfigurationMismatch unusable(String why, @Nullable Throwable cause) {
        return new ConfigurationMismatch(
                "the pin file " + file + " cannot be used: " + why + "; if it is lost, delete it and see to it that the"
                        + " store is the right one",
                cause);
    }
}
