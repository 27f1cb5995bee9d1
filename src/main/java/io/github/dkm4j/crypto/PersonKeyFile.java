package io.github.dkm4j.crypto;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.Set;

/** A person's keys in a PEM file that nobody but its owner may read or write. */
public final class PersonKeyFile {
    private static final Set<PosixFilePermission> OWNER_ONLY = PosixFilePermissions.fromString("rw-------");

    /** Two keys with their certificate chains are some kilobytes. */
    private static final int LONGEST = 65_536;

    private PersonKeyFile() {}

    /**
     * Reads a file that {@link #write} or OpenSSL made.
     *
     * @throws IllegalArgumentException if it cannot be read, others than its owner may read or write it, or it holds
     *     something else; the message has nothing of what is in it
     */
    public static PersonKeys read(Path file) {
        checkPermissions(file);
        byte[] pem = bytes(file);
        try {
            return PersonKeys.ofPem(pem);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(file + " cannot be used: " + e.getMessage(), e);
        } finally {
            Arrays.fill(pem, (byte) 0);
        }
    }

    private static void checkPermissions(Path file) {
        try {
            if (!OWNER_ONLY.containsAll(Files.getPosixFilePermissions(file))) {
                throw new IllegalArgumentException(
                        file + " is open to others than its owner, so its keys may not be the owner's alone any more:"
                                + " keys are kept with mode 600");
            }
        } catch (IOException e) {
            throw unreadable(file, e);
        }
    }

    /**
     * Writes a new file, which is on the disk when this returns.
     *
     * @throws java.nio.file.FileAlreadyExistsException if there is a file, which stays as it is
     * @throws IOException if it cannot be written
     * @throws IllegalStateException if there is no sealing key, or the keys were closed
     */
    public static void write(Path file, PersonKeys keys) throws IOException {
        byte[] pem = keys.toPem();
        try (FileChannel channel = FileChannel.open(
                file,
                Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                PosixFilePermissions.asFileAttribute(OWNER_ONLY))) {
            ByteBuffer rest = ByteBuffer.wrap(pem);
            while (rest.hasRemaining()) {
                channel.write(rest);
            }
            channel.force(true);
        } finally {
            Arrays.fill(pem, (byte) 0);
        }
    }

    /** What is in a file, as {@link IllegalArgumentException} if it cannot be read or is too long for keys. */
    static byte[] bytes(Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes(LONGEST + 1);
            if (bytes.length > LONGEST) {
                Arrays.fill(bytes, (byte) 0);
                throw new IllegalArgumentException(file + " is too long to be a person's keys");
            }
            return bytes;
        } catch (IOException e) {
            throw unreadable(file, e);
        }
    }

    private static IllegalArgumentException unreadable(Path file, IOException cause) {
        return new IllegalArgumentException("cannot read " + file + ": " + cause, cause);
    }
}
