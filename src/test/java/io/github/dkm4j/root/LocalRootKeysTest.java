package io.github.dkm4j.root;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.dkm4j.key.RootKeyDenied;
import io.github.dkm4j.key.RootKeyUnavailable;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.Arrays;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LocalRootKeysTest {
    private static final byte[] SECRET = "0123456789abcdef0123456789abcdef".getBytes(UTF_8);
    private static final byte[] BINDING = "ring 1".getBytes(UTF_8);
    private static final char[] PASSWORD = "correct horse".toCharArray();

    @TempDir
    Path folder;

    @Test
    void passphraseUnwrapsWhatItWrappedAndNothingElseDoes() {
        PassphraseRootKey root = PassphraseRootKey.of(PASSWORD);
        RootWrap wrap = root.wrap(SECRET, BINDING);

        assertThat(root.unwrap(wrap, BINDING)).isEqualTo(SECRET);
        assertThat(wrap.parameters()).startsWith("argon2id v=19 m=65536 t=3 p=4 salt=");
        assertThatThrownBy(() -> PassphraseRootKey.of("wrong".toCharArray()).unwrap(wrap, BINDING))
                .isInstanceOf(RootKeyDenied.class);
        assertThatThrownBy(() -> root.unwrap(wrap, "ring 2".getBytes(UTF_8))).isInstanceOf(RootKeyDenied.class);
        byte[] altered = wrap.wrapped().clone();
        altered[30] ^= 1;
        assertThatThrownBy(() -> root.unwrap(new RootWrap(wrap.parameters(), altered), BINDING))
                .isInstanceOf(RootKeyDenied.class);
    }

    @Test
    void twoWrapsOfOneSecretDiffer() {
        PassphraseRootKey root = PassphraseRootKey.of(PASSWORD);

        assertThat(root.wrap(SECRET, BINDING).wrapped())
                .isNotEqualTo(root.wrap(SECRET, BINDING).wrapped());
    }

    @Test
    void aPassphraseOfAnyLettersWorksAndTheCallersArrayIsCopied() {
        char[] passphrase = "Grüße 𝄞".toCharArray();
        PassphraseRootKey root = PassphraseRootKey.of(passphrase);
        RootWrap wrap = root.wrap(SECRET, BINDING);
        Arrays.fill(passphrase, ' ');

        assertThat(root.unwrap(wrap, BINDING)).isEqualTo(SECRET);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "argon2id v=19 m=99999999 t=3 p=4 salt=AAAAAAAAAAAAAAAAAAAAAA",
                "argon2id v=19 m=65535 t=3 p=4 salt=AAAAAAAAAAAAAAAAAAAAAA",
                "argon2id v=19 m=262145 t=3 p=4 salt=AAAAAAAAAAAAAAAAAAAAAA",
                "argon2id v=19 m=65536 t=2 p=4 salt=AAAAAAAAAAAAAAAAAAAAAA",
                "argon2id v=19 m=65536 t=17 p=4 salt=AAAAAAAAAAAAAAAAAAAAAA",
                "argon2id v=19 m=65536 t=3 p=17 salt=AAAAAAAAAAAAAAAAAAAAAA",
                "argon2id v=19 m=65536 t=3 p=0 salt=AAAAAAAAAAAAAAAAAAAAAA",
                "argon2i v=19 m=65536 t=3 p=4 salt=AAAAAAAAAAAAAAAAAAAAAA",
                "argon2id v=19 m=65536 t=3 p=4 salt=AAAA",
                ""
            })
    void storedParametersOutsideTheBoundsAreRefusedBeforeAnyWork(String parameters) {
        assertThatThrownBy(
                        () -> PassphraseRootKey.of(PASSWORD).unwrap(new RootWrap(parameters, new byte[104]), BINDING))
                .isInstanceOf(RootKeyDenied.class);
    }

    @Test
    void aClosedOrEmptyPassphraseIsAnError() {
        PassphraseRootKey root = PassphraseRootKey.of(PASSWORD);
        root.close();

        assertThatThrownBy(() -> root.wrap(SECRET, BINDING)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> PassphraseRootKey.of(new char[0])).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void keyStoreUnwrapsWhatItWrapped() throws Exception {
        Path file = keyStore(32, "root");
        Pkcs12RootKey root = Pkcs12RootKey.load(file, PASSWORD);
        RootWrap wrap = root.wrap(SECRET, BINDING);

        assertThat(Pkcs12RootKey.load(file, PASSWORD, "root").unwrap(wrap, BINDING))
                .isEqualTo(SECRET);
        assertThatThrownBy(() -> root.unwrap(wrap, "ring 2".getBytes(UTF_8))).isInstanceOf(RootKeyDenied.class);
        Pkcs12RootKey other = Pkcs12RootKey.load(keyStore(32, "other"), PASSWORD);
        assertThatThrownBy(() -> other.unwrap(wrap, BINDING)).isInstanceOf(RootKeyDenied.class);
    }

    @Test
    void aWrongPasswordIsADenialAndAMissingOrUnfitStoreIsNot() throws Exception {
        Path file = keyStore(32, "root");

        assertThatThrownBy(() -> Pkcs12RootKey.load(file, "wrong".toCharArray()))
                .isInstanceOf(RootKeyDenied.class);
        assertThatThrownBy(() -> Pkcs12RootKey.load(file, PASSWORD, "absent")).isInstanceOf(RootKeyUnavailable.class);
        assertThatThrownBy(() -> Pkcs12RootKey.load(folder.resolve("absent"), PASSWORD))
                .isInstanceOf(RootKeyUnavailable.class);
        Path small = keyStore(16, "small");
        assertThatThrownBy(() -> Pkcs12RootKey.load(small, PASSWORD)).isInstanceOf(RootKeyUnavailable.class);
        Path garbage = Files.writeString(folder.resolve("garbage"), "no key store");
        assertThatThrownBy(() -> Pkcs12RootKey.load(garbage, PASSWORD)).isInstanceOf(RootKeyUnavailable.class);
    }

    private Path keyStore(int keyLength, String alias) throws Exception {
        byte[] key = new byte[keyLength];
        Arrays.fill(key, (byte) alias.charAt(0));
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        store.setEntry(
                alias,
                new KeyStore.SecretKeyEntry(new SecretKeySpec(key, "AES")),
                new KeyStore.PasswordProtection(PASSWORD));
        Path file = folder.resolve(alias + ".p12");
        try (OutputStream out = Files.newOutputStream(file)) {
            store.store(out, PASSWORD);
        }
        return file;
    }
}
