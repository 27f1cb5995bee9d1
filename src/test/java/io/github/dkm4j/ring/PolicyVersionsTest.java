package io.github.dkm4j.ring;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dkm4j.crypto.KeyMaterial;
import io.github.dkm4j.policy.AccessPolicy;
import io.github.dkm4j.policy.Operation;
import io.github.dkm4j.policy.PolicyVersion;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Which of a ring's policy records counts. */
class PolicyVersionsTest {
    private static final String RING_ID = "00".repeat(16);
    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
    private static final MasterSecret MASTER =
            new MasterSecret(KeyMaterial.copyOf(new byte[KeyMaterial.LENGTH]), new byte[16], 1);

    private final Map<Hash, SeenRecord> records = new HashMap<>();
    private int ids;

    PolicyVersionsTest() {
        add(RingRecords.genesis("mail", new byte[16], "0011223344556677", NOW, MASTER));
    }

    private SeenRecord add(RecordText text) {
        SeenRecord record = SeenRecord.of(text, Hash.of(text.bytes()), records);
        records.put(record.hash(), record);
        return record;
    }

    private SeenRecord policy(int version) {
        AccessPolicy policy =
                AccessPolicy.builder().allow(Operation.ADMINISTER, "Admins").build();
        return add(PolicyRecords.record(
                RING_ID,
                String.format("%016d", ++ids),
                new PolicyVersion(version, NOW, "operator", "test", policy),
                List.of(),
                MASTER));
    }

    private Ledger ledger() {
        return new Ledger(records, Set.of());
    }

    @Test
    void theHighestVersionCounts() {
        policy(1);
        policy(3);
        policy(2);

        assertThat(ledger().policyVersion().number()).isEqualTo(3);
        assertThat(ledger().overtakenPolicies()).isEmpty();
    }

    @Test
    void ofRivalsOfOneVersionTheOneOfTheHigherHashCountsAndTheOtherIsTold() {
        SeenRecord one = policy(2);
        SeenRecord other = policy(2);
        SeenRecord higher = one.hash().compareTo(other.hash()) > 0 ? one : other;

        assertThat(ledger().policyRecord()).isEqualTo(higher.hash());
        assertThat(ledger().overtakenPolicies())
                .singleElement()
                .asString()
                .contains((higher.equals(one) ? other : one).name().toString());
    }

    @Test
    void nobodyUsesTheNumbersUp() {
        policy(1);
        policy(65);
        policy(999_999_999);

        assertThat(ledger().policyVersion().number()).isEqualTo(65);
        assertThat(ledger().overtakenPolicies()).hasSize(1);
    }
}
