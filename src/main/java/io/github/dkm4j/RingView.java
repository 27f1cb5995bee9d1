package io.github.dkm4j;

import io.github.dkm4j.crypto.MessageCipher;
import io.github.dkm4j.crypto.MessageHeader;
import io.github.dkm4j.crypto.Suite;
import io.github.dkm4j.key.EncryptionContext;
import io.github.dkm4j.key.KeyDestroyed;
import io.github.dkm4j.key.KeyMetadata;
import io.github.dkm4j.key.KeyRef;
import io.github.dkm4j.key.KeyRevoked;
import io.github.dkm4j.key.KeyStatus;
import io.github.dkm4j.key.MalformedMessage;
import io.github.dkm4j.key.UnknownKey;
import io.github.dkm4j.policy.Caller;
import io.github.dkm4j.policy.Operation;
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
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** The ring as one caller uses it: check, look up, seal or open. */
final class RingView implements KeyRingView, Encryptor, Decryptor, KeyRingAdmin {
    private static final int MOST_REASON = 1_000;

    private final Ring ring;
    private final MessageCipher cipher;
    private final InstantSource clock;
    private final Caller caller;

    RingView(Ring ring, MessageCipher cipher, InstantSource clock, Caller caller) {
        this.ring = ring;
        this.cipher = cipher;
        this.clock = clock;
        this.caller = caller;
    }

    @Override
    public Encryptor encryptor() {
        return this;
    }

    @Override
    public Decryptor decryptor() {
        return this;
    }

    @Override
    public KeyRingAdmin admin() {
        return this;
    }

    @Override
    public byte[] encrypt(byte[] plaintext, EncryptionContext context) {
        long now = clock.millis();
        KeyVersion key = activeKey(now);
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
        KeyVersion key = activeKey(clock.millis());
        ring.sealed(key, 0);
        return new EncryptingStream(
                cipher.sealing(key.header(Suite.COBBLESTONE_256), key.material(), context, target),
                bytes -> ring.sealedMore(key, bytes));
    }

    @Override
    public EncryptingStream encryptTo(WritableByteChannel target, EncryptionContext context) throws IOException {
        return encryptTo(Channels.newOutputStream(target), context);
    }

    private KeyVersion activeKey(long now) {
        ring.check(caller, Operation.ENCRYPT, now);
        ring.maintain(now);
        return ring.activeKey(now);
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

    @Override
    public Decrypted decryptDespiteRevocation(byte[] message, EncryptionContext context) {
        return open(message, context, Operation.ADMINISTER, clock.millis());
    }

    private Decrypted open(byte[] message, EncryptionContext context, Operation as, long now) {
        MessageHeader header = MessageHeader.parse(message);
        KeyVersion key = keyFor(header, as, now);
        byte[] plaintext = cipher.open(header, key.material(), message, context);
        return new Decrypted(plaintext, key.metadata().ref(), !ring.snapshot().isActive(key, now));
    }

    private KeyVersion keyFor(MessageHeader header, Operation as, long now) {
        ring.check(caller, as, now);
        ring.maintain(now);
        KeyVersion key = ring.key(header.key(), now);
        if (key == null) {
            throw new UnknownKey("the ring has no key " + header.key()
                    + " here: the message is another ring's, or the key has not reached this node yet");
        }
        checkUsable(key.metadata(), as, now);
        return key;
    }

    @Override
    public InputStream decryptFrom(InputStream message, EncryptionContext context) throws IOException {
        MessageHeader header = MessageHeader.read(message);
        if (header.suite() == Suite.KC_XAES_256_GCM) {
            byte[] plaintext = decrypt(RingStreams.whole(header, message), context);
            return RingStreams.over(plaintext, message);
        }
        KeyVersion key = keyFor(header, Operation.DECRYPT, clock.millis());
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

    @Override
    public List<KeyDescription> keys() {
        long now = clock.millis();
        ring.checkAny(caller, "list keys", now);
        ring.maintain(now);
        return described(now);
    }

    @Override
    public KeyDescription rollOver() {
        ring.check(caller, Operation.ROLL_OVER, clock.millis());
        return described(ring.rollOver(caller));
    }

    @Override
    public KeyDescription revoke(KeyRef key, String reason) {
        ring.check(caller, Operation.ADMINISTER, clock.millis());
        return described(ring.revoke(key, checked(reason), caller));
    }

    @Override
    public KeyDescription destroy(KeyRef key, String reason) {
        ring.check(caller, Operation.DESTROY, clock.millis());
        return described(ring.destroy(key, checked(reason), false, caller));
    }

    @Override
    public KeyDescription destroyWithoutInventory(KeyRef key, String reason) {
        ring.check(caller, Operation.DESTROY, clock.millis());
        return described(ring.destroy(key, checked(reason), true, caller));
    }

    @Override
    public KeyDescription undoDestruction(KeyRef key, String reason) {
        ring.check(caller, Operation.DESTROY, clock.millis());
        return described(ring.undo(key, checked(reason), caller));
    }

    @Override
    public int acceptRestore(String reason) {
        ring.check(caller, Operation.ADMINISTER, clock.millis());
        return ring.acceptRestore(checked(reason), caller);
    }

    @Override
    public List<String> problems() {
        return ring.problems();
    }

    @Override
    public String identity() {
        return ring.identity();
    }

    KeyRingHealth health() {
        long now = clock.millis();
        ring.maintain(now);
        Map<KeyStatus, Integer> counts = new EnumMap<>(KeyStatus.class);
        described(now).forEach(key -> counts.merge(key.status(), 1, Integer::sum));
        return KeyRingHealth.of(
                ring.freshAt(),
                ring.isTooStale(now),
                ring.lastError(),
                counts,
                ring.problems(),
                ring.snapshot().isComplete());
    }

    private KeyDescription described(KeyMetadata changed) {
        return described(clock.millis()).stream()
                .filter(key -> key.metadata().ref().equals(changed.ref()))
                .findFirst()
                .orElseThrow(() -> new UnknownKey("the ring has no key " + changed.ref()));
    }

    private List<KeyDescription> described(long nowMillis) {
        return KeyDescription.all(ring.snapshot(), nowMillis);
    }

    private static String checked(String reason) {
        if (reason.isBlank() || reason.length() > MOST_REASON) {
            throw new IllegalArgumentException("a reason has 1 to " + MOST_REASON + " characters");
        }
        return reason;
    }

    private void checkUsable(KeyMetadata key, Operation as, long now) {
        KeyRef ref = key.ref();
        if (key.destroyedAt().isPresent()) {
            throw new KeyDestroyed("key " + ref + " was destroyed: what it encrypted cannot be read any more");
        }
        if (as == Operation.ADMINISTER) {
            // Administering opens what is revoked, on record, and nothing else.
            if (key.revokedAt().isPresent()) {
                ring.openedDespiteRevocation(ref, caller);
            } else {
                ring.check(caller, Operation.DECRYPT, now);
            }
        } else if (key.revokedAt().isPresent()) {
            throw new KeyRevoked("key " + ref + " was revoked: what it encrypted is not read any more");
        }
    }
}
