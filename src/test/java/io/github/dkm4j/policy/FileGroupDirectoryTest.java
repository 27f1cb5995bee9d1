package io.github.dkm4j.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.dkm4j.key.GroupDirectoryUnavailable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FileGroupDirectoryTest {
    @TempDir
    Path folder;

    private Path file;
    private FileGroupDirectory directory;

    @BeforeEach
    void directoryOverAFileThatDoesNotExistYet() {
        file = folder.resolve("groups");
        directory = FileGroupDirectory.at(file);
    }

    private void write(byte[] content) throws IOException {
        Files.write(file, content);
        permit(file, "rw-r--r--");
    }

    private void write(String content) throws IOException {
        write(content.getBytes(StandardCharsets.UTF_8));
    }

    private static boolean permit(Path path, String permissions) throws IOException {
        boolean posix = path.getFileSystem().supportedFileAttributeViews().contains("posix");
        if (posix) {
            Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(permissions));
        }
        return posix;
    }

    private void assertRefused(String why) {
        assertThatExceptionOfType(GroupDirectoryUnavailable.class)
                .isThrownBy(() -> directory.isMember("alice", "A"))
                .withMessageContaining(file.toString())
                .withMessageContaining(why);
    }

    @Test
    void groupsWithSpacesCommentsBlankLinesAndNestingAreRead() throws IOException {
        write(
                "# readers\n\n  Mail Services = svc-mail ,\t@Night Operators\r\nNight Operators=bob, @Mail Services\nEmpty =\n");

        assertThat(directory.isMember("svc-mail", "Mail Services")).isTrue();
        assertThat(directory.isMember("bob", "Mail Services")).isTrue();
        assertThat(directory.isMember("svc-mail", "Night Operators")).isTrue();
        assertThat(directory.isMember("eve", "Mail Services")).isFalse();
        assertThat(directory.isMember("bob", "Empty")).isFalse();
        assertThat(directory.isMember("bob", "Unknown")).isFalse();
    }

    @Test
    void aMissingFileLetsNobodyInUntilItIsThere() throws IOException {
        assertRefused("missing");

        write("A = alice\n");

        assertThat(directory.isMember("alice", "A")).isTrue();
    }

    @Test
    void aFolderIsNoGroupFile() throws IOException {
        Files.createDirectory(file);
        permit(file, "rwxr-xr-x");

        assertRefused("not a regular file");
    }

    @Test
    void changesOfSizeTimeOrIdentityAreSeen() throws IOException {
        FileTime time = FileTime.fromMillis(1_000_000_000_000L);
        write("A = alice\n");
        Files.setLastModifiedTime(file, time);
        assertThat(directory.isMember("bobby", "A")).isFalse();

        write("A = alice, bobby\n");
        Files.setLastModifiedTime(file, time);
        assertThat(directory.isMember("bobby", "A")).isTrue();

        write("A = alice, carol\n");
        Files.setLastModifiedTime(file, FileTime.fromMillis(1_000_000_000_001L));
        assertThat(directory.isMember("bobby", "A")).isFalse();
    }

    @Test
    void anUnchangedFileIsNotReadAgain() throws IOException {
        FileTime time = FileTime.fromMillis(1_000_000_000_000L);
        write("A = alice\n");
        Files.setLastModifiedTime(file, time);
        assertThat(directory.isMember("alice", "A")).isTrue();

        write("A = carol\n");
        Files.setLastModifiedTime(file, time);

        assertThat(directory.isMember("alice", "A")).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "alice",
                "= alice",
                "B = alice,",
                "B = , alice",
                "B = @",
                "A = bob",
                "B, C = alice",
                "B = a\u0007"
            })
    void aMalformedLineIsNamed(String line) throws IOException {
        write("# first\nA = alice\n" + line + "\n");

        assertRefused("line 3");
    }

    @Test
    void aByteOrderMarkIsRefused() throws IOException {
        write("\uFEFFA = alice\n");

        assertRefused("line 1");
    }

    @Test
    void textThatIsNotUtf8IsRefused() throws IOException {
        write("A = alice, \u00e9\n".getBytes(StandardCharsets.ISO_8859_1));

        assertRefused("UTF-8");
    }

    @Test
    void aFileOfOneMebibyteIsReadAndALargerOneRefused() throws IOException {
        String start = "A = alice\n#";
        write(start + "x".repeat((1 << 20) - start.length()));
        assertThat(directory.isMember("alice", "A")).isTrue();

        write(start + "x".repeat((1 << 20) - start.length() + 1));
        assertRefused("1 MiB");
    }

    @ParameterizedTest
    @ValueSource(strings = {"rw-rw-r--", "rw-r--rw-"})
    void aFileThatOthersCanWriteIsRefusedEvenAfterItWasRead(String permissions) throws IOException {
        write("A = alice\n");
        assertThat(directory.isMember("alice", "A")).isTrue();

        assertThat(permit(file, permissions)).isTrue();

        assertRefused("chmod go-w");
    }

    @Test
    void ofASymbolicLinkTheTargetIsChecked() throws IOException {
        Path target = folder.resolve("target");
        Files.writeString(target, "A = alice\n");
        assertThat(permit(target, "rw-r--r--")).isTrue();
        Files.createSymbolicLink(file, target);
        assertThat(directory.isMember("alice", "A")).isTrue();

        permit(target, "rw-rw-r--");

        assertRefused("chmod go-w");
    }
}
