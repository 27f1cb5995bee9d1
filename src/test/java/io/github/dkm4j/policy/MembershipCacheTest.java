package io.github.dkm4j.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.dkm4j.key.GroupDirectoryUnavailable;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class MembershipCacheTest {
    private static final long NOW = 1_000_000;
    private static final long TTL = 60_000;
    private static final long GRACE = 600_000;
    private static final long AHEAD = TTL - TTL / 4;
    private static final Caller ALICE = new Caller("alice", "alice");

    private final InMemoryGroupDirectory groups = new InMemoryGroupDirectory();
    private final AccessPolicy policy = policy();
    private final Deque<Runnable> work = new ArrayDeque<>();
    private final AtomicInteger asked = new AtomicInteger();
    private final AtomicLong clock = new AtomicLong(NOW);
    private long answersTake;
    private boolean down;
    private final MembershipCache cache = cache(Duration.ofMillis(TTL), Duration.ZERO);
    private final MembershipCache lenient = cache(Duration.ofMillis(TTL), Duration.ofMillis(GRACE));

    private static AccessPolicy policy() {
        return AccessPolicy.builder()
                .allow(Operation.ADMINISTER, "Admins")
                .allow(Operation.ENCRYPT, "Writers")
                .build();
    }

    private MembershipCache cache(Duration ttl, Duration grace) {
        return new MembershipCache(this::ask, ttl, grace, () -> Instant.ofEpochMilli(clock.get()), work::add);
    }

    private boolean ask(String caller, String group) {
        asked.incrementAndGet();
        clock.addAndGet(answersTake);
        if (down) {
            throw new GroupDirectoryUnavailable("down");
        }
        return groups.isMember(caller, group);
    }

    private boolean mayEncrypt(long now) {
        return mayEncrypt(cache, now);
    }

    private boolean mayEncrypt(MembershipCache members, long now) {
        return members.decide(policy, ALICE, Operation.ENCRYPT, now).allowed();
    }

    private void refused(MembershipCache members, long now) {
        assertThatExceptionOfType(GroupDirectoryUnavailable.class).isThrownBy(() -> mayEncrypt(members, now));
    }

    @Test
    void anAnswerHoldsUntilJustBeforeItsTimeIsUp() {
        groups.add("Writers", "alice");
        assertThat(mayEncrypt(NOW)).isTrue();
        groups.remove("Writers", "alice");

        assertThat(mayEncrypt(NOW + TTL - 1)).isTrue();
        assertThat(asked).hasValue(1);
        assertThat(mayEncrypt(NOW + TTL)).isFalse();
        assertThat(asked).hasValue(2);
    }

    @Test
    void aNoIsRememberedToo() {
        assertThat(mayEncrypt(NOW)).isFalse();
        groups.add("Writers", "alice");

        assertThat(mayEncrypt(NOW + TTL - 1)).isFalse();
        assertThat(mayEncrypt(NOW + TTL)).isTrue();
    }

    @Test
    void anAnswerFromTheFutureDoesNotCount() {
        assertThat(mayEncrypt(NOW)).isFalse();
        groups.add("Writers", "alice");

        assertThat(mayEncrypt(NOW - 1)).isTrue();
    }

    @Test
    void anAnswerCountsForItsOwnPolicyObjectOnly() {
        assertThat(mayEncrypt(NOW)).isFalse();
        groups.add("Writers", "alice");

        assertThat(cache.decide(policy(), ALICE, Operation.ENCRYPT, NOW).allowed())
                .isTrue();
    }

    @Test
    void operationsAndCallersAreKeptApart() {
        groups.add("Writers", "alice");

        assertThat(mayEncrypt(NOW)).isTrue();
        assertThat(cache.decide(policy, ALICE, Operation.ADMINISTER, NOW).allowed())
                .isFalse();
        assertThat(cache.decide(policy, new Caller("alice", "bob"), Operation.ENCRYPT, NOW)
                        .allowed())
                .isFalse();
        assertThat(cache.decide(policy, new Caller("bob", "alice"), Operation.ENCRYPT, NOW)
                        .allowed())
                .isFalse();
    }

    @Test
    void anOperationThatNobodyMayDoIsDeniedWithoutAskingTheDirectory() {
        down = true;

        assertThat(cache.decide(policy, ALICE, Operation.DESTROY, NOW).allowed())
                .isFalse();
        assertThat(asked).hasValue(0);
    }

    @Test
    void inTheLastQuarterOneCallerHasItAskedAgainAndNobodyWaits() {
        groups.add("Writers", "alice");
        mayEncrypt(NOW);
        mayEncrypt(NOW + AHEAD - 1);
        assertThat(work).isEmpty();

        for (int caller = 0; caller < 10; caller++) {
            assertThat(mayEncrypt(NOW + AHEAD)).isTrue();
        }
        assertThat(work).hasSize(1);
        groups.remove("Writers", "alice");
        work.remove().run();

        assertThat(asked).hasValue(2);
        assertThat(mayEncrypt(NOW + AHEAD)).isFalse();
        assertThat(mayEncrypt(NOW + TTL + 1)).isFalse(); // the new answer counts from when it was asked for
        assertThat(asked).hasValue(2);
    }

    @Test
    void anAnswerAskedForAheadOfTimeInVainIsAskedForAgainASecondLater() {
        groups.add("Writers", "alice");
        mayEncrypt(NOW);
        down = true;
        mayEncrypt(NOW + AHEAD);
        work.remove().run();

        assertThat(mayEncrypt(NOW + AHEAD + 999)).isTrue();
        assertThat(work).isEmpty();
        assertThat(mayEncrypt(NOW + AHEAD + 1_000)).isTrue();
        assertThat(work).hasSize(1);
        assertThat(cache.trouble())
                .hasValueSatisfying(trouble -> assertThat(trouble).contains("down"));
        down = false;
        work.remove().run();
        assertThat(cache.trouble()).isEmpty();
    }

    @Test
    void anExecutorThatRefusesDoesNoHarmUntilTheAnswerExpires() {
        groups.add("Writers", "alice");
        MembershipCache members = new MembershipCache(
                this::ask,
                Duration.ofMillis(TTL),
                Duration.ZERO,
                InstantSource.fixed(Instant.ofEpochMilli(NOW)),
                task -> {
                    throw new RejectedExecutionException("full");
                });

        assertThat(mayEncrypt(members, NOW)).isTrue();
        assertThat(mayEncrypt(members, NOW + AHEAD)).isTrue();
        assertThat(members.trouble())
                .hasValueSatisfying(trouble -> assertThat(trouble).contains("full"));
        assertThat(mayEncrypt(members, NOW + TTL)).isTrue();
    }

    @Test
    void thoseWhoAskTheSameAtOnceShareOneQuestion() throws Exception {
        CountDownLatch inside = new CountDownLatch(1);
        CountDownLatch answer = new CountDownLatch(1);
        MembershipCache members = new MembershipCache(
                (caller, group) -> {
                    asked.incrementAndGet();
                    inside.countDown();
                    await(answer);
                    return true;
                },
                Duration.ofMillis(TTL),
                Duration.ZERO,
                InstantSource.fixed(Instant.ofEpochMilli(NOW)),
                work::add);
        ExecutorService threads = Executors.newFixedThreadPool(8);
        try {
            List<Future<Boolean>> answers = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                answers.add(threads.submit(() -> mayEncrypt(members, NOW)));
            }
            await(inside);
            answer.countDown();
            for (Future<Boolean> each : answers) {
                assertThat(each.get()).isTrue();
            }
        } finally {
            threads.shutdownNow();
        }
        assertThat(asked).hasValue(1);
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void aFailingDirectoryLetsNobodyInAndIsAskedOnceASecond() {
        groups.add("Writers", "alice");
        down = true;
        refused(cache, NOW);
        refused(cache, NOW + 999);
        assertThat(asked).hasValue(1);

        down = false;

        assertThat(mayEncrypt(NOW + 1_000)).isTrue();
    }

    @Test
    void oneQuestionWithoutAnAnswerDoesNotStopTheOthers() {
        groups.add("Writers", "bob");
        down = true;
        refused(cache, NOW);
        down = false;

        assertThat(cache.decide(policy, new Caller("bob", "bob"), Operation.ENCRYPT, NOW)
                        .allowed())
                .isTrue();
    }

    @Test
    void anExpiredYesDoesNotOutliveAFailingDirectoryWithoutGrace() {
        groups.add("Writers", "alice");
        assertThat(mayEncrypt(NOW)).isTrue();
        down = true;

        refused(cache, NOW + TTL);
    }

    @Test
    void graceProlongsAYesWhileTheDirectoryIsDownAndNotALittleLonger() {
        groups.add("Writers", "alice");
        assertThat(mayEncrypt(lenient, NOW)).isTrue();
        down = true;

        assertThat(mayEncrypt(lenient, NOW + TTL)).isTrue();
        assertThat(mayEncrypt(lenient, NOW + TTL + GRACE - 1)).isTrue();
        assertThat(lenient.trouble()).isPresent();
        refused(lenient, NOW + TTL + GRACE);
    }

    @Test
    void graceIsCountedFromTheLastAnswerAndNotFromTheLastFailure() {
        groups.add("Writers", "alice");
        mayEncrypt(lenient, NOW);
        down = true;
        for (long now = NOW + TTL; now < NOW + TTL + GRACE; now += 10_000) {
            assertThat(mayEncrypt(lenient, now)).isTrue();
        }
        refused(lenient, NOW + TTL + GRACE);
    }

    @Test
    void graceProlongsNeitherANoNorWhatIsNotKnownNorAnotherPolicysYes() {
        assertThat(mayEncrypt(lenient, NOW)).isFalse();
        groups.add("Writers", "alice", "bob");
        down = true;

        refused(lenient, NOW + TTL);
        assertThatExceptionOfType(GroupDirectoryUnavailable.class)
                .isThrownBy(() -> lenient.decide(policy, new Caller("bob", "bob"), Operation.ENCRYPT, NOW));

        down = false;
        assertThat(mayEncrypt(lenient, NOW + TTL + 1_000)).isTrue();
        down = true;
        assertThatExceptionOfType(GroupDirectoryUnavailable.class)
                .isThrownBy(() -> lenient.decide(policy(), ALICE, Operation.ENCRYPT, NOW + TTL + 1_000));
    }

    @Test
    void graceEndsWhenTheDirectoryAnswersNo() {
        groups.add("Writers", "alice");
        mayEncrypt(lenient, NOW);
        down = true;
        assertThat(mayEncrypt(lenient, NOW + TTL)).isTrue();
        groups.remove("Writers", "alice");
        down = false;

        assertThat(mayEncrypt(lenient, NOW + TTL + 1_000)).isFalse();
        down = true;
        refused(lenient, NOW + TTL + 1_000 + TTL);
    }

    @Test
    void aDirectoryThatTimesOutIsLeftInPeaceForASecondAfterTheTimeOut() {
        groups.add("Writers", "alice");
        mayEncrypt(lenient, NOW);
        down = true;
        answersTake = 5_000;
        clock.set(NOW + TTL);
        assertThat(mayEncrypt(lenient, NOW + TTL)).isTrue();
        assertThat(asked).hasValue(2);

        for (long later = 5_000; later < 6_000; later += 100) {
            assertThat(mayEncrypt(lenient, NOW + TTL + later)).isTrue();
        }
        assertThat(asked).hasValue(2);
    }

    @Test
    void whileOneTriesAgainTheOthersGoOnWithTheGrace() throws Exception {
        CountDownLatch inside = new CountDownLatch(1);
        CountDownLatch answer = new CountDownLatch(1);
        AtomicInteger questions = new AtomicInteger();
        MembershipCache members = new MembershipCache(
                (caller, group) -> {
                    switch (questions.incrementAndGet()) {
                        case 1 -> {
                            return true;
                        }
                        case 2 -> throw new GroupDirectoryUnavailable("down");
                        default -> {
                            inside.countDown();
                            await(answer);
                            return true;
                        }
                    }
                },
                Duration.ofMillis(TTL),
                Duration.ofMillis(GRACE),
                InstantSource.fixed(Instant.ofEpochMilli(NOW)),
                work::add);
        mayEncrypt(members, NOW);
        mayEncrypt(members, NOW + TTL);
        ExecutorService other = Executors.newSingleThreadExecutor();
        try {
            Future<Boolean> trying = other.submit(() -> mayEncrypt(members, NOW + TTL + 1_000));
            await(inside);

            assertThat(mayEncrypt(members, NOW + TTL + 1_500)).isTrue();
            assertThat(mayEncrypt(members, NOW + TTL + 5_000)).isTrue();

            answer.countDown();
            assertThat(trying.get()).isTrue();
        } finally {
            other.shutdownNow();
        }
        assertThat(questions).hasValue(3);
    }

    @Test
    void anAnswerThatWasAskedForTooLongAgoIsNotShared() throws Exception {
        CountDownLatch inside = new CountDownLatch(1);
        CountDownLatch answer = new CountDownLatch(1);
        AtomicInteger questions = new AtomicInteger();
        MembershipCache none = new MembershipCache(
                (caller, group) -> {
                    if (questions.incrementAndGet() > 1) {
                        return false;
                    }
                    inside.countDown();
                    await(answer);
                    return true;
                },
                Duration.ZERO,
                Duration.ZERO,
                InstantSource.fixed(Instant.ofEpochMilli(NOW)),
                work::add);
        ExecutorService threads = Executors.newFixedThreadPool(2);
        try {
            Future<Boolean> early = threads.submit(() -> mayEncrypt(none, NOW));
            await(inside);
            Future<Boolean> late = threads.submit(() -> mayEncrypt(none, NOW + 3_600_000));
            answer.countDown();

            assertThat(early.get()).isTrue();
            assertThat(late.get()).isFalse();
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void aDirectoryThatAsksTheRingItAnswersIsToldSo() {
        MembershipCache[] itself = new MembershipCache[1];
        itself[0] = new MembershipCache(
                (caller, group) -> mayEncrypt(itself[0], NOW),
                Duration.ofMillis(TTL),
                Duration.ZERO,
                InstantSource.fixed(Instant.ofEpochMilli(NOW)),
                work::add);

        assertThatExceptionOfType(GroupDirectoryUnavailable.class)
                .isThrownBy(() -> mayEncrypt(itself[0], NOW))
                .withMessageContaining("uses the ring");
    }

    @Test
    void aFailureIsToldUntilTheDirectoryAnswersSomething() {
        down = true;
        refused(cache, NOW);
        cache.decide(policy, ALICE, Operation.DESTROY, NOW); // nobody may, which takes no directory

        assertThat(cache.trouble()).isPresent();
    }

    @Test
    void aFloodOfNamesWhileTheDirectoryIsDownLeavesAYesInItsGrace() {
        groups.add("Writers", "alice");
        mayEncrypt(lenient, NOW);
        down = true;
        for (int i = 0; i <= MembershipCache.MAX_ENTRIES; i++) {
            Caller unknown = new Caller("c" + i, "c" + i);
            assertThatExceptionOfType(GroupDirectoryUnavailable.class)
                    .isThrownBy(() -> lenient.decide(policy, unknown, Operation.ENCRYPT, NOW + TTL));
        }

        assertThat(mayEncrypt(lenient, NOW + TTL)).isTrue();
    }

    @Test
    void aFullCacheDropsWhatExpiredFirstAndThenEverything() {
        for (int i = 0; i < MembershipCache.MAX_ENTRIES; i++) {
            long when = i == 0 ? NOW : NOW + TTL;
            cache.decide(policy, new Caller("c" + i, "c"), Operation.ENCRYPT, when);
        }
        assertThat(cache.size(Operation.ENCRYPT)).isEqualTo(MembershipCache.MAX_ENTRIES);

        assertThat(mayEncrypt(NOW + TTL)).isFalse();
        assertThat(cache.size(Operation.ENCRYPT)).isEqualTo(MembershipCache.MAX_ENTRIES);

        cache.decide(policy, new Caller("one more", "c"), Operation.ENCRYPT, NOW + TTL);
        assertThat(cache.size(Operation.ENCRYPT)).isEqualTo(1);
    }

    @Test
    void withoutATimeItUsesItsClock() {
        groups.add("Writers", "alice");

        assertThat(cache.decide(policy, ALICE, Operation.ENCRYPT).allowed()).isTrue();
        assertThat(mayEncrypt(NOW + TTL - 1)).isTrue();
        assertThat(asked).hasValue(1);
    }

    @Test
    void zeroRemembersNothingAndLessIsRefused() {
        MembershipCache none = cache(Duration.ZERO, Duration.ZERO);
        none.decide(policy, ALICE, Operation.ENCRYPT, NOW);
        none.decide(policy, ALICE, Operation.ENCRYPT, NOW);

        assertThat(asked).hasValue(2);
        assertThatIllegalArgumentException().isThrownBy(() -> cache(Duration.ofMillis(-1), Duration.ZERO));
        assertThatIllegalArgumentException().isThrownBy(() -> cache(Duration.ZERO, Duration.ofMillis(-1)));
    }
}
