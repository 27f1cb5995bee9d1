package io.github.dkm4j.crash;

import io.github.dkm4j.Decryptor;
import io.github.dkm4j.Encryptor;
import io.github.dkm4j.key.EncryptionContext;
import io.github.dkm4j.key.KeyRef;
import java.util.Base64;
import java.util.List;

/**
 * A message on record.
 *
 * @param process who sealed it
 * @param number which of that process's
 * @param text its text form
 */
record Message(String process, int number, String text) {
    static Message sealed(String process, int number, Encryptor encryptor) {
        return new Message(
                process, number, encryptor.encryptToText(plaintext(process, number), context(process, number)));
    }

    static Message parsed(String line) {
        List<String> parts = List.of(line.split(" ", -1));
        return new Message(parts.get(0), Integer.parseInt(parts.get(1)), parts.get(2));
    }

    /** Whether it says what it should; throws if it cannot be opened. */
    boolean isReadBy(Decryptor decryptor) {
        return decryptor.decryptFromText(text, context(process, number)).equals(plaintext(process, number));
    }

    /** The key that it names. */
    KeyRef key() {
        return Decryptor.keyOf(Base64.getUrlDecoder().decode(text));
    }

    private static String plaintext(String process, int number) {
        return "refresh token " + number + " of " + process;
    }

    private static EncryptionContext context(String process, int number) {
        return EncryptionContext.of("account", process + "-" + number);
    }

    /** As {@link #parsed} takes it. */
    @Override
    public String toString() {
        return process + " " + number + " " + text;
    }
}
