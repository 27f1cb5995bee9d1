package io.github.dkm4j.crypto;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.dkm4j.key.AuthenticationFailed;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import org.bouncycastle.crypto.AsymmetricCipherKeyPair;
import org.bouncycastle.crypto.params.X25519PrivateKeyParameters;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HpkeTest {
    private static final byte[] INFO = "statement".getBytes(US_ASCII);
    private static final byte[] DATA = "number 7".getBytes(US_ASCII);
    private static final byte[] TEXT = "a secret".getBytes(US_ASCII);

    private final SealingKey key = SealingKey.generate(new SecureRandom());

    /** The suite's first answer in base mode among the test vectors that were published with RFC 9180. */
    private static final class Published {
        static final byte[] INFO = hex("4f6465206f6e2061204772656369616e2055726e");
        static final byte[] EPHEMERAL = hex("179d4b53b6365c45b600c4163b61d95cbc2f4d9e36f1695558dce265ab8bab11");
        static final byte[] SECRET = hex("497b4502664cfea5d5af0b39934dac72242a74f8480451e1aee7d6a53320333d");
        static final byte[] PUBLIC = hex("430f4b9859665145a6b1ba274024487bd66f03a2dd577d7753c68d7d7d00c00c");
        static final byte[] DATA = hex("436f756e742d30");
        static final byte[] TEXT = hex("4265617574792069732074727574682c20747275746820626561757479");
        static final byte[] SEALED = hex("6c93e09869df3402d7bf231bf540fadd35cd56be14f97178f0954db94b7fc256"
                + "e5d84cd531cfb583096e7cfa9641bd3079cf3a91cda813c52deb5f512be9931980a41de125a925cdad859d5b7a");

        static SealingKey key() {
            return SealingKey.ofPem(PrivateKeyPem.X25519.encode(SECRET));
        }
    }

    @Test
    void thePublishedAnswerOpens() {
        try (SealingKey published = Published.key()) {
            assertThat(published.publicKey()).isEqualTo(Published.PUBLIC);
            assertThat(Hpke.open(published, Published.INFO, Published.DATA, Published.SEALED))
                    .isEqualTo(Published.TEXT);
        }
    }

    @Test
    void sealingWithThePublishedEphemeralKeyGivesThePublishedAnswer() {
        X25519PrivateKeyParameters secret = new X25519PrivateKeyParameters(Published.EPHEMERAL);
        AsymmetricCipherKeyPair ephemeral = new AsymmetricCipherKeyPair(secret.generatePublicKey(), secret);

        assertThat(Hpke.seal(ephemeral, Published.PUBLIC, Published.INFO, Published.DATA, Published.TEXT))
                .isEqualTo(Published.SEALED);
    }

    @Test
    void anyTextInfoAndDataComeBack() {
        Random random = new Random(1);
        for (int i = 0; i < 200; i++) {
            byte[] info = bytes(random, random.nextInt(100));
            byte[] data = bytes(random, random.nextInt(100));
            byte[] text = bytes(random, i == 0 ? 0 : random.nextInt(5_000));
            try (SealingKey other = SealingKey.generate(new SecureRandom())) {
                byte[] sealed = Hpke.seal(other.publicKey(), info, data, text);

                assertThat(sealed).hasSize(text.length + Hpke.OVERHEAD);
                assertThat(Hpke.open(other, info, data, sealed)).isEqualTo(text);
            }
        }
    }

    @Test
    void sealingTwiceSharesNothing() {
        byte[] first = seal();
        byte[] second = seal();

        assertThat(Arrays.copyOf(first, 32)).isNotEqualTo(Arrays.copyOf(second, 32));
        assertThat(Arrays.copyOfRange(first, 32, first.length))
                .isNotEqualTo(Arrays.copyOfRange(second, 32, second.length));
    }

    @Test
    void everyFlippedBitOfTheSealedTextIsRefused() {
        byte[] sealed = seal();
        for (int bit = 0; bit < 8 * sealed.length; bit++) {
            assertRefused(key, INFO, DATA, flipped(sealed, bit));
        }
    }

    @Test
    void everyFlippedBitOfTheInfoIsRefused() {
        byte[] sealed = seal();
        for (int bit = 0; bit < 8 * INFO.length; bit++) {
            assertRefused(key, flipped(INFO, bit), DATA, sealed);
        }
        assertRefused(key, new byte[0], DATA, sealed);
    }

    @Test
    void everyFlippedBitOfTheAssociatedDataIsRefused() {
        byte[] sealed = seal();
        for (int bit = 0; bit < 8 * DATA.length; bit++) {
            assertRefused(key, INFO, flipped(DATA, bit), sealed);
        }
        assertRefused(key, INFO, new byte[0], sealed);
    }

    @Test
    void infoAndAssociatedDataAreNotTakenForEachOther() {
        byte[] swapped = Hpke.seal(key.publicKey(), /* info= */ DATA, /* associatedData= */ INFO, TEXT);

        assertRefused(key, INFO, DATA, swapped);
    }

    @Test
    void everyOtherLengthIsRefused() {
        byte[] sealed = seal();
        for (int length = 0; length <= 2 * sealed.length; length++) {
            if (length != sealed.length) {
                assertRefused(key, INFO, DATA, Arrays.copyOf(sealed, length));
            }
        }
    }

    @Test
    void anotherKeyDoesNotOpen() {
        try (SealingKey other = SealingKey.generate(new SecureRandom())) {
            assertRefused(other, INFO, DATA, seal());
        }
    }

    /** The points with which the agreed secret is zero for every private key, in all their encodings. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "0000000000000000000000000000000000000000000000000000000000000000",
                "0100000000000000000000000000000000000000000000000000000000000000",
                "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
                "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
                "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
                "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
                "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"
            })
    void aPointOfLowOrderIsNoKey(String point) {
        byte[] low = hex(point);
        byte[] sealed = seal();
        for (int topBit = 0; topBit <= 1; topBit++) {
            low[31] ^= (byte) (topBit << 7);
            System.arraycopy(low, 0, sealed, 0, low.length);

            assertThatThrownBy(() -> Hpke.open(key, INFO, DATA, sealed))
                    .isInstanceOf(AuthenticationFailed.class)
                    .cause()
                    .as("refused before anything is decrypted")
                    .isInstanceOf(IllegalStateException.class);
            assertThatIllegalArgumentException().isThrownBy(() -> Hpke.seal(low, INFO, DATA, TEXT));
        }
    }

    /** X25519 would take them for a smaller number, but the holder of that key could not open the sealed text. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "0900000000000000000000000000000000000000000000000000000000000080",
                "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
                "efffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
                "f6ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
                "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"
            })
    void aPublicKeyThatNoKeyPairHasIsRefused(String point) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Hpke.seal(hex(point), INFO, DATA, TEXT))
                .withMessage("it is no X25519 public key");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ebffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
                "fffefffffffffffffffffffffffffffffffffffffffffffffffffffffffff07f",
                "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7e"
            })
    void aLargePublicKeyIsOneStill(String point) {
        assertThatCode(() -> Hpke.seal(hex(point), INFO, DATA, TEXT)).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 31, 33, 64})
    void aPublicKeyHas32Bytes(int length) {
        byte[] wrong = Arrays.copyOf(key.publicKey(), length);

        assertThatIllegalArgumentException().isThrownBy(() -> Hpke.seal(wrong, INFO, DATA, TEXT));
    }

    @Test
    void aClosedKeyNeitherOpensNorNamesAPublicKey() {
        byte[] sealed = seal();
        key.close();

        assertThatIllegalStateException().isThrownBy(() -> Hpke.open(key, INFO, DATA, sealed));
        assertThatIllegalStateException().isThrownBy(key::publicKey);
        assertThatIllegalStateException().isThrownBy(key::toPem);
    }

    @Test
    void theArgumentsStayAsTheyWere() {
        byte[] info = INFO.clone();
        byte[] data = DATA.clone();
        byte[] text = TEXT.clone();
        byte[] sealed = Hpke.seal(key.publicKey(), info, data, text);
        byte[] copy = sealed.clone();
        Hpke.open(key, info, data, sealed);

        assertThat(info).isEqualTo(INFO);
        assertThat(data).isEqualTo(DATA);
        assertThat(text).isEqualTo(TEXT);
        assertThat(sealed).isEqualTo(copy);
    }

    private byte[] seal() {
        return Hpke.seal(key.publicKey(), INFO, DATA, TEXT);
    }

    private static void assertRefused(SealingKey with, byte[] info, byte[] data, byte[] sealed) {
        assertThatThrownBy(() -> Hpke.open(with, info, data, sealed)).isInstanceOf(AuthenticationFailed.class);
    }

    private static byte[] flipped(byte[] bytes, int bit) {
        byte[] other = bytes.clone();
        other[bit / 8] ^= (byte) (1 << bit % 8);
        return other;
    }

    private static byte[] bytes(Random random, int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }

    private static byte[] hex(String text) {
        return HexFormat.of().parseHex(text);
    }
}
