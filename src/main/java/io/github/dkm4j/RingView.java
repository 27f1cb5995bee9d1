package io.github.dkm4j;

import io.github.dkm4j.crypto.MessageCipher;
import io.github.dkm4j.crypto.MessageHeader;
import io.github.dkm4j.crypto.Suite;
import io.github.dkm4j.key.EncryptionContext;
import io.github.dkm4j.key.KeyDestroyed;
import io.github.dkm4j.key.KeyMetadata;
import io.github.dkm4j.key.KeyRef;
import io.github.dkm4j.key.KeyRevoked;
import io.github.dkm4j.key.MalformedMessage;
import io.github.dkm4j.key.UnknownKey;
import io.github.dkm4j.policy.AccessPolicy;
import io.github.dkm4j.policy.Caller;
import io.github.dkm4j.policy.CallerResolver;
import io.github.dkm4j.policy.Operation;
import io.github.dkm4j.ring.KeyUses;
import io.github.dkm4j.ring.KeyVersion;
import io.github.dkm4j.ring.Ring;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/** The ring as one caller uses it: check, look up, seal or open. */
final class RingView implements KeyRingView, Encryptor, Decryptor {
    private final Ring ring;
    private final MessageCipher cipher;
    private final InstantSource clock;
    private final CallerResolver callers;
    private final AdminView admin;

    // Mostly the same caller uses the same key again. Whatever another thread leaves here is checked.
    private KeyUses.@Nullable Count sealing;
    private KeyUses.@Nullable Count opening;

    RingView(Ring ring, MessageCipher cipher, InstantSource clock, CallerResolver callers) {
        this.ring = ring;
        this.cipher = cipher;
        this.clock = clock;
        this.callers = callers;
        this.admin = new AdminView(ring, this, clock, callers);
    }

    @Override
    public Encryptor encryptor() {
        return this;
    }

    @Override
    public Decryptor decryptor() {
        return this;
    }

    KeyRingHealth health() {
        return admin.health();
    }

    @Override
    public KeyRingAdmin admin() {
        return admin;
    }

    @Override
    public byte[] encrypt(byte[] plaintext, EncryptionContext context) {
        long now = clock.millis();
        KeyVersion key = activeKey(now, context);
        ring.sealed(key, plaintext.length);
        if (plaintext.length >= CHUNKED_FROM) {
            return cipher.sealLarge(
                    key.header(Suite.COBBLESTONE_256), key.material(), plaintext, 0, plaintext.length, context);
        }
        return cipher.seal(
                key.header(Suite.KC_XAES_256_GCM), key.material(), plaintext, 0, plaintext.length, context, now);
    }

    @Override
    public EncryptingStream encryptTo(OutputStream target, EncryptionContext context) throws IOException {
        KeyVersion key = activeKey(clock.millis(), context);
        ring.sealed(key, 0);
        return new EncryptingStream(
                cipher.sealing(key.header(Suite.COBBLESTONE_256), key.material(), context, target),
                bytes -> ring.sealedMore(key, bytes));
    }

    @Override
    public EncryptingStream encryptTo(WritableByteChannel target, EncryptionContext context) throws IOException {
        return encryptTo(Channels.newOutputStream(target), context);
    }

    @SuppressWarnings("ReferenceEquality")
    private KeyVersion activeKey(long now, EncryptionContext context) {
        long then = ring.maintain(now); // first, since it may bring another policy
        Caller caller = caller();
        AccessPolicy asked = ring.check(caller, Operation.ENCRYPT, then);
        KeyVersion key = ring.activeKey(then);
        ring.checkAgain(asked, caller, Operation.ENCRYPT, then); // the store may have been read for the key
        KeyUses.Count last = sealing;
        KeyUses.Count count = ring.uses().of(last, caller, key.metadata().ref(), Operation.ENCRYPT);
        if (count != last) {
            sealing = count; // written seldom, since all threads read it
        }
        ring.uses().used(count, context);
        return key;
    }

    @Override
    public ByteBuffer encrypt(ByteBuffer plaintext, EncryptionContext context) {
        byte[] bytes = new byte[plaintext.remaining()];
        plaintext.duplicate().get(bytes);
        try {
            ByteBuffer message = ByteBuffer.wrap(encrypt(bytes, context));
            plaintext.position(plaintext.limit());
            return message;
        } finally {
            Arrays.fill(bytes, (byte) 0);
        }
    }

    @Override
    public String encryptToText(String plaintext, EncryptionContext context) {
        return encryptToText(plaintext.toCharArray(), context);
    }

    @Override
    public String encryptToText(char[] plaintext, EncryptionContext context) {
        ByteBuffer encoded = ByteBuffer.allocate(Math.multiplyExact(3, plaintext.length));
        byte[] bytes = new byte[0];
        try {
            boolean malformed = StandardCharsets.UTF_8
                    .newEncoder()
                    .encode(CharBuffer.wrap(plaintext), encoded, true)
                    .isError();
            if (malformed) {
                throw new IllegalArgumentException("the text has an unpaired surrogate");
            }
            bytes = Arrays.copyOf(encoded.array(), encoded.position());
            return Base64.getUrlEncoder().withoutPadding().encodeToString(encrypt(bytes, context));
        } finally {
            Arrays.fill(encoded.array(), (byte) 0);
            Arrays.fill(bytes, (byte) 0);
        }
    }

    @Override
    public Decrypted open(byte[] message, EncryptionContext context) {
        long now = clock.millis();
        return open(message, context, Operation.DECRYPT, now);
    }

    Decrypted open(byte[] message, EncryptionContext context, Operation as, long now) {
        MessageHeader header = MessageHeader.parse(message);
        KeyVersion key = keyFor(header, context, as, now);
        byte[] plaintext = cipher.open(header, key.material(), message, context);
        return new Decrypted(plaintext, key.metadata().ref(), !ring.snapshot().isActive(key, now));
    }

    /** The key, whose use is on record before anything is opened with it. */
    @SuppressWarnings("ReferenceEquality")
    private KeyVersion keyFor(MessageHeader header, EncryptionContext context, Operation as, long then) {
        long now = ring.maintain(then);
        Caller caller = caller();
        AccessPolicy asked = ring.check(caller, as, now);
        KeyVersion key = ring.key(header.key(), now);
        ring.checkAgain(asked, caller, as, now);
        if (key == null) {
            throw new UnknownKey("the ring has no key " + header.key()
                    + " here: the message is another ring's, or the key has not reached this node yet");
        }
        checkUsable(key.metadata(), as, caller, now);
        KeyUses.Count last = opening;
        KeyUses.Count count = ring.uses().of(last, caller, key.metadata().ref(), as);
        if (count != last) {
            opening = count;
        }
        ring.uses().used(count, context);
        return key;
    }

    @Override
    public InputStream decryptFrom(InputStream message, EncryptionContext context) throws IOException {
        MessageHeader header = MessageHeader.read(message);
        if (header.suite() == Suite.KC_XAES_256_GCM) {
            byte[] plaintext = decrypt(RingStreams.whole(header, message), context);
            return RingStreams.over(plaintext, message);
        }
        KeyVersion key = keyFor(header, context, Operation.DECRYPT, clock.millis());
        return cipher.opening(header, key.material(), context, message);
    }

    @Override
    public ReadableByteChannel decryptFrom(ReadableByteChannel message, EncryptionContext context) throws IOException {
        return Channels.newChannel(decryptFrom(Channels.newInputStream(message), context));
    }

    @Override
    public Decrypted openText(String message, EncryptionContext context) {
        byte[] bytes;
        try {
            bytes = Base64.getUrlDecoder().decode(message);
        } catch (IllegalArgumentException e) {
            throw new MalformedMessage("not a dkm4j message: the text is not base64url", e);
        }
        return open(bytes, context);
    }

    private Caller caller() {
        return callers.resolve();
    }

    private void checkUsable(KeyMetadata key, Operation as, Caller caller, long now) {
        KeyRef ref = key.ref();
        if (key.destroyedAt().isPresent()) {
            throw new KeyDestroyed("key " + ref + " was destroyed: what it encrypted cannot be read any more");
        }
        if (as == Operation.ADMINISTER) {
            // Administering opens what is revoked, on record, and nothing else.
            boolean revoked = key.revokedAt().isPresent();
            if (!revoked || ring.snapshot().policy().isServicesOnly()) {
                ring.check(caller, Operation.DECRYPT, now);
            }
            if (revoked) {
                ring.openedDespiteRevocation(ref, caller);
            }
        } else if (key.revokedAt().isPresent()) {
            throw new KeyRevoked("key " + ref + " was revoked: what it encrypted is not read any more");
        }
    }
}
