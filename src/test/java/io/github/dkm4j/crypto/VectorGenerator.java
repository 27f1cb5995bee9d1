package io.github.dkm4j.crypto;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;

/** Writes the project's own test vectors. Seeded: the same files every time. */
final class VectorGenerator {
    static final String PLAINTEXT_RULE = "byte i is i mod 251";

    private static final HexFormat HEX = HexFormat.of();
    private static final JsonMapper MAPPER =
            JsonMapper.builder().enable(JsonWriteFeature.ESCAPE_NON_ASCII).build();
    private static final Map<String, String> ROW = Map.of("table", "accounts", "row", "4711");

    private final int suite;
    private final Random random;
    private final ArrayNode vectors = MAPPER.createArrayNode();

    private VectorGenerator(int suite) {
        this.suite = suite;
        this.random = new Random(0x646b6d34 + suite);
    }

    /** Writes suite1.json and suite2.json into the folder given, or where the tests read them. */
    public static void main(String[] args) throws IOException, GeneralSecurityException {
        Path folder = Path.of(args.length > 0 ? args[0] : "src/test/resources/vectors");
        for (int suite = 1; suite <= 2; suite++) {
            Files.writeString(folder.resolve("suite" + suite + ".json"), file(suite), StandardCharsets.UTF_8);
        }
    }

    static String file(int suite) throws GeneralSecurityException, JsonProcessingException {
        VectorGenerator generator = new VectorGenerator(suite);
        generator.valid();
        generator.malformed();
        generator.notAuthentic();
        if (suite == 2) {
            generator.truncated();
            generator.rearranged();
        }
        DefaultIndenter indent = new DefaultIndenter(" ", "\n");
        DefaultPrettyPrinter printer =
                new DefaultPrettyPrinter().withObjectIndenter(indent).withArrayIndenter(indent);
        return MAPPER.writer(printer).writeValueAsString(generator.vectors) + "\n";
    }

    /** The bytes that {@link #PLAINTEXT_RULE} describes. */
    static byte[] ruled(int length) {
        byte[] out = new byte[length];
        for (int i = 0; i < length; i++) {
            out[i] = (byte) (i % 251);
        }
        return out;
    }

    private void valid() throws GeneralSecurityException {
        for (int length : new int[] {0, 1, 15, 16, 17}) {
            add("plaintext of " + length + " bytes, no context", made(1, Map.of(), random(length)));
            add("plaintext of " + length + " bytes, context of two", made(1, ROW, random(length)));
        }
        for (int length : new int[] {16_383, 16_384, 16_385}) {
            add("plaintext of " + length + " bytes", made(1, ROW, ruled(length)));
        }
        for (long epoch : new long[] {255, 65_536, 4_294_967_295L}) {
            add("epoch " + epoch, made(epoch, ROW, random(20)));
        }
        add("context of one pair", made(1, Map.of("row", "1"), random(24)));
        add("context with an empty value", made(1, Map.of("row", ""), random(24)));
        Map<String, String> many = new LinkedHashMap<>();
        for (int i = 39; i >= 0; i--) {
            many.put("name" + i, "value" + i);
        }
        add("context of forty pairs, given out of order", made(1, many, random(24)));
        Map<String, String> order = new LinkedHashMap<>();
        order.put("\ud800\udc00", "sorts last in UTF-8, before U+FFFF in UTF-16");
        order.put("\uffff", "sorts before it");
        order.put("\u00e9", "one code point");
        order.put("e\u0301", "two code points, another name: nothing is normalised");
        order.put("\u6f22\u5b57", "\ud83d\udd11");
        add("context with non-ASCII names, sorted by UTF-8 bytes", made(1, order, random(24)));
        if (suite == 1) {
            for (int i = 0; i < 8; i++) {
                Map<String, String> pairs = Map.of("row", Integer.toString(random.nextInt(1_000_000)));
                add("random case " + i, made(1 + random.nextInt(1000), pairs, random(random.nextInt(200))));
            }
        }
    }

    private void malformed() throws GeneralSecurityException {
        for (int first : new int[] {0x00, 0xC0, 0xC2, 0x41}) {
            Case wrong = made(1, ROW, random(16));
            wrong.message[0] = (byte) first;
            add(String.format("first byte 0x%02x", first), wrong, "malformed");
        }
        for (int code : new int[] {0x00, 0x03, 0xff}) {
            Case wrong = made(1, ROW, random(16));
            wrong.message[1] = (byte) code;
            add(String.format("suite 0x%02x", code), wrong, "malformed");
        }
        Case zero = made(0, ROW, random(16));
        zero.epoch = 1;
        add("epoch 0 in an otherwise good message", zero, "malformed");
        for (int length : suite == 1 ? new int[] {0, 1, 2, 6, 13, 14, 38, 85} : new int[] {0, 1, 13}) {
            Case cut = made(1, ROW, random(16));
            cut.message = Arrays.copyOf(cut.message, length);
            add("cut to " + length + " bytes", cut, "malformed");
        }
    }

    private void notAuthentic() throws GeneralSecurityException {
        int body = suite == 1 ? 38 : 70;
        int[] places = suite == 1
                ? new int[] {14, 25, 26, 37, body, body + 15, body + 16, body + 31, body + 32, body + 63}
                : new int[] {14, 37, 38, 69, body, body + 15, body + 16, body + 31};
        for (int place : places) {
            for (int bit : suite == 1 ? new int[] {0, 7} : new int[] {random.nextInt(8)}) {
                Case flipped = made(1, ROW, random(16));
                flipped.message[place] ^= (byte) (1 << bit);
                add("bit " + bit + " of byte " + place + " flipped", flipped, "authentication-failed");
            }
        }
        Case key = made(1, ROW, random(16));
        key.key = random(32);
        add("another key", key, "authentication-failed");
        Case value = made(1, ROW, random(16));
        value.context = Map.of("table", "accounts", "row", "4712");
        add("another context value", value, "authentication-failed");
        Case none = made(1, ROW, random(16));
        none.context = Map.of();
        add("no context instead of two pairs", none, "authentication-failed");
        Case some = made(1, Map.of(), random(16));
        some.context = ROW;
        add("two pairs instead of no context", some, "authentication-failed");
        Case shifted = made(1, Map.of("ab", "c"), random(16));
        shifted.context = Map.of("a", "bc");
        add("the same text, parted elsewhere", shifted, "authentication-failed");
        Case epoch = made(1, ROW, random(16));
        epoch.message[5] = 2;
        epoch.epoch = 2;
        add("another epoch in the header, under the same key", epoch, "authentication-failed");
        Case id = made(1, ROW, random(16));
        id.message[13] ^= 1;
        id.keyId[7] ^= 1;
        add("another key id in the header, under the same key", id, "authentication-failed");
        Case swapped = made(1, ROW, random(16));
        swapped.message[1] ^= 3;
        add("the other suite's code", swapped, "authentication-failed");
        Case longer = made(1, ROW, random(16));
        longer.message = Arrays.copyOf(longer.message, longer.message.length + 1);
        add("one byte appended", longer, "authentication-failed");
        Case shorter = made(1, ROW, random(16));
        shorter.message = Arrays.copyOf(shorter.message, shorter.message.length - 1);
        add("one byte cut off", shorter, "authentication-failed");
        if (suite == 2) {
            Case second = made(1, ROW, ruled(16_385));
            second.message[second.message.length - 1] ^= 1;
            add("the second chunk's tag altered", second, "authentication-failed");
            Case first = made(1, ROW, ruled(16_385));
            first.message = ReferenceCipher.joined(
                    Arrays.copyOf(first.message, 70),
                    Arrays.copyOfRange(first.message, 70 + 16_400, first.message.length));
            add("the first chunk left out", first, "authentication-failed");
        }
    }

    private void truncated() throws GeneralSecurityException {
        for (int length : new int[] {14, 15, 38, 69, 70, 85}) {
            Case cut = made(1, ROW, random(16));
            cut.message = Arrays.copyOf(cut.message, length);
            add("cut to " + length + " bytes", cut, "truncated");
        }
        Case last = made(1, ROW, ruled(16_384));
        last.message = Arrays.copyOf(last.message, last.message.length - 16);
        add("without its last, empty chunk", last, "truncated");
    }

    /** Damage to the sequence of chunks. */
    private void rearranged() throws GeneralSecurityException {
        Case swapped = made(1, ROW, ruled(32_768));
        swapped.message = Streams.rearranged(swapped.message, 1, 0, 2);
        add("the first two chunks swapped", swapped, "authentication-failed");
        Case doubled = made(1, ROW, ruled(16_385));
        doubled.message = Streams.rearranged(doubled.message, 0, 0, 1);
        add("the first chunk twice", doubled, "authentication-failed");
        Case dropped = made(1, ROW, ruled(32_769));
        dropped.message = Streams.rearranged(dropped.message, 0, 2);
        add("the second of three chunks left out", dropped, "authentication-failed");
        Case boundary = made(1, ROW, ruled(16_385));
        boundary.message = Streams.rearranged(boundary.message, 0);
        add("cut exactly behind the first of two chunks", boundary, "truncated");
        Case inside = made(1, ROW, ruled(16_385));
        inside.message = Arrays.copyOf(inside.message, 70 + 8_000);
        add("cut inside the first of two chunks", inside, "authentication-failed");
        Case again = made(1, ROW, ruled(16_385));
        again.message = Streams.rearranged(again.message, 0, 1, 1);
        add("extended by its last chunk once more", again, "authentication-failed");
        Case padded = made(1, ROW, random(16));
        padded.message = Arrays.copyOf(padded.message, 70 + 16_400);
        add("the last chunk extended with zeros to a full one", padded, "truncated");
        Case other = made(1, ROW, random(16));
        Case same = new Case(suite, other.key, 1, other.keyId, ROW, random(24), random(16));
        other.message = ReferenceCipher.joined(Arrays.copyOf(other.message, 70), Streams.chunk(same.message, 0));
        add("the chunk of another message under the same key", other, "authentication-failed");
    }

    private Case made(long epoch, Map<String, String> context, byte[] plaintext) throws GeneralSecurityException {
        return new Case(suite, random(32), epoch, random(8), context, random(24), plaintext);
    }

    private byte[] random(int length) {
        byte[] out = new byte[length];
        random.nextBytes(out);
        return out;
    }

    private void add(String comment, Case vector) throws GeneralSecurityException {
        add(comment, vector, "valid");
    }

    private void add(String comment, Case vector, String result) throws GeneralSecurityException {
        ObjectNode json = vectors.addObject()
                .put("comment", comment)
                .put("suite", suite)
                .put("key", HEX.formatHex(vector.key))
                .put("epoch", vector.epoch)
                .put("keyId", HEX.formatHex(vector.keyId));
        ObjectNode context = json.putObject("context");
        // Sorted, because an immutable map's own order differs from run to run.
        vector.context.entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .forEach(pair -> context.put(pair.getKey(), pair.getValue()));
        json.put(suite == 1 ? "nonce" : "salt", HEX.formatHex(vector.nonce));
        if (vector.plaintext.length > 1000) {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(vector.plaintext);
            json.put("plaintextRule", PLAINTEXT_RULE)
                    .put("plaintextLength", vector.plaintext.length)
                    .put("plaintextSha256", HEX.formatHex(digest));
        } else {
            json.put("plaintext", HEX.formatHex(vector.plaintext));
        }
        json.put("message", HEX.formatHex(vector.message));
        if (result.equals("valid")) {
            ObjectNode steps = json.putObject("intermediates");
            vector.steps.forEach(steps::put);
        }
        json.put("result", result);
    }

    private static final class Case {
        byte[] key;
        long epoch;
        final byte[] keyId;
        Map<String, String> context;
        final byte[] nonce;
        final byte[] plaintext;
        byte[] message;
        final Map<String, String> steps = new LinkedHashMap<>();

        Case(
                int suite,
                byte[] key,
                long epoch,
                byte[] keyId,
                Map<String, String> context,
                byte[] nonce,
                byte[] plaintext)
                throws GeneralSecurityException {
            this.key = key;
            this.epoch = epoch;
            this.keyId = keyId;
            this.context = context;
            this.nonce = nonce;
            this.plaintext = plaintext;
            byte[] header = ReferenceCipher.header(suite, epoch, keyId);
            byte[] encoded = ReferenceCipher.context(context);
            this.message = suite == 1
                    ? ReferenceCipher.kcXaes(key, header, encoded, nonce, plaintext, steps)
                    : ReferenceCipher.cobblestone(key, header, encoded, nonce, plaintext, steps);
        }
    }
}
