package io.github.dkm4j.crypto;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.dkm4j.key.AuthenticationFailed;
import io.github.dkm4j.key.DkmException;
import io.github.dkm4j.key.EncryptionContext;
import io.github.dkm4j.key.MalformedMessage;
import io.github.dkm4j.key.TruncatedMessage;
import java.io.IOException;
import java.io.InputStream;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever the bytes are, opening them ends in a plaintext or in one of the documented errors. */
class MessageFuzzTest {
    private static final int LONGEST_SEED = 1_024;

    private final KeyMaterial key = KeyMaterial.copyOf(new byte[KeyMaterial.LENGTH]);
    private final MessageCipher cipher = new MessageCipher(Ciphers.platform(), new SecureRandom(), 0, () -> 0);

    static Stream<byte[]> messages() throws IOException {
        List<byte[]> seeds = new ArrayList<>();
        for (String name : List.of("suite1", "suite2")) {
            try (InputStream in = MessageFuzzTest.class.getResourceAsStream("/vectors/" + name + ".json")) {
                for (JsonNode vector : new ObjectMapper().readTree(Objects.requireNonNull(in))) {
                    seeds.add(HexFormat.of().parseHex(vector.get("message").asText()));
                }
            }
        }
        return seeds.stream().filter(seed -> seed.length <= LONGEST_SEED);
    }

    @MethodSource("messages")
    @FuzzTest(maxDuration = "60s")
    void openingAnyBytesEndsInADocumentedError(byte[] message) {
        try {
            MessageHeader header = MessageHeader.parse(message);
            assertThat(header.suite().plaintextLength(message.length - MessageHeader.LENGTH))
                    .isBetween(0L, (long) message.length);
            assertThat(cipher.open(header, key, message, EncryptionContext.empty()))
                    .isNotNull();
        } catch (DkmException e) {
            assertThat(e).isInstanceOfAny(MalformedMessage.class, TruncatedMessage.class, AuthenticationFailed.class);
        }
    }
}
