package io.github.dkm4j.store.ldap;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dkm4j.store.KeyRingStore;
import io.github.dkm4j.store.KeyRingStoreContract;
import io.github.dkm4j.store.RecordName;
import io.github.dkm4j.store.StoredRecord;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

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

    /** Whoever may add could else keep a lost record lost. */
    @Override
    protected boolean tellsRecordsApartByContent() {
        return true;
    }

    @Test
    void readingWhileOthersAddShowsAllThatWasAddedBefore() throws Exception {
        KeyRingStore store = store();
        store.create("mail", List.of());
        Set<RecordName> added = ConcurrentHashMap.newKeySet();

        List<Boolean> complete = atOnce(thread -> {
            boolean seen = true;
            for (int i = 0; i < 10; i++) {
                RecordName name = new RecordName("key-" + thread + "-" + i, "a");
                assertThat(store.add("mail", StoredRecord.of(name, new byte[40])))
                        .isTrue();
                added.add(name);
                Set<RecordName> before = Set.copyOf(added);
                Set<RecordName> read =
                        store.read("mail").stream().map(StoredRecord::name).collect(Collectors.toSet());
                seen &= read.containsAll(before);
            }
            return seen;
        });

        assertThat(complete).containsOnly(true);
        assertThat(store.read("mail")).hasSize(160);
    }
}
