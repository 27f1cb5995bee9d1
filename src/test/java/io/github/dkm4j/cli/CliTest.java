package io.github.dkm4j.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.dkm4j.policy.Caller;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyStore;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A folder with a ring's configuration for each root, and the tool run in this process. */
abstract class CliTest {
    static final byte[] TOKEN = "a refresh token".getBytes(UTF_8);

    @TempDir
    Path folder;

    byte[] out = new byte[0];
    String err = "";

    @BeforeEach
    void configure() throws Exception {
        secret("passphrase", "correct horse\n");
        secret("groups", "Mail Services = " + Caller.processAccount().name() + "\n");
        KeyStore keys = KeyStore.getInstance("PKCS12");
        keys.load(null, null);
        keys.setEntry(
                "root",
                new KeyStore.SecretKeyEntry(new SecretKeySpec(new byte[32], "AES")),
                new KeyStore.PasswordProtection("correct horse".toCharArray()));
        try (OutputStream file = Files.newOutputStream(folder.resolve("root.p12"))) {
            keys.store(file, "correct horse".toCharArray());
        }
        configuration("passphrase", "");
        configuration("pkcs12", "");
    }

    int run(String root, String command) {
        return run(root, command, TOKEN);
    }

    int run(String root, String command, byte[] in) {
        String line = command + " --config " + folder.resolve(root + ".properties");
        return execute(in, line.equals("keys") ? new String[] {"keys"} : line.split(" ", -1));
    }

    int execute(byte[] in, String... args) {
        ByteArrayOutputStream output = new ByteArrayOutputStream();
        ByteArrayOutputStream errors = new ByteArrayOutputStream();
        int status = Main.run(
                args,
                new ByteArrayInputStream(in),
                new PrintStream(output, true, UTF_8),
                new PrintStream(errors, true, UTF_8));
        out = output.toByteArray();
        err = errors.toString(UTF_8);
        return status;
    }

    /** Writes a configuration in which what is given more takes the place of what is usual. */
    void configuration(String root, String more) throws IOException {
        String key = root.equals("passphrase")
                ? "root=passphrase-file:" + folder.resolve("passphrase")
                : "root=pkcs12:" + folder.resolve("root.p12") + "\nroot.password-file=" + folder.resolve("passphrase")
                        + "\nroot.alias=root";
        Map<String, String> lines = new LinkedHashMap<>();
        String usual = String.join(
                "\n",
                List.of(
                        "ring=connected-accounts",
                        "store=file:" + folder.resolve("store-" + root),
                        "store.single-node=true",
                        "rollover.propagation=PT0S",
                        "groups=file:" + folder.resolve("groups"),
                        "policy.encrypt=Mail Services",
                        "policy.decrypt=Mail Services",
                        "policy.roll-over=Mail Services",
                        "policy.administer=Mail Services",
                        key));
        (usual + "\n" + more)
                .lines()
                .filter(line -> !line.isEmpty())
                .forEach(line -> lines.put(line.substring(0, line.indexOf('=')), line));
        Files.writeString(folder.resolve(root + ".properties"), String.join("\n", lines.values()) + "\n");
    }

    void secret(String name, String text) throws IOException {
        Path file = folder.resolve(name);
        Files.deleteIfExists(file);
        Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(file, text);
    }
}
