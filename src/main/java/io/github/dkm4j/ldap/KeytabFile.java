package io.github.dkm4j.ldap;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.EnumSet;
import java.util.Set;

/** The check of a file with an account's keys. */
final class KeytabFile {
    private static final Set<PosixFilePermission> OTHERS = EnumSet.of(
            PosixFilePermission.GROUP_READ,
            PosixFilePermission.GROUP_WRITE,
            PosixFilePermission.OTHERS_READ,
            PosixFilePermission.OTHERS_WRITE);

    private KeytabFile() {}

    /**
     * Checks that there is a file that this process can read and, where the file system knows permissions, that only its
     * owner can.
     *
     * @throws IllegalArgumentException if not
     */
    static void check(Path file) {
        if (!Files.isRegularFile(file) || !Files.isReadable(file)) {
            throw new IllegalArgumentException("keytab " + file + " is missing or cannot be read");
        }
        if (!file.getFileSystem().supportedFileAttributeViews().contains("posix")) {
            return;
        }
        try {
            if (Files.getPosixFilePermissions(file).stream().anyMatch(OTHERS::contains)) {
                throw new IllegalArgumentException(
                        "keytab " + file + " can be read or changed by others than its owner: chmod go-rw it");
            }
        } catch (IOException e) {
            throw new IllegalArgumentException("keytab " + file + " cannot be looked at", e);
        }
    }
}
