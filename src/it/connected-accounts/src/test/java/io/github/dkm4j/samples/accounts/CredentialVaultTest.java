package io.github.dkm4j.samples.accounts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.dkm4j.KeyRing;
import io.github.dkm4j.key.AuthenticationFailed;
import io.github.dkm4j.key.Epoch;
import io.github.dkm4j.policy.AccessPolicy;
import io.github.dkm4j.policy.Caller;
import io.github.dkm4j.policy.InMemoryGroupDirectory;
import io.github.dkm4j.policy.Operation;
import io.github.dkm4j.root.PassphraseRootKey;
import io.github.dkm4j.store.InMemoryKeyRingStore;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class CredentialVaultTest {
    private static final Account ANNA =
            new Account("a1", "gmx", "anna@example.org", Account.Kind.PASSWORD, "Grüße aus 東京".toCharArray());

    private KeyRing ring;
    private CredentialVault vault;

    @BeforeEach
    void makeRing() {
        InMemoryGroupDirectory groups = new InMemoryGroupDirectory();
        groups.add("service", Caller.processAccount().name());
        AccessPolicy policy = AccessPolicy.builder()
                .allow(Operation.ENCRYPT, "service")
                .allow(Operation.DECRYPT, "service")
                .allow(Operation.ADMINISTER, "service")
                .build();
        ring = KeyRing.builder("test")
                .store(new InMemoryKeyRingStore())
                .rootKey(PassphraseRootKey.of("a passphrase for tests".toCharArray()))
                .groups(groups)
                .policy(policy)
                .create();
        vault = new CredentialVault(ring);
    }

    @AfterEach
    void closeRing() {
        ring.close();
    }

    @Test
    void anAccountIsReadBackAsItWas() {
        CredentialVault.Opened opened = vault.open(vault.seal(ANNA));

        assertThat(opened.account()).isEqualTo(ANNA);
        assertThat(opened.epoch()).isEqualTo(Epoch.FIRST);
    }

    @Test
    void theRowDoesNotHoldTheSecret() {
        byte[] credential = vault.seal(ANNA).credential();

        assertThat(new String(credential, StandardCharsets.UTF_8)).doesNotContain("Gr", "東京");
    }

    @Test
    void aCredentialInAnotherAccountsRowIsRefused() {
        StoredAccount row = vault.seal(ANNA);
        StoredAccount moved = new StoredAccount("a2", row.provider(), row.user(), row.kind(), row.credential());

        assertThatThrownBy(() -> vault.open(moved)).isInstanceOf(AuthenticationFailed.class);
    }

    @Test
    void anAccountsTextHasNoSecret() {
        assertThat(ANNA.toString()).doesNotContain("東京");
    }
}
