package io.github.dkm4j.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MainTest extends CliTest {
    @ParameterizedTest
    @ValueSource(strings = {"passphrase", "pkcs12"})
    void theFirstMessageIsReadAfterThreeRollOvers(String root) throws IOException {
        assertThat(run(root, "init")).isZero();
        assertThat(run(root, "encrypt", TOKEN)).isZero();
        byte[] first = out;
        assertThat(first).hasSize(TOKEN.length + 86);
        for (int i = 0; i < 3; i++) {
            assertThat(run(root, "keys roll-over")).isZero();
        }
        assertThat(run(root, "decrypt", first)).isZero();
        assertThat(out).isEqualTo(TOKEN);

        assertThat(run(root, "keys list --json")).isZero();
        JsonNode keys = new ObjectMapper().readTree(out);
        assertThat(keys).hasSize(4);
        assertThat(keys.get(0).propertyStream().map(Map.Entry::getKey))
                .containsExactly(
                        "epoch",
                        "keyId",
                        "status",
                        "createdAt",
                        "activatesAt",
                        "archivedAt",
                        "revokedAt",
                        "destroyedAt",
                        "reason",
                        "destroysAt");
        assertThat(keys.get(0).get("status").asText()).isEqualTo("ARCHIVED");
        assertThat(keys.get(3).get("status").asText()).isEqualTo("ACTIVE");
        assertThat(err).isEmpty();
    }

    @Test
    void contextAndFilesAndTextFormWork() throws IOException {
        Path in = Files.write(folder.resolve("in"), TOKEN);
        Path message = folder.resolve("message");
        Path back = folder.resolve("back");
        run("passphrase", "init");

        assertThat(run("passphrase", "encrypt --base64 --context account=42 --in " + in + " --out " + message))
                .isZero();
        assertThat(Files.readString(message)).matches("[A-Za-z0-9_-]+\n");
        assertThat(run("passphrase", "decrypt --context account=42 --in " + message + " --out " + back))
                .isZero();
        assertThat(Files.readAllBytes(back)).isEqualTo(TOKEN);
        assertThat(run("passphrase", "decrypt --context account=42 --in " + message + " --out " + in))
                .isEqualTo(2);
        assertThat(run("passphrase", "decrypt --context account=43 --in " + message))
                .isEqualTo(5);
        assertThat(run("passphrase", "decrypt --force --context account=42 --in " + message + " --out " + in))
                .isZero();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 65_535, 65_536, 65_537, 200_000, 3_000_000})
    void valuesOfEveryLengthComeBackRawAndAsText(int length) throws IOException {
        byte[] value = new byte[length];
        new Random(length).nextBytes(value);
        run("pkcs12", "init");

        assertThat(run("pkcs12", "encrypt --context a=b", value)).as(err).isZero();
        byte[] message = out;
        boolean large = length >= 65_536;
        assertThat(message[1]).isEqualTo((byte) (large ? 2 : 1));
        assertThat(message).hasSize(length + 86 + (large ? length / 16_384 * 16 : 0));
        assertThat(run("pkcs12", "decrypt --context a=b", message)).as(err).isZero();
        assertThat(out).isEqualTo(value);

        assertThat(run("pkcs12", "encrypt --base64 --context a=b", value))
                .as(err)
                .isZero();
        byte[] text = out;
        assertThat(new String(text, UTF_8)).matches("[A-Za-z0-9_-]+\n");
        assertThat(run("pkcs12", "decrypt --context a=b", text)).as(err).isZero();
        assertThat(out).isEqualTo(value);
        assertThat(execute(text, "inspect", "--json")).isZero();
        assertThat(new ObjectMapper().readTree(out).get("plaintextLength").asInt())
                .isEqualTo(length);
    }

    @Test
    void aCutOrAlteredStreamLeavesNoFile() throws IOException {
        byte[] value = new byte[100_000];
        run("pkcs12", "init");
        run("pkcs12", "encrypt", value);
        byte[] message = out;
        byte[] flipped = message.clone();
        flipped[90_000] ^= 1;
        Path back = folder.resolve("back");

        assertThat(run("pkcs12", "decrypt --out " + back, flipped)).isEqualTo(5);
        assertThat(back).doesNotExist();
        assertThat(run("pkcs12", "decrypt --out " + back, Arrays.copyOf(message, 70 + 16_400 * 3)))
                .isEqualTo(5);
        assertThat(back).doesNotExist();
        assertThat(run("pkcs12", "decrypt --out " + back, message)).isZero();
        assertThat(back).hasBinaryContent(value);
        try (Stream<Path> left = Files.list(folder)) {
            assertThat(left).noneMatch(file -> file.getFileName().toString().startsWith(".dkm4j-"));
        }
    }

    @Test
    void everyFailureHasItsStatusAndOneLine() throws IOException {
        run("passphrase", "init");
        run("passphrase", "encrypt", TOKEN);
        byte[] message = out;
        byte[] flipped = message.clone();
        flipped[40] ^= 1;

        assertFails(5, "decrypt", flipped);
        assertFails(5, "decrypt", "nothing of the kind".getBytes(UTF_8));
        assertFails(3, "encrypt --caller stranger", TOKEN);
        assertFails(3, "decrypt --caller stranger", message);
        assertFails(3, "keys roll-over --caller stranger", TOKEN);
        assertFails(2, "init", TOKEN);
        assertFails(2, "encrypt --context account", TOKEN);
        assertFails(2, "keys", TOKEN);
        byte[] foreign = message.clone();
        foreign[10] ^= 1;
        assertFails(4, "decrypt", foreign);
    }

    @ParameterizedTest
    @ValueSource(strings = {"passphrase", "pkcs12"})
    void aRevokedKeyIsReplacedAndItsMessagesAreRefused(String root) throws IOException {
        run(root, "init");
        run(root, "encrypt");
        byte[] old = out;

        assertThat(run(root, "keys revoke 1 --reason leaked --json")).as(err).isZero();
        assertThat(new ObjectMapper().readTree(out).get("status").asText()).isEqualTo("REVOKED");
        assertThat(run(root, "decrypt", old)).isEqualTo(4);
        assertThat(run(root, "encrypt")).as(err).isZero();
        byte[] fresh = out;
        assertThat(run(root, "decrypt", fresh)).isZero();
        assertThat(run(root, "keys revoke 9 --reason leaked")).isEqualTo(4);
        assertThat(run(root, "keys revoke first --reason leaked")).isEqualTo(2);
        assertThat(run(root, "keys revoke 1")).isEqualTo(2);
        assertThat(run(root, "keys revoke 2 --reason leaked --caller stranger")).isEqualTo(3);
        assertThat(run(root, "health --json")).isZero();
        JsonNode health = new ObjectMapper().readTree(out);
        assertThat(health.get("state").asText()).isEqualTo("FRESH");
        assertThat(health.get("keys").get("REVOKED").asInt()).isEqualTo(1);
        assertThat(health.get("keys").get("ACTIVE").asInt()).isEqualTo(1);
    }

    @Test
    void destructionIsAskedForAndUndone() throws IOException {
        configuration("pkcs12", "policy.destroy=Mail Services\n");
        run("pkcs12", "init");

        assertThat(run("pkcs12", "keys destroy 1 --reason unused")).isEqualTo(2);
        run("pkcs12", "keys roll-over");
        assertThat(run("pkcs12", "keys destroy 1 --reason unused")).isEqualTo(2);
        assertThat(err).contains("inventory");
        assertThat(run("pkcs12", "keys destroy 1 --without-inventory --json"))
                .as(err)
                .isZero();
        JsonNode asked = new ObjectMapper().readTree(out);
        assertThat(asked.get("status").asText()).isEqualTo("ARCHIVED");
        assertThat(asked.get("destroysAt").isTextual()).isTrue();
        assertThat(run("pkcs12", "keys undo 1 --json")).isZero();
        assertThat(new ObjectMapper().readTree(out).get("destroysAt").isNull()).isTrue();
        assertThat(run("pkcs12", "keys undo 1 --reason needed")).isEqualTo(2);
    }

    @Test
    void aLostRecordIsShownAndItsLossAccepted() throws IOException {
        run("pkcs12", "init");
        run("pkcs12", "keys roll-over");
        run("pkcs12", "keys roll-over");
        try (Stream<Path> files = Files.list(folder.resolve("store-pkcs12/connected-accounts"))) {
            for (Path file : files.toList()) {
                if (file.getFileName().toString().startsWith("key-0000000002")) {
                    Files.delete(file);
                }
            }
        }

        assertThat(run("pkcs12", "health")).isEqualTo(1);
        assertThat(new String(out, UTF_8)).contains("REFUSING").contains("missing");
        assertThat(run("pkcs12", "encrypt")).isEqualTo(6);
        assertThat(run("pkcs12", "ring accept-restore --json --reason backup"))
                .as(err)
                .isZero();
        assertThat(new ObjectMapper().readTree(out).get("recordsGivenUp").asInt())
                .isEqualTo(1);
        assertThat(run("pkcs12", "encrypt")).as(err).isZero();
        assertThat(run("pkcs12", "health")).isZero();
    }

    @Test
    void aWrongPassphraseChangesNothing() throws IOException {
        run("passphrase", "init");
        Map<String, String> before = contents();
        secret("passphrase", "wrong horse\n");

        assertFails(6, "encrypt", TOKEN);
        assertFails(6, "keys roll-over", TOKEN);
        assertThat(contents()).isEqualTo(before);
    }

    @Test
    void configurationErrorsSayWhatToDo() throws IOException {
        configuration("passphrase", "polcy.encrypt=X\n");
        assertFails(2, "init", TOKEN);
        assertThat(err).contains("polcy.encrypt").contains("policy.encrypt");
        configuration("passphrase", "rollover.every=ninety days\n");
        assertFails(2, "init", TOKEN);
        configuration("passphrase", "groups.ttl=-PT5M\n");
        assertFails(2, "init", TOKEN);
        assertThat(err).contains("negative");
        Path file = folder.resolve("passphrase.properties");
        configuration("passphrase", "policy.deny.decrypt=Interns\n");
        Files.writeString(file, Files.readString(file) + "policy.deny.decrypt=Guests\n");
        assertFails(2, "init", TOKEN);
        assertThat(err).contains("policy.deny.decrypt is there twice");
        configuration("passphrase", "store.single-node=false\n");
        assertFails(2, "init", TOKEN);
        configuration("passphrase", "");
        Files.setPosixFilePermissions(folder.resolve("passphrase"), PosixFilePermissions.fromString("rw-r--r--"));
        assertFails(2, "init", TOKEN);
        assertThat(err).contains("chmod 600");
    }

    @Test
    void inspectNeedsNoKey() throws IOException {
        run("passphrase", "init");
        run("passphrase", "encrypt", TOKEN);
        byte[] message = out;

        assertThat(execute(message, "inspect", "--json")).isZero();
        JsonNode shown = new ObjectMapper().readTree(out);
        assertThat(shown.get("suite").asInt()).isEqualTo(1);
        assertThat(shown.get("epoch").asInt()).isEqualTo(1);
        assertThat(shown.get("plaintextLength").asInt()).isEqualTo(TOKEN.length);
    }

    @Test
    void conformanceNamesEveryDisagreement() throws IOException {
        String vector = "{\"comment\":\"%s\",\"suite\":1,\"key\":\"" + "01".repeat(32)
                + "\",\"epoch\":1,\"keyId\":\"0000000000000001\",\"context\":{},\"plaintext\":\"\","
                + "\"message\":\"c1\",\"result\":\"%s\"}";
        Path good = Files.writeString(folder.resolve("good.json"), "[" + vector.formatted("cut", "malformed") + "]");
        Path bad = Files.writeString(folder.resolve("bad.json"), "[" + vector.formatted("odd one", "valid") + "]");

        assertThat(execute(new byte[0], "conformance", good.toString())).isZero();
        assertThat(execute(new byte[0], "conformance", good.toString(), bad.toString()))
                .isEqualTo(1);
        assertThat(new String(out, UTF_8)).contains("odd one").contains("2 vectors, 1 disagreements");
        assertThat(execute(new byte[0], "conformance", folder.resolve("absent").toString()))
                .isEqualTo(2);
    }

    @Test
    void conformanceAgreesWithTheProjectsOwnVectors() {
        String vectors = "src/test/resources/vectors/";

        assertThat(execute(new byte[0], "conformance", vectors + "suite1.json", vectors + "suite2.json"))
                .as(new String(out, UTF_8))
                .isZero();
    }

    private void assertFails(int status, String command, byte[] in) {
        assertThat(run("passphrase", command, in)).as(command).isEqualTo(status);
        assertThat(err).as(command).startsWith("dkm4j: ").containsOnlyOnce("\n");
        assertThat(out).as(command).isEmpty();
    }

    private Map<String, String> contents() throws IOException {
        Map<String, String> contents = new TreeMap<>();
        try (Stream<Path> files = Files.walk(folder.resolve("store-passphrase"))) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                contents.put(file.toString(), Arrays.toString(Files.readAllBytes(file)));
            }
        }
        return contents;
    }
}
