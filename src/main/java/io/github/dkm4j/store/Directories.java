package io.github.dkm4j.store;

import static java.nio.file.LinkOption.NOFOLLOW_LINKS;
import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;

import io.github.dkm4j.key.StoreUnavailable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/** Directories and files that are their owner's alone, and how they reach the disk. */
final class Directories {
    static final int MAX_FILES = 1_000_000;
    static final String TEMPORARY = ".tmp-";

    private static final Set<PosixFilePermission> RWX = PosixFilePermissions.fromString("rwx------");
    private static final Set<PosixFilePermission> RW = PosixFilePermissions.fromString("rw-------");

    static final FileAttribute<Set<PosixFilePermission>> OWNER_FILE = PosixFilePermissions.asFileAttribute(RW);
    private static final FileAttribute<Set<PosixFilePermission>> OWNER_DIRECTORY =
            PosixFilePermissions.asFileAttribute(RWX);

    private Directories() {}

    static void requirePosix(Path path) {
        if (!path.getFileSystem().supportedFileAttributeViews().contains("posix")) {
            throw new StoreUnavailable("the file system of " + path + " has no POSIX permissions, so that the store"
                    + " cannot be kept to its owner: use another file system or another kind of store");
        }
    }

    /** Refuses all but a directory of its owner alone. */
    static void check(Path directory, LinkOption... links) throws IOException {
        PosixFileAttributes attributes = Files.readAttributes(directory, PosixFileAttributes.class, links);
        if (!attributes.isDirectory()) {
            throw new StoreUnavailable(directory + " must be a directory, neither a file nor a symbolic link");
        }
        requireOwnerOnly(directory, attributes, "700");
    }

    /** Reads a regular file of its owner alone, of a longer one no more than one byte too many. */
    static byte[] read(Path file, int maxLength) throws IOException {
        PosixFileAttributes attributes = Files.readAttributes(file, PosixFileAttributes.class, NOFOLLOW_LINKS);
        if (!attributes.isRegularFile()) {
            throw new StoreUnavailable(file + " must be a regular file, neither a directory nor a symbolic link");
        }
        requireOwnerOnly(file, attributes, "600");
        try (FileChannel channel = FileChannel.open(file, READ, NOFOLLOW_LINKS)) {
            ByteBuffer buffer = ByteBuffer.allocate((int) Math.min(channel.size(), maxLength) + 1);
            while (buffer.hasRemaining() && channel.read(buffer) >= 0) {}
            byte[] bytes = new byte[buffer.flip().remaining()];
            buffer.get(bytes);
            return bytes;
        }
    }

    static void make(Path directory) throws IOException {
        Files.createDirectory(directory, OWNER_DIRECTORY);
        // The umask may have taken bits from the owner too.
        Files.setPosixFilePermissions(directory, RWX);
    }

    /** Writes a new file; its content, not yet its name, is on the disk when this returns. */
    static void write(Path file, byte[] bytes) throws IOException {
        try (FileChannel channel = FileChannel.open(file, Set.of(CREATE_NEW, WRITE), OWNER_FILE)) {
            Files.setPosixFilePermissions(file, RW);
            ByteBuffer buffer = ByteBuffer.wrap(bytes);
            while (buffer.hasRemaining()) {
                channel.write(buffer);
            }
            channel.force(true);
        }
    }

    /** Forces the directory's entries to the disk. */
    static void sync(Path directory) throws IOException {
        try (FileChannel channel = FileChannel.open(directory, READ)) {
            channel.force(true);
        }
    }

    /** The names of what is in the directory. */
    static List<String> names(Path directory) throws IOException {
        List<String> names = new ArrayList<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
            for (Path entry : entries) {
                if (names.size() == MAX_FILES) {
                    throw new StoreUnavailable(directory + " holds more than " + MAX_FILES
                            + " files: this is not a store's directory, or something fills it");
                }
                names.add(Objects.requireNonNull(entry.getFileName()).toString());
            }
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
        return names;
    }

    /** Deletes what writers that died have left; only for the holder of the writers' lock. */
    static void deleteLeftovers(Path directory) throws IOException {
        for (String name : names(directory)) {
            if (name.startsWith(TEMPORARY)) {
                deleteLeftover(directory.resolve(name));
            }
        }
    }

    private static void deleteLeftover(Path leftover) throws IOException {
        if (Files.isDirectory(leftover, NOFOLLOW_LINKS)) {
            for (String name : names(leftover)) {
                Files.delete(leftover.resolve(name));
            }
        }
        Files.delete(leftover);
    }

    private static void requireOwnerOnly(Path path, PosixFileAttributes attributes, String mode) {
        if (!RWX.containsAll(attributes.permissions())) {
            throw new StoreUnavailable(path + " is open to others than its owner ("
                    + PosixFilePermissions.toString(attributes.permissions()) + "): see who used it, then chmod "
                    + mode + " " + path);
        }
    }
}
