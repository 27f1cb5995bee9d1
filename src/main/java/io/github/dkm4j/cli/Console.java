package io.github.dkm4j.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;

/**
 * Where a command reads and writes.
 *
 * @param in standard input
 * @param out standard output
 * @param err standard error
 */
record Console(InputStream in, PrintStream out, PrintStream err) {
    byte[] read(Optional<Path> file) {
        try {
            return file.isPresent() ? Files.readAllBytes(file.get()) : in.readAllBytes();
        } catch (IOException e) {
            throw new UsageError("cannot read " + file.map(Path::toString).orElse("standard input"));
        }
    }

    /** Writes to standard output, or to a temporary file that then takes the final name. */
    void write(byte[] bytes, Optional<Path> file, boolean force) {
        if (file.isEmpty()) {
            out.write(bytes, 0, bytes.length);
            out.flush();
            return;
        }
        Path target = file.get().toAbsolutePath();
        Path folder = target.getParent();
        if (folder == null) {
            throw new UsageError(target + " is no file");
        }
        try {
            Path temporary = Files.createTempFile(folder, ".dkm4j-", ".tmp");
            try {
                Files.write(temporary, bytes);
                if (force) {
                    move(temporary, target);
                } else {
                    // A link fails where the name exists, which a rename would not.
                    Files.createLink(target, temporary);
                }
            } finally {
                Files.deleteIfExists(temporary);
            }
        } catch (java.nio.file.FileAlreadyExistsException e) {
            throw new UsageError(target + " exists; --force overwrites it");
        } catch (IOException e) {
            throw new UsageError("cannot write " + target + ": " + e.getMessage());
        }
    }

    void json(JsonNode node) {
        try {
            out.println(new ObjectMapper()
                    .enable(SerializationFeature.INDENT_OUTPUT)
                    .writeValueAsString(node));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void move(Path from, Path to) throws IOException {
        try {
            Files.move(from, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (AtomicMoveNotSupportedException e) {
            throw new IOException("the file system cannot rename atomically", e);
        }
    }
}
