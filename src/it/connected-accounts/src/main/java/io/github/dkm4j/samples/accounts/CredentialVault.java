package io.github.dkm4j.samples.accounts;

import io.github.dkm4j.Decrypted;
import io.github.dkm4j.Decryptor;
import io.github.dkm4j.Encryptor;
import io.github.dkm4j.KeyRingView;
import io.github.dkm4j.key.EncryptionContext;
import io.github.dkm4j.key.Epoch;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Turns accounts into rows and back. A credential is bound to its account: in another row it is refused. */
public final class CredentialVault {
    private final Encryptor encryptor;
    private final Decryptor decryptor;

    public CredentialVault(KeyRingView ring) {
        this.encryptor = ring.encryptor();
        this.decryptor = ring.decryptor();
    }

    /** An account as read back, and the epoch of the key that its secret was encrypted with. */
    public record Opened(Account account, Epoch epoch) {}

    public StoredAccount seal(Account account) {
        char[] secret = account.secret();
        byte[] plaintext = new byte[0];
        try {
            plaintext = utf8(secret);
            byte[] credential = encryptor.encrypt(plaintext, context(account.id()));
            return new StoredAccount(account.id(), account.provider(), account.user(), account.kind(), credential);
        } finally {
            Arrays.fill(secret, '\0');
            Arrays.fill(plaintext, (byte) 0);
        }
    }

    public Opened open(StoredAccount row) {
        Decrypted decrypted = decryptor.open(row.credential(), context(row.id()));
        char[] secret = decrypted.chars();
        try {
            Account account = new Account(row.id(), row.provider(), row.user(), row.kind(), secret);
            return new Opened(account, decrypted.key().epoch());
        } finally {
            Arrays.fill(secret, '\0');
            Arrays.fill(decrypted.plaintext(), (byte) 0);
        }
    }

    private static EncryptionContext context(String account) {
        return EncryptionContext.of("account", account, "field", "credential");
    }

    private static byte[] utf8(char[] text) {
        try {
            ByteBuffer encoded = StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(text));
            byte[] exact = new byte[encoded.remaining()];
            encoded.get(exact);
            Arrays.fill(encoded.array(), (byte) 0);
            return exact;
        } catch (CharacterCodingException e) {
            throw new IllegalArgumentException("the secret has an unpaired surrogate", e);
        }
    }
}
