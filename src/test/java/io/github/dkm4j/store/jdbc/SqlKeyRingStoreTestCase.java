package io.github.dkm4j.store.jdbc;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.dkm4j.store.KeyRingStore;
import io.github.dkm4j.store.KeyRingStoreContract;
import io.github.dkm4j.store.RecordName;
import io.github.dkm4j.store.StoredRecord;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What the store does in every database, beside what every store does. */
abstract class SqlKeyRingStoreTestCase extends KeyRingStoreContract {
    @Test
    void whatTrailsPutThereIsNotReadWithTheRingButWhatIsNamedSimilarlyIs() {
        KeyRingStore store = store();
        store.create("mail", List.of(record("audit"), record("audit-"), record("auditor-1"), record("key-1")));
        store.add("mail", record("audit-1"));
        store.add("mail", record("audit-zz"));
        store.add("mail", record("audit0"));
        store.add("mail", record("audiz"));

        assertThat(slots(store.read("mail"))).containsExactly("audit", "audit0", "auditor-1", "audiz", "key-1");
        assertThat(slots(store.readTrails("mail", Instant.EPOCH))).containsExactly("audit-", "audit-1", "audit-zz");
    }

    @Test
    void trailsAreReadSinceATimeToTheNanosecondHoweverFarAway() {
        KeyRingStore store = store();
        store.create("mail", List.of());
        store.add("mail", record("audit-1"));
        Instant stored = store.readTrails("mail", Instant.MIN).get(0).storedAt().orElseThrow();

        assertThat(store.readTrails("mail", stored)).hasSize(1);
        assertThat(store.readTrails("mail", stored.minusNanos(1))).hasSize(1);
        assertThat(store.readTrails("mail", stored.plusNanos(1))).isEmpty();
        assertThat(store.readTrails("mail", Instant.EPOCH.minusNanos(1))).hasSize(1);
        assertThat(store.readTrails("mail", Instant.MAX)).isEmpty();
    }

    private static StoredRecord record(String slot) {
        return StoredRecord.of(new RecordName(slot, "a"), "text".getBytes(UTF_8));
    }

    private static List<String> slots(List<StoredRecord> records) {
        return records.stream().map(record -> record.name().slot()).toList();
    }
}
