package io.github.dkm4j.key;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Name–value pairs that are bound to a message as associated data: they are not in the message, and whoever decrypts
 * it must give the same ones. Bind what makes a row this row, for instance its account id, so that a message moved to
 * another row is refused.
 *
 * <p>The order in which pairs are given does not matter; text is compared byte for byte in UTF-8, without Unicode
 * normalisation. Immutable and safe for use by many threads.
 */
public final class EncryptionContext {
    /** The largest canonical encoding, in bytes. */
    public static final int MAX_ENCODED_LENGTH = 65_535;

    private static final EncryptionContext EMPTY = new EncryptionContext(new byte[2]);

    private final byte[] encoded;

    private EncryptionContext(byte[] encoded) {
        this.encoded = encoded;
    }

    /** No pairs: nothing but the message's own header is bound. */
    public static EncryptionContext empty() {
        return EMPTY;
    }

    /**
     * One pair.
     *
     * @throws IllegalArgumentException as {@link #of(Map)}
     */
    public static EncryptionContext of(String name, String value) {
        return of(Map.of(name, value));
    }

    /**
     * Two pairs.
     *
     * @throws IllegalArgumentException if the names are equal, or as {@link #of(Map)}
     */
    public static EncryptionContext of(String name1, String value1, String name2, String value2) {
        return of(Map.of(name1, value1, name2, value2));
    }

    /**
     * Any number of pairs, copied.
     *
     * @throws IllegalArgumentException if a name is empty, a name or value is no well-formed Unicode text (unpaired
     *     surrogate), or the whole encodes to more than 65,535 bytes
     */
    public static EncryptionContext of(Map<String, String> pairs) {
        if (pairs.isEmpty()) {
            return EMPTY;
        }
        TreeMap<byte[], byte[]> sorted = new TreeMap<>(Arrays::compareUnsigned);
        long length = 2;
        for (Map.Entry<String, String> pair : pairs.entrySet()) {
            if (pair.getKey().isEmpty()) {
                throw new IllegalArgumentException("an encryption context's name must not be empty");
            }
            byte[] name = utf8(pair.getKey());
            byte[] value = utf8(pair.getValue());
            length += 4L + name.length + value.length;
            sorted.put(name, value);
        }
        if (length > MAX_ENCODED_LENGTH) {
            throw new IllegalArgumentException("the encryption context encodes to " + length + " bytes, more than "
                    + MAX_ENCODED_LENGTH + ": bind an identifier or a hash instead of the data");
        }
        ByteBuffer out = ByteBuffer.allocate((int) length).putShort((short) sorted.size());
        sorted.forEach((name, value) -> out.putShort((short) name.length)
                .put(name)
                .putShort((short) value.length)
                .put(value));
        return new EncryptionContext(out.array());
    }

    /** The canonical encoding, a copy: count(2), then for each pair nameLen(2), name, valueLen(2), value. */
    public byte[] encoded() {
        return encoded.clone();
    }

    /** The pairs by name, a copy; what the values are may be confidential. */
    public SortedMap<String, String> pairs() {
        ByteBuffer in = ByteBuffer.wrap(encoded);
        SortedMap<String, String> pairs = new TreeMap<>();
        for (int left = Short.toUnsignedInt(in.getShort()); left > 0; left--) {
            pairs.put(text(in), text(in));
        }
        return pairs;
    }

    private static String text(ByteBuffer in) {
        byte[] bytes = new byte[Short.toUnsignedInt(in.getShort())];
        in.get(bytes);
        return new String(bytes, StandardCharsets.UTF_8);
    }

    /** How long {@link #encoded()} is, 2 to 65,535. */
    public int encodedLength() {
        return encoded.length;
    }

    /** Copies the canonical encoding into the target. */
    public void writeTo(byte[] target, int offset) {
        System.arraycopy(encoded, 0, target, offset, encoded.length);
    }

    private static byte[] utf8(String text) {
        try {
            ByteBuffer bytes = StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(text));
            byte[] exact = new byte[bytes.remaining()];
            bytes.get(exact);
            return exact;
        } catch (CharacterCodingException e) {
            throw new IllegalArgumentException("an encryption context's text has an unpaired surrogate", e);
        }
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof EncryptionContext context && Arrays.equals(encoded, context.encoded);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(encoded);
    }

    /** The number of pairs and nothing of their text, which may be confidential. */
    @Override
    public String toString() {
        int pairs = Short.toUnsignedInt(ByteBuffer.wrap(encoded).getShort());
        return "EncryptionContext[" + pairs + (pairs == 1 ? " pair]" : " pairs]");
    }
}
