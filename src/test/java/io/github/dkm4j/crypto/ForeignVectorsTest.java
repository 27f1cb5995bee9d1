package io.github.dkm4j.crypto;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.dkm4j.key.AuthenticationFailed;
import io.github.dkm4j.key.EncryptionContext;
import io.github.dkm4j.key.MalformedMessage;
import io.github.dkm4j.key.TruncatedMessage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Vectors made elsewhere, from the folder that the build is given. Without it, one test says so and nothing else. */
class ForeignVectorsTest {
    private static final HexFormat HEX = HexFormat.of();

    @TestFactory
    Stream<DynamicTest> agreeWithWhatOthersComputed() throws IOException {
        String configured = System.getProperty("dkm4j.vectors", "");
        if (configured.isBlank() || configured.startsWith("${")) {
            return Stream.of(leftOut("all vectors made elsewhere: name their folder with -Ddkm4j.vectors=DIR"));
        }
        Path folder = Path.of(configured);
        List<DynamicTest> tests = new ArrayList<>();
        if (Files.exists(folder.resolve("format-samples.json"))) {
            for (JsonNode sample : read(folder, "format-samples.json")) {
                tests.add(DynamicTest.dynamicTest(sample.get("comment").asText(), () -> formatSample(sample)));
            }
        } else {
            tests.add(leftOut("format-samples.json: the folder of vectors has none"));
        }
        tests.add(
                DynamicTest.dynamicTest("AES-GCM", () -> assertThat(gcm(folder)).isGreaterThan(50)));
        tests.add(DynamicTest.dynamicTest(
                "AES-CMAC", () -> assertThat(cmac(folder)).isGreaterThan(5)));
        tests.add(DynamicTest.dynamicTest("HKDF", () -> assertThat(hkdf(folder)).isGreaterThan(50)));
        return tests.stream();
    }

    private static DynamicTest leftOut(String what) {
        return DynamicTest.dynamicTest("left out", () -> System.out.println("left out: " + what));
    }

    private static void formatSample(JsonNode sample) {
        try (KeyMaterial key = KeyMaterial.copyOf(bytes(sample, "key"));
                MessageCipher cipher =
                        new MessageCipher(Ciphers.platform(), new SecureRandom(), 64, System::nanoTime)) {
            Map<String, String> pairs = new HashMap<>();
            sample.get("context")
                    .properties()
                    .forEach(pair -> pairs.put(pair.getKey(), pair.getValue().asText()));
            byte[] message = bytes(sample, "message");
            String result;
            try {
                byte[] opened = cipher.open(MessageHeader.parse(message), key, message, EncryptionContext.of(pairs));
                assertThat(opened).isEqualTo(bytes(sample, "plaintext"));
                result = "valid";
            } catch (MalformedMessage e) {
                result = "malformed";
            } catch (TruncatedMessage e) {
                result = "truncated";
            } catch (AuthenticationFailed e) {
                result = "authentication-failed";
            }
            assertThat(result).isEqualTo(sample.get("result").asText());
        }
    }

    /** The JCE's AES-256-GCM as this library uses it. */
    private static int gcm(Path folder) throws IOException, GeneralSecurityException {
        int count = 0;
        for (JsonNode group : read(folder, "wycheproof_aes_gcm_test.json").get("testGroups")) {
            if (group.get("keySize").asInt() != 256 || group.get("ivSize").asInt() != 96) {
                continue;
            }
            for (JsonNode test : group.get("tests")) {
                Cipher cipher = Ciphers.platform().gcm();
                cipher.init(
                        Cipher.DECRYPT_MODE,
                        new SecretKeySpec(bytes(test, "key"), "AES"),
                        new GCMParameterSpec(128, bytes(test, "iv")));
                cipher.updateAAD(bytes(test, "aad"));
                String opened;
                try {
                    opened = HEX.formatHex(cipher.doFinal(joined(bytes(test, "ct"), bytes(test, "tag"))));
                } catch (GeneralSecurityException e) {
                    opened = "refused";
                }
                boolean valid = test.get("result").asText().equals("valid");
                assertThat(opened)
                        .as("case %s", test.get("tcId"))
                        .isEqualTo(valid ? test.get("msg").asText() : "refused");
                count++;
            }
        }
        return count;
    }

    /** The subkey K1: the CMAC of one whole block is AES of (block xor K1). */
    private static int cmac(Path folder) throws IOException, GeneralSecurityException {
        int count = 0;
        for (JsonNode group : read(folder, "wycheproof_aes_cmac_test.json").get("testGroups")) {
            if (group.get("keySize").asInt() != 256 || group.get("tagSize").asInt() != 128) {
                continue;
            }
            for (JsonNode test : group.get("tests")) {
                byte[] block = bytes(test, "msg");
                if (block.length != 16) {
                    continue;
                }
                Cipher aes = Ciphers.platform().block();
                KcXaes.init(aes, KeyMaterial.copyOf(bytes(test, "key")));
                byte[] k1 = new byte[16];
                KcXaes.subkey(aes, k1);
                for (int i = 0; i < 16; i++) {
                    block[i] ^= k1[i];
                }
                boolean same = Arrays.equals(aes.doFinal(block), bytes(test, "tag"));
                assertThat(same)
                        .as("case %s", test.get("tcId"))
                        .isEqualTo(test.get("result").asText().equals("valid"));
                count++;
            }
        }
        return count;
    }

    private static int hkdf(Path folder) throws IOException, GeneralSecurityException {
        int count = 0;
        for (JsonNode group : read(folder, "wycheproof_hkdf_sha512_test.json").get("testGroups")) {
            for (JsonNode test : group.get("tests")) {
                if (!test.get("result").asText().equals("valid")) {
                    continue;
                }
                byte[] salt = bytes(test, "salt");
                Mac extract = Mac.getInstance("HmacSHA512");
                extract.init(new SecretKeySpec(salt.length == 0 ? new byte[64] : salt, "HmacSHA512"));
                byte[] okm = Kdf.expand(
                        extract.doFinal(bytes(test, "ikm")),
                        bytes(test, "info"),
                        test.get("size").asInt());
                assertThat(okm).as("case %s", test.get("tcId")).isEqualTo(bytes(test, "okm"));
                count++;
            }
        }
        return count;
    }

    private static byte[] joined(byte[] first, byte[] second) {
        byte[] joined = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, joined, first.length, second.length);
        return joined;
    }

    private static byte[] bytes(JsonNode node, String name) {
        return HEX.parseHex(node.get(name).asText());
    }

    private static JsonNode read(Path folder, String file) throws IOException {
        return new ObjectMapper().readTree(Files.readAllBytes(folder.resolve(file)));
    }
}
