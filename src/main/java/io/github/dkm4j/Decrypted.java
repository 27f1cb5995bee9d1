package io.github.dkm4j;

import io.github.dkm4j.key.KeyRef;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** An opened message. */
public final class Decrypted {
    private final byte[] plaintext;
    private final KeyRef key;
    private final boolean needsRewrap;

    Decrypted(byte[] plaintext, KeyRef key, boolean needsRewrap) {
        this.plaintext = plaintext;
        this.key = key;
        this.needsRewrap = needsRewrap;
    }

    /** The plaintext, not copied: the caller's to use and to zeroise. */
    public byte[] plaintext() {
        return plaintext;
    }

    /** The plaintext as UTF-8 text. A {@code String} cannot be zeroised; see {@link #chars()}. */
    public String text() {
        return new String(plaintext, StandardCharsets.UTF_8);
    }

    /** The plaintext as UTF-8 text in an array of the caller's, who zeroises it. */
    public char[] chars() {
        CharBuffer decoded = CharBuffer.allocate(plaintext.length);
        StandardCharsets.UTF_8
                .newDecoder()
                .onMalformedInput(java.nio.charset.CodingErrorAction.REPLACE)
                .decode(ByteBuffer.wrap(plaintext), decoded, true);
        char[] exact = Arrays.copyOf(decoded.array(), decoded.position());
        Arrays.fill(decoded.array(), '\0');
        return exact;
    }

    /** The key version that the message was made with. */
    public KeyRef key() {
        return key;
    }

    /** Whether that key is not the active one any more, so that the value should be encrypted again. */
    public boolean needsRewrap() {
        return needsRewrap;
    }

    /** The key alone. */
    @Override
    public String toString() {
        return "Decrypted[key=" + key + ", " + plaintext.length + " bytes]";
    }
}
