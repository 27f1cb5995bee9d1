package io.github.dkm4j.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.BufferedOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Where a command reads and writes.
 *
 * @param in standard input
 * @param out standard output
 * @param err standard error
 */
record Console(InputStream in, PrintStream out, PrintStream err) {
    private static final Pattern CONTROL = Pattern.compile("[\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}]");

    /** A line that others may have written, without what would do something to a terminal. */
    static String plain(String line) {
        return CONTROL.matcher(line).replaceAll("?");
    }

    /** A whole message, raw or as text. */
    byte[] message(@Nullable Path file) {
        try (InputStream source = source(file)) {
            return Sources.message(source).readAllBytes();
        } catch (IOException e) {
            throw new UsageError("cannot read the message: " + e.getMessage());
        }
    }

    /** What turns an input into an output. */
    interface Work {
        void run(InputStream in, OutputStream out) throws IOException;
    }

    /** Works from a file or standard input to standard output or a temporary file that then takes the final name. */
    void transfer(@Nullable Path from, @Nullable Path to, boolean force, Work work) {
        try (InputStream source = source(from)) {
            if (to == null) {
                work.run(source, kept(out));
                if (out.checkError()) {
                    throw new UsageError("cannot write to standard output");
                }
            } else {
                toFile(source, to.toAbsolutePath(), force, work);
            }
        } catch (java.nio.file.FileAlreadyExistsException e) {
            throw new UsageError(to + " exists; --force overwrites it");
        } catch (IOException e) {
            throw new UsageError("cannot write " + (to == null ? "to standard output" : to) + ": " + e.getMessage());
        }
    }

    private InputStream source(@Nullable Path file) {
        try {
            return file == null
                    ? Sources.named(in, "standard input")
                    : Sources.named(Files.newInputStream(file), file.toString());
        } catch (IOException e) {
            throw new UsageError("cannot read " + file);
        }
    }

    private static void toFile(InputStream source, Path target, boolean force, Work work) throws IOException {
        Path folder = target.getParent();
        if (folder == null) {
            throw new UsageError(target + " is no file");
        }
        if (!force && Files.exists(target, LinkOption.NOFOLLOW_LINKS)) {
            throw new java.nio.file.FileAlreadyExistsException(target.toString());
        }
        Path temporary = Files.createTempFile(folder, ".dkm4j-", ".tmp");
        try {
            try (OutputStream file = new BufferedOutputStream(Files.newOutputStream(temporary))) {
                work.run(source, kept(file));
            }
            if (force) {
                move(temporary, target);
            } else {
                // A link fails where the name exists, which a rename would not.
                Files.createLink(target, temporary);
            }
        } finally {
            Files.deleteIfExists(temporary);
        }
    }

    /** A stream that is flushed instead of closed: what closes it is not its owner. */
    private static OutputStream kept(OutputStream out) {
        return new FilterOutputStream(out) {
            @Override
            public void write(byte[] bytes, int offset, int length) throws IOException {
                out.write(bytes, offset, length);
            }

            @Override
            public void close() throws IOException {
                out.flush();
            }
        };
    }

    /** Whether a person looks at the output as it is written. */
    @SuppressWarnings("SystemConsoleNull") // looked at below
    boolean isTerminal() {
        java.io.Console console = System.console();
        return console != null && out == System.out && isTerminal(console);
    }

    /** Up to Java 21 there is a console only where there is a terminal; since 22 it says so itself. */
    private static boolean isTerminal(java.io.Console console) {
        try {
            return (boolean) java.io.Console.class.getMethod("isTerminal").invoke(console);
        } catch (ReflectiveOperationException e) {
            return true;
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
