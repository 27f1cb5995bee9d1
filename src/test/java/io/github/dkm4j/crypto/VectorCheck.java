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
import io.github.dkm4j.key.UnknownKey;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
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
        byte[][] opened = new byte[1][0];
        assertThat(outcome(() -> opened[0] = whole(message, ref, key, context))).isEqualTo(result);
        if (vector.get("suite").asInt() == 2) {
            byte[][] streamed = new byte[1][0];
            String outcome = outcome(() -> streamed[0] = streamed(message, ref, key, context));
            // A stream may meet a damaged chunk before it knows where the message ends.
            assertThat(outcome).isIn(result, result.equals("truncated") ? "authentication-failed" : result);
            assertThat(streamed[0]).isEqualTo(opened[0]);
        }
        if (result.equals("valid")) {
            byte[] plaintext = plaintext(vector);
            assertThat(opened[0]).isEqualTo(plaintext);
            assertThat(HEX.formatHex(remade(vector, ref, key, context, plaintext, message.length)))
                    .isEqualTo(HEX.formatHex(message));
        }
    }

    private static String outcome(Opening opening) {
        try {
            opening.run();
            return "valid";
        } catch (UnknownKey e) {
            return "unknown-key";
        } catch (MalformedMessage e) {
            return "malformed";
        } catch (TruncatedMessage e) {
            return "truncated";
        } catch (AuthenticationFailed e) {
            return "authentication-failed";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static byte[] whole(byte[] message, KeyRef ref, KeyMaterial key, EncryptionContext context) {
        MessageHeader header = known(MessageHeader.parse(message), ref);
        try (MessageCipher cipher = Streams.cipher()) {
            return cipher.open(header, key, message, context);
        }
    }

    private static byte[] streamed(byte[] message, KeyRef ref, KeyMaterial key, EncryptionContext context)
            throws IOException {
        InputStream source = new ByteArrayInputStream(message);
        MessageHeader header = known(MessageHeader.read(source), ref);
        if (header.suite() != Suite.COBBLESTONE_256) {
            return whole(message, ref, key, context);
        }
        try (MessageCipher cipher = Streams.cipher();
                InputStream in = cipher.opening(header, key, context, source)) {
            return in.readAllBytes();
        }
    }

    private static MessageHeader known(MessageHeader header, KeyRef ref) {
        if (!header.key().equals(ref)) {
            throw new UnknownKey("the vector has another key");
        }
        return header;
    }

    /** One way to open a message. */
    private interface Opening {
        void run() throws IOException;
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
