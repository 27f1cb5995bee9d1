package io.github.dkm4j.policy;

import io.github.dkm4j.key.GroupDirectoryUnavailable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Groups in a UTF-8 text file of at most 1 MiB:
 *
 * <pre>
 * # who may read the mail accounts
 * Mail Services = svc-mail, svc-sync, &#64;Operators
 * Operators = alice, bob
 * </pre>
 *
 * <p>A member after {@code @} is a nested group. A group has one line. Where the file system knows permissions, the
 * file must be writable by its owner alone; of a symbolic link, the target counts. The file is read again when its
 * modification time, size or identity changed. Replace it by renaming a complete new file over it, so that half a
 * change is never seen. Safe for use by many threads.
 */
public final class FileGroupDirectory implements GroupDirectory {
    private static final int MAX_SIZE = 1 << 20;

    private final Path file;
    private final @Nullable String services;
    private volatile @Nullable Loaded loaded;

    private FileGroupDirectory(Path file, @Nullable String services) {
        this.file = file;
        this.services = services;
    }

    /** The groups in the given file, which is first looked at when a question comes. All callers count as humans. */
    public static FileGroupDirectory at(Path file) {
        return new FileGroupDirectory(file, null);
    }

    /**
     * The groups in the given file.
     *
     * @param services the group whose members are services; all other callers are humans
     */
    public static FileGroupDirectory at(Path file, String services) {
        return new FileGroupDirectory(file, Names.checked(services));
    }

    /**
     * {@inheritDoc}
     *
     * @throws GroupDirectoryUnavailable if the file is missing, cannot be read, is too large, is writable by others
     *     or is malformed; the message says which, and the line
     */
    @Override
    public boolean isMember(String caller, String group) {
        return current().isMember(caller, group);
    }

    @Override
    public boolean exists(String group) {
        return current().exists(group);
    }

    @Override
    public Optional<List<String>> path(String caller, String group) {
        return current().path(caller, group);
    }

    @Override
    public List<List<String>> memberships(String caller) {
        return current().memberships(caller);
    }

    @Override
    public boolean tellsKinds() {
        return current().tellsKinds();
    }

    @Override
    public CallerKind kind(String caller) {
        return current().kind(caller);
    }

    @Override
    public GroupDirectory steady() {
        return current();
    }

    private Groups current() {
        try {
            Stamp stamp = stamp();
            Loaded last = loaded;
            if (last != null && last.stamp.equals(stamp)) {
                return last.groups;
            }
            // The stamp is older than the content: a change in between shows at the next question.
            Groups groups = GroupFileParser.parse(file, read(), services);
            loaded = new Loaded(stamp, groups);
            return groups;
        } catch (IOException e) {
            throw new GroupDirectoryUnavailable("group file " + file + " is missing or cannot be read", e);
        }
    }

    private Stamp stamp() throws IOException {
        BasicFileAttributes attributes;
        if (file.getFileSystem().supportedFileAttributeViews().contains("posix")) {
            PosixFileAttributes posix = Files.readAttributes(file, PosixFileAttributes.class);
            if (posix.permissions().contains(PosixFilePermission.GROUP_WRITE)
                    || posix.permissions().contains(PosixFilePermission.OTHERS_WRITE)) {
                throw new GroupDirectoryUnavailable(
                        "group file " + file + " can be changed by others than its owner: chmod go-w it");
            }
            attributes = posix;
        } else {
            attributes = Files.readAttributes(file, BasicFileAttributes.class);
        }
        if (!attributes.isRegularFile()) { // opening a pipe would block
            throw new GroupDirectoryUnavailable("group file " + file + " is not a regular file");
        }
        return new Stamp(attributes.lastModifiedTime(), attributes.size(), attributes.fileKey());
    }

    private byte[] read() throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            byte[] content = in.readNBytes(MAX_SIZE + 1);
            if (content.length > MAX_SIZE) {
                throw new GroupDirectoryUnavailable("group file " + file + " is larger than 1 MiB");
            }
            return content;
        }
    }

    private record Stamp(
            FileTime modified, long size, @Nullable Object fileKey) {}

    private record Loaded(Stamp stamp, Groups groups) {}
}
