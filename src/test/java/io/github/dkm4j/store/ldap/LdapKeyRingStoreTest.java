package io.github.dkm4j.store.ldap;

import io.github.dkm4j.store.KeyRingStore;
import io.github.dkm4j.store.KeyRingStoreContract;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

class LdapKeyRingStoreTest extends KeyRingStoreContract {
    private String holder = "";

    @BeforeEach
    void provision() {
        holder = TestDirectory.provisioned();
    }

    @AfterEach
    void delete() throws Exception {
        TestDirectory.delete(holder);
    }

    @Override
    protected KeyRingStore store() {
        return TestDirectory.store(TestDirectory.ADMIN, holder);
    }
}
