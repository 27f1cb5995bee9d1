package io.github.dkm4j.cli;

import io.github.dkm4j.key.RootKeyUnavailable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Arrays;
import java.util.Set;

/** Password and passphrase files: UTF-8, one trailing newline removed, refused when others than the owner may read. */
final class SecretFile {
    private static final Set<PosixFilePermission> OTHERS =
            Set.of(PosixFilePermission.GROUP_READ, PosixFilePermission.OTHERS_READ);
    private static final long MAX_LENGTH = 65_536;

    private SecretFile() {}

    /** The text, the caller's to zeroise. */
    static char[] read(Path file) {
        byte[] bytes = new byte[0];
        try {
            if (Files.getPosixFilePermissions(file).stream().anyMatch(OTHERS::contains)) {
                throw new UsageError(file + " can be read by others than its owner: chmod 600 it");
            }
            if (Files.size(file) > MAX_LENGTH) {
                throw new UsageError(file + " is too long to be a password file");
            }
            bytes = Files.readAllBytes(file);
            CharBuffer decoded = CharBuffer.allocate(bytes.length);
            if (StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes), decoded, true)
                    .isError()) {
                throw new UsageError(file + " is not UTF-8");
            }
            int length = decoded.position();
            if (length > 0 && decoded.array()[length - 1] == '\n') {
                length--;
                if (length > 0 && decoded.array()[length - 1] == '\r') {
                    length--;
                }
            }
            char[] text = Arrays.copyOf(decoded.array(), length);
            Arrays.fill(decoded.array(), '\0');
            if (length == 0) {
                throw new UsageError(file + " is empty");
            }
            return text;
        } catch (IOException e) {
            throw new RootKeyUnavailable("cannot read " + file, e);
        } finally {
            Arrays.fill(bytes, (byte) 0);
        }
    }
}
