package io.github.dkm4j.store.ldap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.unboundid.ldap.sdk.LDAPException;
import com.unboundid.ldap.sdk.ResultCode;
import io.github.dkm4j.key.StoreUnavailable;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** When access control lists are looked at, and what counts in between. */
class AclWatchTest {
    private static final Duration EVERY = Duration.ofHours(24);

    private Instant now = Instant.parse("2026-03-01T10:00:00Z");
    private final AtomicInteger checks = new AtomicInteger();
    private AclWatch.Check check = () -> found("nothing good");
    private final AclWatch watch = new AclWatch(() -> now, EVERY, () -> {
        checks.incrementAndGet();
        return check.run();
    });

    @Test
    void failingCheckIsAFindingBesideTheLastOnesUntilOneSucceeds() {
        assertThat(watch.doubts()).containsExactly("nothing good");
        check = AclWatchTest::fail;
        now = now.plus(EVERY);

        assertThat(watch.doubts())
                .containsExactly(
                        "access control lists could not be looked at: cannot read the access control lists: the directory"
                                + " says: 51 (busy) not\\u0007now",
                        "nothing good");
        assertThat(watch.doubts()).hasSize(2);
        now = now.plusSeconds(60).minusNanos(1);
        assertThat(watch.doubts()).hasSize(2);
        assertThat(checks).hasValue(2);

        check = () -> found("better");
        now = now.plusNanos(1);
        assertThat(watch.doubts()).containsExactly("better");
        now = now.plus(EVERY).minusNanos(1);
        assertThat(watch.doubts()).containsExactly("better");
        assertThat(checks).hasValue(3);
    }

    @Test
    void failingCheckIsNotTriedAgainSoonerThanTheInterval() {
        Duration every = Duration.ofSeconds(5);
        AclWatch often = new AclWatch(() -> now, every, () -> {
            checks.incrementAndGet();
            throw new StoreUnavailable("gone");
        });

        assertThat(often.doubts()).hasSize(1);
        now = now.plus(every).minusNanos(1);
        assertThat(often.doubts()).hasSize(1);
        assertThat(checks).hasValue(1);
        now = now.plusNanos(1);
        assertThat(often.doubts()).containsExactly("access control lists could not be looked at: gone");
        assertThat(checks).hasValue(2);
    }

    @Test
    void differencesOfContainersRefuseAndThoseInRingsDoNot() {
        check = () -> new AclFindings(List.of(), List.of("junk"));
        assertThatCode(watch::requireNoDrift).doesNotThrowAnyException();

        check = () -> new AclFindings(List.of("open"), List.of());
        now = now.plus(EVERY);
        assertThatExceptionOfType(StoreUnavailable.class)
                .isThrownBy(watch::requireNoDrift)
                .withMessageContaining("open");
    }

    @Test
    void afterAFailingCheckTheLastGoodOneDecides() {
        check = AclWatchTest::fail;
        assertThatExceptionOfType(StoreUnavailable.class)
                .isThrownBy(watch::requireNoDrift)
                .withMessageContaining("could not be looked at");

        check = () -> new AclFindings(List.of(), List.of());
        now = now.plusSeconds(60);
        assertThatCode(watch::requireNoDrift).doesNotThrowAnyException();

        check = AclWatchTest::fail;
        now = now.plus(EVERY);
        assertThatCode(watch::requireNoDrift).doesNotThrowAnyException();
        assertThat(watch.doubts()).hasSize(1);
    }

    @Test
    void whileOneChecksOthersGoOnWithTheLastResult() throws Exception {
        assertThat(watch.doubts()).containsExactly("nothing good");
        now = now.plus(EVERY);
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch answered = new CountDownLatch(1);
        check = () -> {
            begun.countDown();
            await(answered);
            return found("better");
        };
        CompletableFuture<List<String>> slow = CompletableFuture.supplyAsync(watch::doubts);
        begun.await();

        assertThat(watch.doubts()).containsExactly("nothing good");

        answered.countDown();
        assertThat(slow.get()).containsExactly("better");
        assertThat(watch.doubts()).containsExactly("better");
        assertThat(checks).hasValue(2);
    }

    @Test
    void firstCheckIsWaitedForAndMadeOnce() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch answered = new CountDownLatch(1);
        check = () -> {
            begun.countDown();
            await(answered);
            return found("first");
        };
        CompletableFuture<List<String>> one = CompletableFuture.supplyAsync(watch::doubts);
        begun.await();
        CompletableFuture<List<String>> other = CompletableFuture.supplyAsync(watch::doubts);

        answered.countDown();

        assertThat(one.get()).containsExactly("first");
        assertThat(other.get()).containsExactly("first");
        assertThat(checks).hasValue(1);
    }

    @Test
    void checkThatBeganBeforeAnotherDoesNotReplaceItsResult() throws LDAPException {
        List<String> mended = new ArrayList<>();
        check = () -> {
            check = () -> found("mended");
            mended.addAll(watch.now().all());
            return found("stale");
        };

        assertThat(watch.now().all()).containsExactly("stale");

        assertThat(mended).containsExactly("mended");
        assertThat(watch.doubts()).containsExactly("mended");
    }

    @Test
    void checkThatFailsAfterALaterOneSucceededIsNotTold() {
        watch.doubts();
        now = now.plus(EVERY);
        check = () -> {
            check = () -> found("drift");
            watch.now();
            return fail();
        };

        assertThat(watch.doubts()).containsExactly("drift");
        assertThatExceptionOfType(StoreUnavailable.class)
                .isThrownBy(watch::requireNoDrift)
                .withMessageContaining("drift");
    }

    @Test
    void firstCheckThatFailsAfterALaterOneSucceededRefusesNothing() {
        check = () -> {
            check = () -> new AclFindings(List.of(), List.of());
            watch.now();
            return fail();
        };

        assertThatCode(watch::requireNoDrift).doesNotThrowAnyException();
        assertThat(watch.doubts()).isEmpty();
    }

    @Test
    void checkThatSucceedsAfterALaterOneFailedStillTellsWhatItFound() throws LDAPException {
        check = () -> {
            check = AclWatchTest::fail;
            assertThat(watch.doubts()).hasSize(1);
            return found("drift");
        };

        watch.now();

        assertThat(watch.doubts()).hasSize(2).endsWith("drift");
        assertThatExceptionOfType(StoreUnavailable.class)
                .isThrownBy(watch::requireNoDrift)
                .withMessageContaining("drift");
    }

    private static AclFindings fail() throws LDAPException {
        throw new LDAPException(ResultCode.BUSY, "not\u0007now");
    }

    private static AclFindings found(String what) {
        return new AclFindings(List.of(what), List.of());
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
