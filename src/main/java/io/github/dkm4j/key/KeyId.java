package io.github.dkm4j.key;

import java.security.SecureRandom;
import java.util.HexFormat;

/**
 * 64 random bits that name a key version.
 *
 * @param bits the bits, the first byte of the encoded form being the most significant
 */
public record KeyId(long bits) implements Comparable<KeyId> {
    /** Draws a new id from the given source. */
    public static KeyId random(SecureRandom random) {
        return new KeyId(random.nextLong());
    }

    /**
     * Reads the form that {@link #toString()} prints.
     *
     * @throws IllegalArgumentException if the text is not 16 lower-case hexadecimal digits
     */
    public static KeyId parse(String text) {
        if (text.length() != 16 || !text.chars().allMatch(c -> (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'))) {
            throw new IllegalArgumentException("a key id is 16 lower-case hexadecimal digits");
        }
        return new KeyId(HexFormat.fromHexDigitsToLong(text));
    }

    /** Order of the encoded bytes, unsigned. */
    @Override
    public int compareTo(KeyId other) {
        return Long.compareUnsigned(bits, other.bits);
    }

    /** 16 lower-case hexadecimal digits. */
    @Override
    public String toString() {
        return HexFormat.of().toHexDigits(bits);
    }
}
