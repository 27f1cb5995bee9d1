package io.github.dkm4j.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PersonKeyFileTest {
    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    @Test
    void whatIsWrittenComesBackAndIsTheOwnersOnly() throws IOException {
        Path file = written();
        try (PersonKeys read = PersonKeyFile.read(file)) {
            assertThat(read.toPem()).isEqualTo(Files.readAllBytes(file));
        }
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
    }

    @ParameterizedTest
    @ValueSource(strings = {"rw-r-----", "rw----r--", "rw--w----", "rw-----w-", "rwx------", "rw---x---"})
    void aFileThatIsOpenToOthersIsRefused(String mode) throws IOException {
        Path file = written();
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));

        assertThatIllegalArgumentException()
                .isThrownBy(() -> PersonKeyFile.read(file))
                .withMessageContaining("600");
    }

    @Test
    void aFileThatItsOwnerCannotAlterIsRead() throws IOException {
        Path file = written();
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("r--------"));

        PersonKeyFile.read(file).close();
    }

    @Test
    void aFileIsNeverOverwritten() throws IOException {
        Path file = written();
        byte[] before = Files.readAllBytes(file);
        try (PersonKeys other = PersonKeys.generate(new SecureRandom())) {
            assertThatExceptionOfType(FileAlreadyExistsException.class)
                    .isThrownBy(() -> PersonKeyFile.write(file, other));
        }
        assertThat(file).hasBinaryContent(before);
    }

    @Test
    void aCutFileIsRefusedByName() throws IOException {
        Path file = written();
        byte[] half = Arrays.copyOf(Files.readAllBytes(file), PrivateKeyPem.LENGTH);
        Files.write(file, half);

        assertThatIllegalArgumentException()
                .isThrownBy(() -> PersonKeyFile.read(file))
                .withMessage(file + " cannot be used: it is no PEM file with an Ed25519 and an X25519 key in PKCS#8");
    }

    @Test
    void noFileAFolderAndAHugeFileAreRefused() throws IOException {
        Path none = folder.resolve("none");
        Path huge = written();
        Files.write(huge, new byte[100_000]);

        assertThatIllegalArgumentException()
                .isThrownBy(() -> PersonKeyFile.read(none))
                .withMessageContaining("cannot read " + none)
                .withCauseInstanceOf(NoSuchFileException.class);
        assertThatIllegalArgumentException().isThrownBy(() -> PersonKeyFile.read(folder));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> PersonKeyFile.read(huge))
                .withMessageContaining("too long");
    }

    private Path written() throws IOException {
        Path file = folder.resolve("me.pem");
        try (PersonKeys keys = PersonKeys.generate(new SecureRandom())) {
            PersonKeyFile.write(file, keys);
        }
        return file;
    }
}
