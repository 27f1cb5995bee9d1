package io.github.dkm4j;

import io.github.dkm4j.key.AccessDenied;
import io.github.dkm4j.key.EncryptionContext;
import io.github.dkm4j.key.NoActiveKey;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;

/**
 * Makes messages with the ring's active key. Of a plaintext of less than 64 KiB the message is 86 bytes longer and of
 * suite 0x01; a longer one becomes a message of suite 0x02, 86 bytes and 16 for every whole 16 KiB longer. Safe for use by many
 * threads; blocks nobody but the one caller whose turn it is to read the store again.
 *
 * <p>Every method throws {@link AccessDenied} if the policy does not let the caller encrypt, {@link NoActiveKey} if
 * there is no key that may be used now, and {@link IllegalStateException} if the ring is closed.
 */
public interface Encryptor {
    /** Length in bytes from which on a plaintext becomes a message of suite 0x02. */
    int CHUNKED_FROM = 65_536;

    /**
     * Encrypts bytes.
     *
     * @param plaintext 0 bytes to a little less than 2<sup>31</sup>, so that the message fits into an array; neither kept nor changed
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

    /**
     * Begins a message of suite 0x02 by writing its head; what is written to the returned stream is its plaintext, of any
     * length. Memory use does not depend on that length.
     *
     * @param target closed together with the returned stream; stays the caller's if this method throws
     * @throws IOException if the target fails
     */
    EncryptingStream encryptTo(OutputStream target, EncryptionContext context) throws IOException;

    /** As {@link #encryptTo(OutputStream, EncryptionContext)}, to a channel in blocking mode. */
    EncryptingStream encryptTo(WritableByteChannel target, EncryptionContext context) throws IOException;

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
