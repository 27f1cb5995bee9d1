package io.github.dkm4j.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.security.auth.module.UnixSystem;
import io.github.dkm4j.key.Epoch;
import io.github.dkm4j.key.KeyId;
import io.github.dkm4j.key.KeyRef;
import io.github.dkm4j.rewrap.RewrapReport;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The list of rows under revoked keys. */
class RevokedRowsFileTest {
    @TempDir
    Path folder;

    @Test
    void isMadeForItsOwnerAloneAndAddedTo() throws Exception {
        Path file = folder.resolve("rows");
        keep(file, "1");
        keep(file, "2");

        assertThat(Files.readString(file))
                .isEqualTo("accounts\t1\t3\t000000000000002a\naccounts\t2\t3\t000000000000002a\n");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
    }

    @Test
    void symbolicLinksAreNotFollowed() throws Exception {
        Path target = Files.createFile(
                folder.resolve("target"),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Path toFile = Files.createSymbolicLink(folder.resolve("to-file"), target);
        Path toNothing = Files.createSymbolicLink(folder.resolve("to-nothing"), folder.resolve("nothing"));

        refused(toFile, "symbolic link");
        refused(toNothing, "symbolic link");

        assertThat(target).isEmptyFile();
        assertThat(folder.resolve("nothing")).doesNotExist();
    }

    @ParameterizedTest
    @ValueSource(strings = {"rw-r-----", "rw--w----", "rw----r--", "rw-----w-"})
    void filesOpenToOthersAreRefused(String permissions) throws Exception {
        Path file = Files.writeString(folder.resolve("rows"), "before\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(permissions));

        refused(file, "chmod 600");

        assertThat(file).hasContent("before\n");
    }

    @Test
    void filesOfOthersAreRefused() throws Exception {
        Path file = Path.of("/etc/passwd"); // root's everywhere; root itself can give a file away
        if (new UnixSystem().getUid() == 0) {
            file = Files.writeString(folder.resolve("rows"), "");
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
            Files.setAttribute(file, "unix:uid", 65_534);
        }

        refused(file, "belongs to");
    }

    @Test
    void foldersAndWhatCannotBeMadeAreRefused() {
        refused(folder, "regular file");
        refused(folder.resolve("none/rows"), "cannot write");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "plain \u00e4\u4e2d\ud83d\ude00",
                "a\tb\rc\nd",
                "\\t is not a tab",
                "back\\slash\\",
                "\u001b[2J\u0000\u007f\u009b",
                "turned \u202e around\u2028"
            })
    void keysAreOnOneLineAndCanBeReadBack(String key) throws Exception {
        String escaped = RevokedRowsFile.escaped(key);
        assertThat(escaped.chars()).noneMatch(unit -> unit < ' ' || (unit >= 0x7f && unit < 0xa0) || unit == 0x202e);
        assertThat(unescaped(escaped)).isEqualTo(key);

        Path file = folder.resolve("rows");
        keep(file, key);
        assertThat(Files.readAllLines(file, UTF_8)).containsExactly("accounts\t" + escaped + "\t3\t000000000000002a");
    }

    @Test
    void escapesAreTheDocumentedOnes() {
        assertThat(RevokedRowsFile.escaped("\t\r\n\\\u001b\ud800\udb40\udc01"))
                .isEqualTo("\\t\\r\\n\\\\" + "\\" + "u001b" + "\\" + "ud800" + "\\" + "udb40" + "\\" + "udc01");
    }

    /** Java's property files have the same escapes. */
    private static String unescaped(String text) throws Exception {
        Properties properties = new Properties();
        properties.load(new StringReader("key=" + text));
        return properties.getProperty("key");
    }

    private static void keep(Path file, String key) {
        KeyRef under = new KeyRef(new Epoch(3), new KeyId(42));
        try (RevokedRowsFile rows = new RevokedRowsFile(file)) {
            rows.of("accounts")
                    .keep(List.of(new RewrapReport.Row(
                            key, Optional.of(under), RewrapReport.Reason.MOVED_DESPITE_REVOCATION, "")));
        }
    }

    private static void refused(Path file, String why) {
        assertThatThrownBy(() -> new RevokedRowsFile(file).close())
                .isInstanceOf(UsageError.class)
                .hasMessageContaining(why);
    }
}
