package io.github.dkm4j.audit.http;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Set;

/** A file with a bearer token in a line. */
final class TokenFile {
    private static final Set<PosixFilePermission> OTHERS = EnumSet.of(
            PosixFilePermission.GROUP_READ,
            PosixFilePermission.GROUP_WRITE,
            PosixFilePermission.OTHERS_READ,
            PosixFilePermission.OTHERS_WRITE);
    private static final int LONGEST = 8192;

    private final Path file;

    TokenFile(Path file) {
        this.file = file;
    }

    /**
     * The value of an {@code Authorization} header; a string, since the JDK takes nothing else.
     *
     * @throws IOException if there is none, with a message that can be shown
     */
    String header() throws IOException {
        byte[] bytes = read();
        try {
            int length = bytes.length;
            while (length > 0 && (bytes[length - 1] == '\n' || bytes[length - 1] == '\r')) {
                length--;
            }
            // The JDK would show in its error what it refuses in a header.
            for (int i = 0; i < length; i++) {
                if (!isOfToken(bytes[i])) {
                    throw new IOException("in the token file " + file + " is something else than a token");
                }
            }
            if (length == 0 || length > LONGEST) {
                throw new IOException(
                        "the token file " + file + (length == 0 ? " is empty" : " is too long to be one"));
            }
            return "Bearer " + new String(bytes, 0, length, US_ASCII);
        } finally {
            Arrays.fill(bytes, (byte) 0);
        }
    }

    private byte[] read() throws IOException {
        byte[] bytes = new byte[0];
        boolean open;
        try (InputStream in = Files.newInputStream(file)) {
            open = isOpenToOthers();
            if (!open) {
                bytes = in.readNBytes(LONGEST + 2);
            }
        } catch (IOException e) {
            throw new IOException("the token file " + file + " cannot be read: " + e, e);
        }
        if (open) {
            throw new IOException(
                    "the token file " + file + " can be read or changed by others than its owner: chmod 600 it");
        }
        return bytes;
    }

    private boolean isOpenToOthers() throws IOException {
        return file.getFileSystem().supportedFileAttributeViews().contains("posix")
                && Files.getPosixFilePermissions(file).stream().anyMatch(OTHERS::contains);
    }

    /** RFC 6750, section 2.1. */
    private static boolean isOfToken(byte character) {
        return (character >= '0' && character <= '9')
                || (character >= 'A' && character <= 'Z')
                || (character >= 'a' && character <= 'z')
                || "-._~+/=".indexOf(character) >= 0;
    }
}
