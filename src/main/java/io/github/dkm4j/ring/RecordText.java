package io.github.dkm4j.ring;

import io.github.dkm4j.crypto.Kdf;
import io.github.dkm4j.crypto.KeyMaterial;
import io.github.dkm4j.key.RecordNotAuthentic;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;

/**
 * A record as text: a first line {@code dkm4j TYPE 1}, lines {@code name: value}, and at the end {@code mac: …} over
 * all lines before it. Its hash is over all its bytes. Immutable.
 */
final class RecordText {
    private static final String MAC = "mac: ";

    private final String text;
    private final String type;
    private final List<String> lines;

    private RecordText(String text, String type, List<String> lines) {
        this.text = text;
        this.type = type;
        this.lines = lines;
    }

    /** Reads a record's form; says nothing about who made it. */
    static RecordText parse(byte[] content) {
        for (byte b : content) {
            if (b != '\n' && (b < 0x20 || b == 0x7F)) {
                throw new RecordNotAuthentic("it is not printable text");
            }
        }
        String text = new String(content, StandardCharsets.US_ASCII);
        if (!text.endsWith("\n")) {
            throw new RecordNotAuthentic("its last line is cut");
        }
        List<String> lines = Arrays.asList(text.substring(0, text.length() - 1).split("\n", -1));
        String[] head = lines.get(0).split(" ", -1);
        if (head.length != 3 || !head[0].equals("dkm4j") || !head[2].equals("1")) {
            throw new RecordNotAuthentic("its first line is not 'dkm4j TYPE 1'");
        }
        if (lines.size() < 3 || !lines.get(lines.size() - 1).startsWith(MAC)) {
            throw new RecordNotAuthentic("its last line is not its mac");
        }
        return new RecordText(text, head[1], lines.subList(1, lines.size() - 1));
    }

    /** Compares the mac in constant time. */
    void verify(KeyMaterial macKey) {
        int at = text.lastIndexOf(MAC);
        byte[] expected = Base64.getUrlEncoder()
                .withoutPadding()
                .encode(Kdf.mac(macKey, text.substring(0, at).getBytes(StandardCharsets.US_ASCII)));
        byte[] claimed = text.substring(at + MAC.length(), text.length() - 1).getBytes(StandardCharsets.US_ASCII);
        // As text: a decoder takes several spellings of one value, and each would have a hash of its own.
        if (!MessageDigest.isEqual(expected, claimed)) {
            throw new RecordNotAuthentic("its mac does not fit");
        }
    }

    String type() {
        return type;
    }

    byte[] bytes() {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    /** SHA-256 over all bytes. */
    Hash hash() {
        return Hash.of(bytes());
    }

    /** The one value of a name. */
    String value(String name) {
        List<String> values = values(name);
        if (values.size() != 1) {
            throw new RecordNotAuthentic("it has " + values.size() + " lines '" + name + "' instead of one");
        }
        return values.get(0);
    }

    List<String> values(String name) {
        String prefix = name + ": ";
        List<String> values = new ArrayList<>(1);
        for (String line : lines) {
            if (line.startsWith(prefix)) {
                values.add(line.substring(prefix.length()));
            }
        }
        return values;
    }

    /** All bytes before the line of the given name: what a wrap in that line is bound to. */
    byte[] before(String name) {
        int at = text.indexOf("\n" + name + ": ");
        if (at < 0) {
            throw new RecordNotAuthentic("it has no line '" + name + "'");
        }
        return text.substring(0, at + 1).getBytes(StandardCharsets.US_ASCII);
    }

    byte[] binary(String name) {
        return decode(value(name));
    }

    Instant instant(String name) {
        try {
            return Instant.parse(value(name));
        } catch (DateTimeException e) {
            throw new RecordNotAuthentic("its line '" + name + "' is no instant", e);
        }
    }

    private static byte[] decode(String base64) {
        try {
            return Base64.getUrlDecoder().decode(base64);
        } catch (IllegalArgumentException e) {
            throw new RecordNotAuthentic("it has a line that is not base64url", e);
        }
    }

    /** Writes records. */
    static final class Builder {
        private final String type;
        private final List<String> lines = new ArrayList<>();

        Builder(String type) {
            this.type = type;
        }

        Builder add(String name, Object value) {
            String text = value.toString();
            if (!text.chars().allMatch(c -> c >= 0x20 && c < 0x7F)) {
                throw new IllegalArgumentException("a record's values are printable ASCII: " + name);
            }
            lines.add(name + ": " + text);
            return this;
        }

        Builder add(String name, byte[] value) {
            return add(name, Base64.getUrlEncoder().withoutPadding().encodeToString(value));
        }

        /** What is written so far: what a wrap in the next line is bound to. */
        byte[] soFar() {
            return body().getBytes(StandardCharsets.US_ASCII);
        }

        RecordText build(KeyMaterial macKey) {
            byte[] mac = Kdf.mac(macKey, soFar());
            String encoded = Base64.getUrlEncoder().withoutPadding().encodeToString(mac);
            return parse((body() + MAC + encoded + "\n").getBytes(StandardCharsets.US_ASCII));
        }

        private String body() {
            return "dkm4j " + type + " 1\n" + String.join("\n", lines) + (lines.isEmpty() ? "" : "\n");
        }
    }
}
