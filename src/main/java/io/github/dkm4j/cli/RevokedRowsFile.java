package io.github.dkm4j.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.nio.file.LinkOption.NOFOLLOW_LINKS;
import static java.nio.file.StandardOpenOption.APPEND;
import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;

import com.sun.security.auth.module.UnixSystem;
import io.github.dkm4j.rewrap.RevokedRows;
import io.github.dkm4j.rewrap.RewrapReport;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/**
 * A file of its owner alone to which rows are added that are about to be moved although their key was revoked: table, key,
 * epoch, key id, between tabs and {@linkplain #escaped escaped}.
 */
final class RevokedRowsFile implements AutoCloseable {
    private static final FileAttribute<Set<PosixFilePermission>> OWNER_ONLY =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
    private static final Set<PosixFilePermission> OTHERS = PosixFilePermissions.fromString("---rw-rw-");

    private final FileChannel channel;

    RevokedRowsFile(Path file) {
        try {
            channel = open(file);
        } catch (IOException | UnsupportedOperationException e) {
            throw new UsageError("cannot write the list of rows under revoked keys, " + file + ": " + e.getMessage());
        }
    }

    /** The file's name is on the disk, too, when this returns. */
    private static FileChannel open(Path file) throws IOException {
        FileChannel channel = created(file);
        boolean whole = false;
        try (FileChannel folder = FileChannel.open(file.toAbsolutePath().resolveSibling("."), READ)) {
            folder.force(true);
            whole = true;
            return channel;
        } finally {
            if (!whole) {
                channel.close();
            }
        }
    }

    private static FileChannel created(Path file) throws IOException {
        try {
            return FileChannel.open(file, Set.of(CREATE_NEW, WRITE, APPEND), OWNER_ONLY);
        } catch (FileAlreadyExistsException e) {
            return existing(file);
        }
    }

    /** Java cannot ask an open file whose it is, so its name is looked at before and after. */
    private static FileChannel existing(Path file) throws IOException {
        Object before = ownFile(file);
        FileChannel channel = FileChannel.open(file, WRITE, APPEND, NOFOLLOW_LINKS);
        boolean same = false;
        try {
            same = before.equals(ownFile(file));
            if (!same) {
                throw new UsageError(file + " was replaced while it was opened");
            }
            return channel;
        } finally {
            if (!same) {
                channel.close();
            }
        }
    }

    /** Refuses all but a regular file of this account alone; says which file it is. */
    private static Object ownFile(Path file) throws IOException {
        PosixFileAttributes attributes = Files.readAttributes(file, PosixFileAttributes.class, NOFOLLOW_LINKS);
        if (!attributes.isRegularFile()) {
            throw new UsageError(file + " must be a regular file, neither a folder nor a symbolic link");
        }
        int owner = (int) Files.getAttribute(file, "unix:uid", NOFOLLOW_LINKS);
        if (Integer.toUnsignedLong(owner) != new UnixSystem().getUid()) {
            throw new UsageError(file + " belongs to " + attributes.owner().getName()
                    + ": the list of rows under revoked keys is kept in a file of one's own");
        }
        if (attributes.permissions().stream().anyMatch(OTHERS::contains)) {
            throw new UsageError(
                    file + " can be read or changed by others than its owner: see who did, then chmod 600 it");
        }
        return Objects.requireNonNull(attributes.fileKey());
    }

    /** Adds a table's rows; they are on the disk when this returns. */
    RevokedRows of(String table) {
        return rows -> keep(table, rows);
    }

    private synchronized void keep(String table, List<RewrapReport.Row> rows) {
        StringBuilder lines = new StringBuilder();
        for (RewrapReport.Row row : rows) {
            lines.append(escaped(table))
                    .append('\t')
                    .append(escaped(row.key()))
                    .append('\t')
                    .append(row.under()
                            .map(key -> key.epoch() + "\t" + key.keyId())
                            .orElse("\t"))
                    .append('\n');
        }
        ByteBuffer buffer = ByteBuffer.wrap(lines.toString().getBytes(UTF_8));
        try {
            while (buffer.hasRemaining()) {
                channel.write(buffer);
            }
            channel.force(true);
        } catch (IOException e) {
            throw new UncheckedIOException("the list of rows under revoked keys cannot be written", e);
        }
    }

    /**
     * Text on one line that does nothing to a terminal: {@code \\t}, {@code \\r}, {@code \\n}, {@code \\\\}, and a
     * backslash, u and four hexadecimal digits for other characters that control or are not seen.
     */
    static String escaped(String text) {
        StringBuilder escaped = new StringBuilder(text.length());
        text.codePoints().forEach(point -> {
            switch (point) {
                case '\t' -> escaped.append("\\t");
                case '\r' -> escaped.append("\\r");
                case '\n' -> escaped.append("\\n");
                case '\\' -> escaped.append("\\\\");
                default -> {
                    if (isSeen(point)) {
                        escaped.appendCodePoint(point);
                    } else {
                        for (char unit : Character.toChars(point)) {
                            escaped.append("\\u").append(HexFormat.of().toHexDigits(unit));
                        }
                    }
                }
            }
        });
        return escaped.toString();
    }

    /** No control character, nothing that turns the direction of text, no half of a surrogate pair. */
    private static boolean isSeen(int point) {
        return switch (Character.getType(point)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR,
                    Character.SURROGATE -> false;
            default -> true;
        };
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
