package io.github.dkm4j.ring;

import io.github.dkm4j.crypto.Kdf;
import io.github.dkm4j.key.RecordNotAuthentic;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.Locale;

/** SHA-256 of a record's bytes, in the form that takes the least memory. Public knowledge, compared in any way. */
record Hash(long a, long b, long c, long d) implements Comparable<Hash> {
    private static final HexFormat HEX = HexFormat.of();

    static Hash of(byte[] content) {
        return read(ByteBuffer.wrap(Kdf.sha256(content)));
    }

    /** Reads 64 lower-case hexadecimal digits. */
    static Hash parse(String text) {
        if (text.length() != 64 || !text.equals(text.toLowerCase(Locale.ROOT))) {
            throw new RecordNotAuthentic("it has a hash that is not 64 lower-case hexadecimal digits");
        }
        try {
            return read(ByteBuffer.wrap(HEX.parseHex(text)));
        } catch (IllegalArgumentException e) {
            throw new RecordNotAuthentic("it has a hash that is not 64 lower-case hexadecimal digits", e);
        }
    }

    private static Hash read(ByteBuffer bytes) {
        return new Hash(bytes.getLong(), bytes.getLong(), bytes.getLong(), bytes.getLong());
    }

    /** In the order of the hexadecimal digits. */
    @Override
    public int compareTo(Hash other) {
        int byA = Long.compareUnsigned(a, other.a);
        int byB = byA != 0 ? byA : Long.compareUnsigned(b, other.b);
        int byC = byB != 0 ? byB : Long.compareUnsigned(c, other.c);
        return byC != 0 ? byC : Long.compareUnsigned(d, other.d);
    }

    /** 64 lower-case hexadecimal digits. */
    @Override
    public String toString() {
        return HEX.toHexDigits(a) + HEX.toHexDigits(b) + HEX.toHexDigits(c) + HEX.toHexDigits(d);
    }
}
