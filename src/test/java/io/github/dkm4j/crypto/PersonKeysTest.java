package io.github.dkm4j.crypto;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.security.GeneralSecurityException;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class PersonKeysTest {
    /** The example of RFC 8410, section 10.3. */
    private static final String SIGNING_PEM =
            pem("PRIVATE", "MC4CAQAwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC");

    private static final String SIGNING_PUBLIC = "19bf44096984cdfe8541bac167dc3b96c85086aa30b6b6cb0c5c38ad703166e1";

    private final PersonKeys keys = PersonKeys.generate(new SecureRandom());

    @Test
    void bothKeysComeBackFromAPemFile() {
        try (PersonKeys read = PersonKeys.ofPem(keys.toPem())) {
            assertThat(read.signing().publicKey()).isEqualTo(keys.signing().publicKey());
            assertThat(read.sealing().orElseThrow().publicKey())
                    .isEqualTo(keys.sealing().orElseThrow().publicKey());
            assertThat(read.toPem()).isEqualTo(keys.toPem());
        }
    }

    @Test
    void keysThatOthersWroteAreRead() throws GeneralSecurityException {
        byte[] pem = (SIGNING_PEM + foreign("X25519", 255)).getBytes(US_ASCII);
        try (PersonKeys read = PersonKeys.ofPem(pem)) {
            SealingKey sealing = read.sealing().orElseThrow();
            byte[] sealed = Hpke.seal(sealing.publicKey(), new byte[0], new byte[0], new byte[] {1});

            assertThat(read.signing().publicKey()).asHexString().isEqualToIgnoringCase(SIGNING_PUBLIC);
            assertThat(Hpke.open(sealing, new byte[0], new byte[0], sealed)).containsExactly(1);
        }
    }

    @Test
    void everyPersonGetsKeysOfTheirOwn() {
        try (PersonKeys other = PersonKeys.generate(new SecureRandom())) {
            assertThat(other.signing().publicKey()).isNotEqualTo(keys.signing().publicKey());
            assertThat(other.sealing().orElseThrow().publicKey())
                    .isNotEqualTo(keys.sealing().orElseThrow().publicKey())
                    .isNotEqualTo(other.signing().publicKey());
        }
    }

    @Test
    void theTwoKeysAreNotTakenForEachOther() {
        byte[] pem = keys.toPem();
        byte[] swapped = Arrays.copyOfRange(pem, pem.length / 2, pem.length + pem.length / 2);
        System.arraycopy(pem, 0, swapped, pem.length / 2, pem.length / 2);
        byte[] twice = pem.clone();
        System.arraycopy(pem, 0, twice, pem.length / 2, pem.length / 2);

        assertRefused(swapped);
        assertRefused(twice);
    }

    @Test
    void everyCutIsRefused() {
        byte[] pem = keys.toPem();
        for (int length = 0; length < pem.length; length++) {
            assertRefused(Arrays.copyOf(pem, length));
            assertRefused(Arrays.copyOfRange(pem, pem.length - length, pem.length));
        }
        assertRefused(Arrays.copyOf(pem, pem.length + 1));
    }

    static Stream<String> otherKeys() throws GeneralSecurityException {
        return Stream.of(
                foreign("RSA", 2048),
                foreign("EC", 256),
                foreign("Ed448", 448),
                foreign("X448", 448),
                pem("PUBLIC", "MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE="));
    }

    @ParameterizedTest
    @MethodSource("otherKeys")
    void keysOfOtherKindsAreRefused(String other) {
        String own = new String(keys.toPem(), US_ASCII);
        String signing = own.substring(0, own.length() / 2);
        String sealing = own.substring(own.length() / 2);

        assertRefused(other.getBytes(US_ASCII));
        assertRefused((other + other).getBytes(US_ASCII));
        assertRefused((other + sealing).getBytes(US_ASCII));
        assertRefused((signing + other).getBytes(US_ASCII));
        assertRefused((own + other).getBytes(US_ASCII));
    }

    @ParameterizedTest
    @ValueSource(strings = {"\r\n", " \n", "\n\n", ""})
    void otherLineEndsAreRefused(String lineEnd) {
        assertRefused(new String(keys.toPem(), US_ASCII).replace("\n", lineEnd).getBytes(US_ASCII));
    }

    /** Whatever is read is what stands there: no two files hold the same keys. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void alteredFilesAreRefusedOrHoldOtherKeys(long seed) {
        Random random = new Random(seed);
        byte[] pem = keys.toPem();
        int read = 0;
        for (int i = 0; i < 5_000; i++) {
            byte[] altered = pem.clone();
            for (int n = random.nextInt(3); n >= 0; n--) {
                altered[random.nextInt(altered.length)] = (byte) random.nextInt(i % 2 == 0 ? 256 : 128);
            }
            try (PersonKeys other = PersonKeys.ofPem(altered)) {
                assertThat(other.toPem()).isEqualTo(altered);
                read++;
            } catch (IllegalArgumentException e) {
                assertSaysNothing(e);
            }
        }
        assertThat(read).as("some alterations are other keys").isBetween(10, 4_000);
    }

    @Test
    void anyBytesAreRefused() {
        Random random = new Random(5);
        for (int i = 0; i < 20_000; i++) {
            byte[] any = new byte[i % 2 == 0 ? 2 * PrivateKeyPem.LENGTH : random.nextInt(600)];
            random.nextBytes(any);
            assertRefused(any);
        }
    }

    @Test
    void readingLeavesTheFilesBytesToTheCaller() {
        byte[] pem = keys.toPem();
        PersonKeys.ofPem(pem).close();

        assertThat(pem).isEqualTo(keys.toPem());
    }

    @Test
    void nothingPrintsAPrivateKey() {
        String pem = new String(keys.toPem(), US_ASCII);
        String printed = keys + " " + keys.signing() + " " + keys.sealing();

        assertThat(printed)
                .isEqualTo("PersonKeys[redacted] SigningKey[redacted] Optional[SealingKey[redacted]]")
                .doesNotContain(pem.substring(60, 80));
    }

    @Test
    void closingWipesBothKeys() {
        keys.close();

        assertThatIllegalStateException().isThrownBy(() -> keys.signing().sign(new byte[1]));
        assertThatIllegalStateException().isThrownBy(() -> keys.signing().publicKey());
        assertThatIllegalStateException()
                .isThrownBy(() -> keys.sealing().orElseThrow().publicKey());
        assertThatIllegalStateException().isThrownBy(keys::toPem);
    }

    /** In PKCS#8, as OpenSSL would write it. */
    private static String foreign(String algorithm, int size) throws GeneralSecurityException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance(algorithm);
        generator.initialize(size);
        byte[] der = generator.generateKeyPair().getPrivate().getEncoded();
        return pem("PRIVATE", Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der));
    }

    private static String pem(String kind, String base64) {
        return "-----BEGIN " + kind + " KEY-----\n" + base64 + "\n-----END " + kind + " KEY-----\n";
    }

    private static void assertRefused(byte[] pem) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> PersonKeys.ofPem(pem))
                .satisfies(PersonKeysTest::assertSaysNothing);
    }

    private static void assertSaysNothing(IllegalArgumentException e) {
        assertThat(e).hasNoCause();
        assertThat(e.getMessage())
                .isIn(
                        "it is no PEM file with an Ed25519 and an X25519 key in PKCS#8",
                        "it is no PEM file with a private key in PKCS#8",
                        "it is no Ed25519 key",
                        "it is no X25519 key");
    }
}
