package io.github.dkm4j.store.ldap;

import static io.github.dkm4j.store.ldap.MemoryController.BASELINE;
import static io.github.dkm4j.store.ldap.MemoryController.HOLDER;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.unboundid.ldap.sdk.Attribute;
import com.unboundid.ldap.sdk.Entry;
import com.unboundid.ldap.sdk.LDAPConnectionPool;
import io.github.dkm4j.key.StoreUnavailable;
import io.github.dkm4j.store.KeyRingStore;
import io.github.dkm4j.store.RecordName;
import io.github.dkm4j.store.StoredRecord;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a second controller must show before a call returns. */
class ConfirmationTest {
    private final MemoryController one = new MemoryController();
    private final MemoryController two = new MemoryController();
    private final List<Duration> pauses = new ArrayList<>();
    private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 1_000);

    @BeforeEach
    void createRing() {
        one.store().create("mail", List.of(record("genesis", "a", "root")));
        one.replicateTo(two);
    }

    @AfterEach
    void close() {
        one.close();
        two.close();
    }

    @Test
    void whatTheOtherControllerShowsAfterAWhileIsTaken() {
        KeyRingStore confirmed = confirmedBy(two.pool(), time -> {
            if (pauses.size() % 3 == 0) {
                one.replicateTo(two);
            }
        });

        assertThat(confirmed.create("files", List.of(record("genesis", "a", "x"), record("policy", "a", "x"))))
                .isTrue();
        assertThat(pauses).hasSize(3);
        assertThat(confirmed.add("files", record("key-1", "a", "x"))).isTrue();
        assertThat(confirmed.restore("files", record("key-1", "b", "x"))).isTrue();
        assertThat(pauses).hasSize(9).containsOnly(Duration.ofMillis(250));
        assertThat(two.store().read("files")).hasSize(4);
    }

    @Test
    void whatTheOtherControllerDoesNotShowMayOrMayNotHaveBeenAdded() {
        KeyRingStore confirmed = confirmedBy(two.pool(), time -> {});

        isNotConfirmed(() -> confirmed.add("mail", record("key-1", "a", "x")));
        assertThat(pauses).hasSize(120);
        assertThat(one.store().read("mail")).hasSize(2);
    }

    @Test
    void whatIsFoundThereIsNotTakenForConfirmedEither() {
        KeyRingStore confirmed = confirmedBy(two.pool(), time -> {});
        isNotConfirmed(() -> confirmed.add("mail", record("key-1", "a", "x")));
        isNotConfirmed(() -> confirmed.create("files", List.of(record("genesis", "a", "x"))));

        isNotConfirmed(() -> confirmed.add("mail", record("key-1", "a", "x")));
        isNotConfirmed(() -> confirmed.add("mail", record("key-1", "b", "y")));
        isNotConfirmed(() -> confirmed.restore("mail", record("key-1", "a", "x")));
        isNotConfirmed(() -> confirmed.create("files", List.of(record("genesis", "b", "y"))));
        one.replicateTo(two);

        assertThat(confirmed.add("mail", record("key-1", "b", "y"))).isFalse();
        assertThat(confirmed.restore("mail", record("key-1", "a", "x"))).isFalse();
        assertThat(confirmed.create("files", List.of(record("genesis", "b", "y"))))
                .isFalse();
    }

    @Test
    void junkOfARecordsNameConfirmsNothing() {
        KeyRingStore confirmed = confirmedBy(two.pool(), time -> {});
        two.add(new Entry(
                "CN=other,CN=mail," + HOLDER,
                new Attribute("objectClass", "contact"),
                new Attribute("displayName", "key-1.a"),
                new Attribute("thumbnailPhoto", "\1junk".getBytes(UTF_8))));

        isNotConfirmed(() -> confirmed.add("mail", record("key-1", "a", "x")));
    }

    @Test
    void timeIsUpEvenWhenLooksTakeAllOfIt() {
        KeyRingStore confirmed = LdapKeyRingStore.over(one.pool(), HOLDER)
                .baseline(BASELINE)
                .confirmedBy(two.pool())
                .confirmedWithin(Duration.ofMillis(600))
                .build();
        two.delaySearches(Duration.ofSeconds(5));

        long begun = System.nanoTime();
        isNotConfirmed(() -> confirmed.add("mail", record("key-1", "a", "x")));

        assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(4));
    }

    @Test
    void lastPauseIsNoLongerThanTheTimeThatIsLeft() {
        KeyRingStore confirmed = LdapKeyRingStore.over(one.pool(), HOLDER)
                .baseline(BASELINE)
                .confirmedBy(two.pool())
                .confirmedWithin(Duration.ofMillis(300))
                .nanoTime(nanos::get)
                .pause(this::pass)
                .build();

        isNotConfirmed(() -> confirmed.add("mail", record("key-1", "a", "x")));
        assertThat(pauses).containsExactly(Duration.ofMillis(250), Duration.ofMillis(50));
    }

    @Test
    void controllerDoesNotConfirmWhatItHasTakenItself() {
        KeyRingStore confirmed = confirmedBy(one.pool(), time -> {});

        assertThatExceptionOfType(StoreUnavailable.class)
                .isThrownBy(() -> confirmed.add("mail", record("key-1", "a", "x")))
                .withMessageContaining("is the same domain controller");
        assertThatExceptionOfType(StoreUnavailable.class)
                .isThrownBy(() -> confirmed.create("files", List.of()))
                .withMessageContaining("is the same domain controller");
        assertThat(pauses).isEmpty();
    }

    @Test
    void readOnlyAndNamelessControllersConfirmNothing() {
        confirmsNothing(
                "read-only",
                new Attribute("dsServiceName", "CN=three"),
                new Attribute("supportedCapabilities", "1.2.840.113556.1.4.800", "1.2.840.113556.1.4.1920"));
        confirmsNothing("does not tell which one it is");
    }

    private void confirmsNothing(String why, Attribute... identity) {
        try (MemoryController three = new MemoryController(identity)) {
            one.replicateTo(three);
            KeyRingStore confirmed = confirmedBy(three.pool(), time -> one.replicateTo(three));
            assertThatExceptionOfType(StoreUnavailable.class)
                    .isThrownBy(() -> confirmed.add("mail", record("key-" + identity.length, "a", "x")))
                    .withMessageContaining(why);
        }
    }

    @Test
    void otherControllerThatIsDownConfirmsNothing() {
        KeyRingStore confirmed = confirmedBy(two.pool(), time -> {});
        two.close();

        isNotConfirmed(() -> confirmed.add("mail", record("key-1", "a", "x")));
    }

    @Test
    void interruptedWaitEndsAndStaysInterrupted() {
        KeyRingStore confirmed = confirmedBy(two.pool(), time -> {
            throw new InterruptedException();
        });

        assertThatExceptionOfType(StoreUnavailable.class)
                .isThrownBy(() -> confirmed.add("mail", record("key-1", "a", "x")))
                .withMessageContaining("interrupted");
        assertThat(Thread.interrupted()).isTrue();
    }

    private static void isNotConfirmed(Runnable change) {
        assertThatExceptionOfType(StoreUnavailable.class)
                .isThrownBy(change::run)
                .withMessageContaining("may or may not have been added");
    }

    private KeyRingStore confirmedBy(LDAPConnectionPool other, Confirmation.Pause during) {
        return LdapKeyRingStore.over(one.pool(), HOLDER)
                .baseline(BASELINE)
                .confirmedBy(other)
                .nanoTime(nanos::get)
                .pause(time -> {
                    pass(time);
                    during.of(time);
                })
                .build();
    }

    private void pass(Duration time) {
        pauses.add(time);
        nanos.addAndGet(time.toNanos());
    }

    private static StoredRecord record(String slot, String id, String content) {
        return StoredRecord.of(new RecordName(slot, id), content.getBytes(UTF_8));
    }
}
