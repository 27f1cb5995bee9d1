package io.github.dkm4j.crypto;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.dkm4j.key.AuthenticationFailed;
import io.github.dkm4j.key.EncryptionContext;
import io.github.dkm4j.key.Epoch;
import io.github.dkm4j.key.KeyId;
import io.github.dkm4j.key.KeyRef;
import io.github.dkm4j.key.MalformedMessage;
import io.github.dkm4j.key.TruncatedMessage;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;

/** Holds the library against one vector in the project's format. */
final class VectorCheck {
    private static final HexFormat HEX = HexFormat.of();

    private VectorCheck() {}

    static void check(JsonNode vector) {
        String result = vector.get("result").asText();
        byte[] message = hex(vector, "message");
        KeyMaterial key = KeyMaterial.copyOf(hex(vector, "key"));
        EncryptionContext context = context(vector);
        KeyRef ref = new KeyRef(
                new Epoch(vector.get("epoch").asLong()),
                KeyId.parse(vector.get("keyId").asText()));
        String outcome;
        byte[] opened = new byte[0];
        try (MessageCipher cipher = new MessageCipher(Ciphers.platform(), new SecureRandom(), 0, () -> 0)) {
            MessageHeader header = MessageHeader.parse(message);
            if (header.key().equals(ref)) {
                opened = cipher.open(header, key, message, context);
                outcome = "valid";
            } else {
                outcome = "unknown-key";
            }
        } catch (MalformedMessage e) {
            outcome = "malformed";
        } catch (TruncatedMessage e) {
            outcome = "truncated";
        } catch (AuthenticationFailed e) {
            outcome = "authentication-failed";
        }
        assertThat(outcome).isEqualTo(result);
        if (result.equals("valid")) {
            byte[] plaintext = plaintext(vector);
            assertThat(opened).isEqualTo(plaintext);
            assertThat(HEX.formatHex(remade(vector, ref, key, context, plaintext, message.length)))
                    .isEqualTo(HEX.formatHex(message));
        }
    }

    /** The message once more, from the vector's nonce or salt. */
    private static byte[] remade(
            JsonNode vector, KeyRef ref, KeyMaterial key, EncryptionContext context, byte[] plaintext, int length) {
        Suite suite = Suite.ofCode((byte) vector.get("suite").asInt());
        byte[] out = new byte[length];
        new MessageHeader(suite, ref).writeTo(out);
        byte[] associated = Arrays.copyOf(out, MessageHeader.LENGTH + context.encodedLength());
        context.writeTo(associated, MessageHeader.LENGTH);
        if (suite == Suite.KC_XAES_256_GCM) {
            System.arraycopy(hex(vector, "nonce"), 0, out, MessageHeader.LENGTH, KcXaes.NONCE);
            new KcXaes(Ciphers.platform())
                    .seal(key, associated, plaintext, 0, plaintext.length, out, MessageHeader.LENGTH);
        } else {
            System.arraycopy(hex(vector, "salt"), 0, out, MessageHeader.LENGTH, Cobblestone.SALT);
            assertThat(Cobblestone.payloadLength(plaintext.length)).isEqualTo(length - MessageHeader.LENGTH);
            new Cobblestone(Ciphers.platform())
                    .seal(key, associated, plaintext, 0, plaintext.length, out, MessageHeader.LENGTH);
        }
        return out;
    }

    private static byte[] plaintext(JsonNode vector) {
        if (vector.has("plaintext")) {
            return hex(vector, "plaintext");
        }
        assertThat(vector.get("plaintextRule").asText()).isEqualTo(VectorGenerator.PLAINTEXT_RULE);
        byte[] plaintext = VectorGenerator.ruled(vector.get("plaintextLength").asInt());
        assertThat(HEX.formatHex(Kdf.sha256(plaintext)))
                .isEqualTo(vector.get("plaintextSha256").asText());
        return plaintext;
    }

    private static EncryptionContext context(JsonNode vector) {
        Map<String, String> pairs = new LinkedHashMap<>();
        vector.get("context")
                .properties()
                .forEach(pair -> pairs.put(pair.getKey(), pair.getValue().asText()));
        return EncryptionContext.of(pairs);
    }

    static byte[] hex(JsonNode vector, String field) {
        return HEX.parseHex(vector.get(field).asText());
    }
}
