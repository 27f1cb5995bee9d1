package io.github.dkm4j;

import io.github.dkm4j.crypto.MessageHeader;
import io.github.dkm4j.key.AccessDenied;
import io.github.dkm4j.key.AuthenticationFailed;
import io.github.dkm4j.key.EncryptionContext;
import io.github.dkm4j.key.KeyDestroyed;
import io.github.dkm4j.key.KeyRef;
import io.github.dkm4j.key.KeyRevoked;
import io.github.dkm4j.key.MalformedMessage;
import io.github.dkm4j.key.TruncatedMessage;
import io.github.dkm4j.key.UnknownKey;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;

/**
 * Opens messages with the key that they name, active or archived. Safe for use by many threads.
 *
 * <p>Every method throws {@link MalformedMessage} or {@link TruncatedMessage} if the bytes are no whole message, {@link
 * AccessDenied} if the policy does not let the caller decrypt, {@link UnknownKey}, {@link KeyRevoked} or {@link
 * KeyDestroyed} if the key is not to be had, {@link AuthenticationFailed} if the message was altered or its context is
 * another, and {@link IllegalStateException} if the ring is closed. No plaintext is released before it is
 * authenticated.
 */
public interface Decryptor {
    /**
     * Opens a message.
     *
     * @param message neither kept nor changed
     * @return the plaintext and what is known about it
     */
    Decrypted open(byte[] message, EncryptionContext context);

    /**
     * Opens a message of any length as a stream, holding one chunk of 16 KiB at a time; a message of suite 0x01, at most
     * 16 MiB, is opened whole. Commitment and header are checked now, each chunk before any of its bytes is handed out.
     * Only the end of the returned stream says that the plaintext is complete: reading throws {@link TruncatedMessage} or
     * {@link AuthenticationFailed} where the message was cut or altered, and goes on throwing it.
     *
     * @param message closed together with the returned stream; stays the caller's if this method throws. The message
     *     ends where it ends
     * @throws IOException if it fails
     */
    InputStream decryptFrom(InputStream message, EncryptionContext context) throws IOException;

    /** As {@link #decryptFrom(InputStream, EncryptionContext)}, from a channel in blocking mode. */
    ReadableByteChannel decryptFrom(ReadableByteChannel message, EncryptionContext context) throws IOException;

    /** Opens a message in its text form, unpadded base64url. */
    Decrypted openText(String message, EncryptionContext context);

    /** The plaintext alone, the caller's. */
    default byte[] decrypt(byte[] message, EncryptionContext context) {
        return open(message, context).plaintext();
    }

    /** Opens a buffer's remaining bytes and moves its position to its limit. */
    default ByteBuffer decrypt(ByteBuffer message, EncryptionContext context) {
        byte[] bytes = new byte[message.remaining()];
        message.get(bytes);
        return ByteBuffer.wrap(decrypt(bytes, context));
    }

    /** The plaintext of a message in text form, as text. */
    default String decryptFromText(String message, EncryptionContext context) {
        return openText(message, context).text();
    }

    /**
     * Whether bytes look like a message: no well-formed UTF-8 text begins like one. A hint for migrating tables, no
     * authentication.
     */
    static boolean isMessage(byte[] bytes) {
        return bytes.length > 0 && bytes[0] == (byte) 0xC1;
    }

    /**
     * The key that a message names, without opening it: no authentication.
     *
     * @param message the whole message, or at least its first 14 bytes
     * @throws MalformedMessage if it does not begin like a message
     */
    static KeyRef keyOf(byte[] message) {
        return MessageHeader.begin(message).key();
    }
}
