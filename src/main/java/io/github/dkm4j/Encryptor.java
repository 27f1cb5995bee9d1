package io.github.dkm4j;

import io.github.dkm4j.key.AccessDenied;
import io.github.dkm4j.key.EncryptionContext;
import io.github.dkm4j.key.NoActiveKey;
import java.nio.ByteBuffer;

/**
 * Makes messages with the ring's active key. A message is 86 bytes longer than its plaintext. Safe for use by many
 * threads; blocks nobody but the one caller whose turn it is to read the store again.
 *
 * <p>Every method throws {@link AccessDenied} if the policy does not let the caller encrypt, {@link NoActiveKey} if
 * there is no key that may be used now, and {@link IllegalStateException} if the ring is closed.
 */
public interface Encryptor {
    /**
     * Encrypts bytes.
     *
     * @param plaintext 0 to 2<sup>31</sup> − 87 bytes; neither kept nor changed
     * @param context needed to decrypt
     * @return the message, the caller's
     */
    byte[] encrypt(byte[] plaintext, EncryptionContext context);

    /**
     * Encrypts a buffer's remaining bytes and moves its position to its limit.
     *
     * @return the message, the caller's, from position 0 to its limit
     */
    ByteBuffer encrypt(ByteBuffer plaintext, EncryptionContext context);

    /** Encrypts a text's UTF-8 bytes; the message is unpadded base64url. */
    String encryptToText(String plaintext, EncryptionContext context);

    /**
     * As {@link #encryptToText(String, EncryptionContext)}, for text that is to be zeroised.
     *
     * @param plaintext neither kept nor changed; the caller zeroises it
     * @throws IllegalArgumentException if it has an unpaired surrogate
     */
    String encryptToText(char[] plaintext, EncryptionContext context);
}
