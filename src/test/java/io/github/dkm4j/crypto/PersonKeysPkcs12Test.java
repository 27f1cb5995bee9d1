package io.github.dkm4j.crypto;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PersonKeysPkcs12Test {
    private static final char[] PASSWORD = "correct horse".toCharArray();

    @TempDir
    @SuppressWarnings("NullAway.Init")
    static Path made;

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    @BeforeAll
    static void makeKeys() throws IOException, InterruptedException {
        keytool("signing", "Ed25519");
        keytool("sealing", "X25519", "-signer", "signing");
        keytool("rsa", "RSA");
        keytool("p256", "EC");
    }

    private static void keytool(String alias, String algorithm, String... more)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                alias,
                "-keyalg",
                algorithm,
                "-dname",
                "CN=a person of a test",
                "-storetype",
                "PKCS12",
                "-storepass",
                new String(PASSWORD),
                "-keystore",
                made.resolve("all.p12").toString()));
        command.addAll(List.of(more));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), ISO_8859_1);
        if (process.waitFor() != 0) {
            throw new IOException(said);
        }
    }

    @Test
    void bothKeysOfKeytoolAreRead() throws IOException, GeneralSecurityException {
        KeyStore all = all();
        try (PersonKeys read = PersonKeys.ofPkcs12(made.resolve("all.p12"), PASSWORD)) {
            assertThat(read.signing().publicKey()).isEqualTo(publicKey(all, "signing"));
            assertThat(read.sealing().orElseThrow().publicKey()).isEqualTo(publicKey(all, "sealing"));
        }
        assertThat(PASSWORD).as("stays the caller's").isEqualTo("correct horse".toCharArray());
    }

    @Test
    void aSigningKeyAloneIsEnough() throws IOException, GeneralSecurityException {
        try (PersonKeys read = PersonKeys.ofPkcs12(store("signing", "signing"), PASSWORD)) {
            assertThat(read.sealing()).isEmpty();
            assertThat(read.signing().publicKey()).isEqualTo(publicKey(all(), "signing"));
            assertThatIllegalStateException().isThrownBy(read::toPem);
        }
    }

    @Test
    void aSigningKeyIsNeeded() throws IOException, GeneralSecurityException {
        assertRefused(store("sealing", "sealing"), "has no key of alias signing");
    }

    @ParameterizedTest
    @ValueSource(strings = {"rsa", "p256", "sealing"})
    void aSigningKeyOfAnotherKindIsRefused(String kind) throws IOException, GeneralSecurityException {
        assertRefused(store(kind, "signing"), "it is no Ed25519 key");
    }

    @ParameterizedTest
    @ValueSource(strings = {"rsa", "p256", "signing"})
    void aSealingKeyOfAnotherKindIsRefused(String kind) throws IOException, GeneralSecurityException {
        assertRefused(store("signing", "signing", kind, "sealing"), "it is no X25519 key");
    }

    @Test
    void aCertificateOrASecretKeyIsNoSigningKey() throws IOException, GeneralSecurityException {
        KeyStore certificate = empty();
        certificate.setCertificateEntry("signing", all().getCertificate("signing"));
        KeyStore secret = empty();
        secret.setEntry(
                "signing",
                new KeyStore.SecretKeyEntry(new SecretKeySpec(new byte[32], "AES")),
                new KeyStore.PasswordProtection(PASSWORD));

        assertRefused(saved(certificate), "it is no Ed25519 key");
        assertRefused(saved(secret), "it is no Ed25519 key");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "correct hors", "Correct horse", "correct horse "})
    void theWrongPasswordIsSaidToBeWrong(String wrong) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> PersonKeys.ofPkcs12(made.resolve("all.p12"), wrong.toCharArray()))
                .withMessageContaining("wrong password");
    }

    @Test
    void aKeyWithAPasswordOfItsOwnIsRefused() throws IOException, GeneralSecurityException {
        KeyStore store = empty();
        KeyStore all = all();
        store.setKeyEntry(
                "signing",
                all.getKey("signing", PASSWORD),
                "another".toCharArray(),
                all.getCertificateChain("signing"));

        assertRefused(saved(store), "wrong password for a key in");
    }

    @Test
    void cutAndAlteredFilesAreRefused() throws IOException {
        byte[] whole = Files.readAllBytes(made.resolve("all.p12"));
        Random random = new Random(1);
        Path file = folder.resolve("altered.p12");
        for (int i = 0; i < 300; i++) {
            byte[] altered = i % 2 == 0 ? Arrays.copyOf(whole, random.nextInt(whole.length)) : whole.clone();
            if (i % 2 == 1) {
                altered[random.nextInt(i % 4 == 1 ? 150 : whole.length)] ^= (byte) (1 << random.nextInt(8));
            }
            Files.write(file, altered);
            try {
                PersonKeys.ofPkcs12(file, PASSWORD).close();
                assertThat(i % 2).as("no cut file is read").isEqualTo(1);
            } catch (IllegalArgumentException e) {
                assertThat(e.getMessage()).contains(file.toString());
            }
        }
    }

    @Test
    void aPemFileAndNoFileAreRefused() throws IOException {
        Path file = folder.resolve("me.pem");
        try (PersonKeys keys = PersonKeys.generate(new SecureRandom())) {
            PersonKeyFile.write(file, keys);
        }

        assertRefused(file, "is no PKCS#12 file");
        assertRefused(folder.resolve("none"), "cannot read");
    }

    private static void assertRefused(Path file, String why) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> PersonKeys.ofPkcs12(file, PASSWORD))
                .withMessageContaining(file.toString())
                .withMessageContaining(why);
    }

    /** A file with keys of keytool's under other names: what it is there, what it is to be here, and so on. */
    private Path store(String... fromAndTo) throws IOException, GeneralSecurityException {
        KeyStore all = all();
        KeyStore store = empty();
        for (int i = 0; i < fromAndTo.length; i += 2) {
            PrivateKey key = (PrivateKey) all.getKey(fromAndTo[i], PASSWORD);
            store.setKeyEntry(fromAndTo[i + 1], key, PASSWORD, all.getCertificateChain(fromAndTo[i]));
        }
        return saved(store);
    }

    private static KeyStore empty() throws IOException, GeneralSecurityException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        return store;
    }

    private static KeyStore all() throws IOException, GeneralSecurityException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(made.resolve("all.p12"))) {
            store.load(in, PASSWORD);
        }
        return store;
    }

    private Path saved(KeyStore store) throws IOException, GeneralSecurityException {
        Path file = Files.createTempFile(folder, "person", ".p12");
        try (OutputStream out = Files.newOutputStream(file)) {
            store.store(out, PASSWORD);
        }
        return file;
    }

    /** The last 32 bytes of either kind's public key, in the form of certificates. */
    private static byte[] publicKey(KeyStore store, String alias) throws GeneralSecurityException {
        byte[] encoded = store.getCertificate(alias).getPublicKey().getEncoded();
        return Arrays.copyOfRange(encoded, encoded.length - 32, encoded.length);
    }
}
