package io.github.dkm4j;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.dkm4j.key.EncryptionContext;
import io.github.dkm4j.policy.AccessPolicy;
import io.github.dkm4j.policy.Caller;
import io.github.dkm4j.policy.FileGroupDirectory;
import io.github.dkm4j.policy.Operation;
import io.github.dkm4j.root.PassphraseRootKey;
import io.github.dkm4j.store.FileKeyRingStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReadmeExampleTest {
    @TempDir
    Path folder;

    @Test
    void theReadmesExampleCompilesAndRuns() throws Exception {
        Path groupFile = Files.createFile(
                folder.resolve("groups"),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(
                groupFile, "Mail Services = " + Caller.processAccount().name() + "\n");
        Path directory = folder.resolve("ring");
        char[] passphrase = "an example's passphrase".toCharArray();
        AccessPolicy policy = AccessPolicy.builder()
                .allow(Operation.ENCRYPT, "Mail Services")
                .allow(Operation.DECRYPT, "Mail Services")
                .allow(Operation.ADMINISTER, "Mail Services")
                .build();
        KeyRing.builder("connected-accounts")
                .store(FileKeyRingStore.at(directory))
                .rootKey(PassphraseRootKey.of(passphrase))
                .groups(FileGroupDirectory.at(groupFile))
                .policy(policy)
                .create()
                .close();

        assertThat(example(directory, passphrase, groupFile, "42", "token".getBytes(UTF_8)))
                .hasSize("token".length() + 86);
    }

    @Test
    void theReadmeShowsThisCode() throws Exception {
        String source = Files.readString(Path.of("src/test/java/io/github/dkm4j/ReadmeExampleTest.java"));
        String code = source.substring(source.indexOf("// begin\n") + 9, source.indexOf("// end\n"));

        String readme = Files.readString(Path.of("README.md"));
        String shown = readme.substring(readme.indexOf("```java\n") + 8, readme.indexOf("```\n\nOpening never"));
        assertThat(words(code).replace("return stored; ", "")).isEqualTo(words(shown));
    }

    private static byte[] example(
            Path directory, char[] passphrase, Path groupFile, String accountId, byte[] refreshToken) {
        // begin
        try (KeyRing ring = KeyRing.builder("connected-accounts")
                .store(FileKeyRingStore.at(directory))
                .rootKey(PassphraseRootKey.of(passphrase))
                .groups(FileGroupDirectory.at(groupFile))
                .rolloverEvery(Duration.ofDays(90))
                .open()) {
            EncryptionContext context = EncryptionContext.of("account", accountId);
            byte[] message = ring.encryptor().encrypt(refreshToken, context);
            Decrypted opened = ring.decryptor().open(message, context);
            byte[] stored = opened.needsRewrap() ? ring.encryptor().encrypt(opened.plaintext(), context) : message;
            return stored;
        }
        // end
    }

    private static String words(String text) {
        return text.replaceAll("\\s+", " ").strip();
    }
}
