package io.github.dkm4j.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.github.dkm4j.key.AuthenticationFailed;
import io.github.dkm4j.key.EncryptionContext;
import io.github.dkm4j.key.Epoch;
import io.github.dkm4j.key.KeyId;
import io.github.dkm4j.key.KeyRef;
import io.github.dkm4j.key.MalformedMessage;
import io.github.dkm4j.key.TruncatedMessage;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MessagePropertiesTest {
    private static final long NOW = 1_700_000_000_000L;
    private static final MessageHeader HEADER =
            new MessageHeader(Suite.KC_XAES_256_GCM, new KeyRef(new Epoch(7), new KeyId(0x97f11ae651070506L)));
    private static final EncryptionContext CONTEXT = EncryptionContext.of("account", "42", "field", "token");

    private final MessageCipher cipher =
            new MessageCipher(Ciphers.platform(), new SecureRandom(), 64, System::nanoTime);

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void anyPlaintextAndContextComeBack(long seed) {
        Random random = new Random(seed);
        for (int i = 0; i < 300; i++) {
            KeyMaterial key = key(random);
            byte[] plaintext = bytes(random, random.nextInt(5_000));
            EncryptionContext context = context(random);
            byte[] message = seal(key, plaintext, context);

            assertThat(message).hasSize(plaintext.length + 86);
            assertThat(cipher.open(MessageHeader.parse(message), key, message, context))
                    .isEqualTo(plaintext);
        }
    }

    @Test
    void everyFlippedBitIsRefusedWithADocumentedError() {
        Random random = new Random(5);
        KeyMaterial key = key(random);
        byte[] message = seal(key, bytes(random, 64), CONTEXT);
        for (int bit = 0; bit < 8 * message.length; bit++) {
            byte[] flipped = message.clone();
            flipped[bit / 8] ^= (byte) (1 << (bit % 8));
            Throwable thrown = catchThrowable(() -> cipher.open(MessageHeader.parse(flipped), key, flipped, CONTEXT));
            assertThat(thrown)
                    .as("bit %d", bit)
                    .isInstanceOfAny(AuthenticationFailed.class, MalformedMessage.class, TruncatedMessage.class);
            if (bit >= 8 * 2) {
                assertThat(thrown).as("bit %d", bit).isInstanceOf(AuthenticationFailed.class);
            }
        }
    }

    @Test
    void everyOtherContextIsRefused() {
        Random random = new Random(6);
        KeyMaterial key = key(random);
        byte[] message = seal(key, bytes(random, 64), CONTEXT);
        for (int i = 0; i < 300; i++) {
            EncryptionContext other = context(random);
            assertThatThrownBy(() -> cipher.open(MessageHeader.parse(message), key, message, other))
                    .isInstanceOf(AuthenticationFailed.class);
        }
    }

    @Test
    void everyShorterOrLongerMessageIsRefused() {
        Random random = new Random(8);
        KeyMaterial key = key(random);
        byte[] message = seal(key, bytes(random, 20), CONTEXT);
        for (int length = 0; length < message.length + 20; length++) {
            byte[] cut = Arrays.copyOf(message, length);
            if (length != message.length) {
                assertThat(catchThrowable(() -> cipher.open(MessageHeader.parse(cut), key, cut, CONTEXT)))
                        .isInstanceOfAny(AuthenticationFailed.class, MalformedMessage.class);
            }
        }
    }

    @Test
    void theParserThrowsNothingElseOnAnyBytes() {
        Random random = new Random(9);
        KeyMaterial key = key(random);
        for (int i = 0; i < 200_000; i++) {
            byte[] noise = bytes(random, random.nextInt(150));
            if (noise.length > 1 && random.nextBoolean()) {
                noise[0] = MessageHeader.MARK;
                noise[1] = (byte) random.nextInt(4);
            }
            assertThat(catchThrowable(() -> cipher.open(MessageHeader.parse(noise), key, noise, CONTEXT)))
                    .isInstanceOfAny(AuthenticationFailed.class, MalformedMessage.class, TruncatedMessage.class);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 15, 16, 17, 16_383, 16_384, 16_385, 32_768, 50_000})
    void cobblestoneRoundTripsAndRefusesDamageAtEveryBoundary(int length) {
        Random random = new Random(length);
        KeyMaterial key = key(random);
        byte[] plaintext = bytes(random, length);
        byte[] associated = bytes(random, 16);
        int payload = (int) Cobblestone.payloadLength(length);
        byte[] out = Arrays.copyOf(bytes(random, Cobblestone.SALT), payload);
        Cobblestone suite = new Cobblestone(Ciphers.platform());
        suite.seal(key, associated, plaintext, 0, length, out, 0);

        assertThat(suite.open(key, associated, out, 0, payload)).isEqualTo(plaintext);
        assertThat(Suite.COBBLESTONE_256.plaintextLength(payload)).isEqualTo(length);
        for (int at : new int[] {0, 24, 55, 56, payload - 1}) {
            byte[] damaged = out.clone();
            damaged[at] ^= 1;
            assertThatThrownBy(() -> suite.open(key, associated, damaged, 0, payload))
                    .isInstanceOf(AuthenticationFailed.class);
        }
    }

    @Test
    void keyMaterialDoesNotPrintAndIsGoneWhenDestroyed() {
        KeyMaterial key = KeyMaterial.copyOf(
                "0123456789abcdef0123456789abcdef".getBytes(java.nio.charset.StandardCharsets.US_ASCII));

        assertThat(key).hasToString("KeyMaterial[redacted]");
        key.destroy();
        assertThat(key.isDestroyed()).isTrue();
        assertThatThrownBy(key::copy).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void aWrapOpensOnlyUnderItsKeyAndBinding() {
        Random random = new Random(10);
        KeyMaterial key = key(random);
        KeyMaterial secret = key(random);
        byte[] binding = bytes(random, 20);
        byte[] wrap = KeyWrap.wrap(Ciphers.platform(), new SecureRandom(), key, binding, secret);

        assertThat(KeyWrap.unwrap(Ciphers.platform(), key, binding, wrap).copy())
                .isEqualTo(secret.copy());
        KeyMaterial other = key(random);
        assertThatThrownBy(() -> KeyWrap.unwrap(Ciphers.platform(), other, binding, wrap))
                .isInstanceOf(AuthenticationFailed.class);
        assertThatThrownBy(() -> KeyWrap.unwrap(Ciphers.platform(), key, new byte[20], wrap))
                .isInstanceOf(AuthenticationFailed.class);
        for (int at = 0; at < wrap.length; at++) {
            byte[] altered = wrap.clone();
            altered[at] ^= 1;
            assertThatThrownBy(() -> KeyWrap.unwrap(Ciphers.platform(), key, binding, altered))
                    .isInstanceOf(AuthenticationFailed.class);
        }
        assertThatThrownBy(() -> KeyWrap.unwrap(Ciphers.platform(), key, binding, new byte[3]))
                .isInstanceOf(AuthenticationFailed.class);
    }

    private byte[] seal(KeyMaterial key, byte[] plaintext, EncryptionContext context) {
        return cipher.seal(HEADER, key, plaintext, 0, plaintext.length, context, NOW);
    }

    private static KeyMaterial key(Random random) {
        return KeyMaterial.copyOf(bytes(random, 32));
    }

    private static byte[] bytes(Random random, int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }

    private static EncryptionContext context(Random random) {
        Map<String, String> pairs = new HashMap<>();
        for (int i = random.nextInt(4); i > 0; i--) {
            pairs.put("näme" + random.nextInt(1_000_000), "välue" + random.nextInt());
        }
        return EncryptionContext.of(pairs);
    }
}
