package io.github.dkm4j.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.dkm4j.key.GroupDirectoryUnavailable;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import org.junit.jupiter.api.Test;

class MembershipCacheTest {
    private static final long NOW = 1_000_000;
    private static final long TTL = 60_000;
    private static final Caller ALICE = new Caller("alice", "alice");

    private final InMemoryGroupDirectory groups = new InMemoryGroupDirectory();
    private final AccessPolicy policy = policy();
    private int asked;
    private boolean down;
    private final MembershipCache cache = cache(Duration.ofMillis(TTL));

    private static AccessPolicy policy() {
        return AccessPolicy.builder()
                .allow(Operation.ADMINISTER, "Admins")
                .allow(Operation.ENCRYPT, "Writers")
                .build();
    }

    private MembershipCache cache(Duration ttl) {
        return new MembershipCache(
                (caller, group) -> {
                    asked++;
                    if (down) {
                        throw new GroupDirectoryUnavailable("down");
                    }
                    return groups.isMember(caller, group);
                },
                ttl,
                InstantSource.fixed(Instant.ofEpochMilli(NOW)));
    }

    private boolean mayEncrypt(long now) {
        return cache.isAllowed(policy, ALICE, Operation.ENCRYPT, now);
    }

    @Test
    void anAnswerHoldsUntilJustBeforeItsTimeIsUp() {
        groups.add("Writers", "alice");
        assertThat(mayEncrypt(NOW)).isTrue();
        groups.remove("Writers", "alice");

        assertThat(mayEncrypt(NOW + TTL - 1)).isTrue();
        assertThat(asked).isEqualTo(1);
        assertThat(mayEncrypt(NOW + TTL)).isFalse();
        assertThat(asked).isEqualTo(2);
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

        assertThat(cache.isAllowed(policy(), ALICE, Operation.ENCRYPT, NOW)).isTrue();
    }

    @Test
    void operationsAndCallersAreKeptApart() {
        groups.add("Writers", "alice");

        assertThat(mayEncrypt(NOW)).isTrue();
        assertThat(cache.isAllowed(policy, ALICE, Operation.ADMINISTER, NOW)).isFalse();
        assertThat(cache.isAllowed(policy, new Caller("bob", "alice"), Operation.ENCRYPT, NOW))
                .isFalse();
    }

    @Test
    void anOperationThatNobodyMayDoIsDeniedWithoutAskingTheDirectory() {
        down = true;

        assertThat(cache.isAllowed(policy, ALICE, Operation.DESTROY, NOW)).isFalse();
        assertThat(asked).isZero();
    }

    @Test
    void aFailingDirectoryLetsNobodyInAndLeavesNothingBehind() {
        groups.add("Writers", "alice");
        down = true;
        assertThatExceptionOfType(GroupDirectoryUnavailable.class).isThrownBy(() -> mayEncrypt(NOW));
        assertThat(cache.size(Operation.ENCRYPT)).isZero();

        down = false;

        assertThat(mayEncrypt(NOW)).isTrue();
    }

    @Test
    void anExpiredYesDoesNotOutliveAFailingDirectory() {
        groups.add("Writers", "alice");
        assertThat(mayEncrypt(NOW)).isTrue();
        down = true;

        assertThatExceptionOfType(GroupDirectoryUnavailable.class).isThrownBy(() -> mayEncrypt(NOW + TTL));
    }

    @Test
    void aFullCacheDropsWhatExpiredFirstAndThenEverything() {
        for (int i = 0; i < MembershipCache.MAX_ENTRIES; i++) {
            long when = i == 0 ? NOW : NOW + TTL;
            cache.isAllowed(policy, new Caller("c" + i, "c"), Operation.ENCRYPT, when);
        }
        assertThat(cache.size(Operation.ENCRYPT)).isEqualTo(MembershipCache.MAX_ENTRIES);

        assertThat(mayEncrypt(NOW + TTL)).isFalse();
        assertThat(cache.size(Operation.ENCRYPT)).isEqualTo(MembershipCache.MAX_ENTRIES);

        cache.isAllowed(policy, new Caller("one more", "c"), Operation.ENCRYPT, NOW + TTL);
        assertThat(cache.size(Operation.ENCRYPT)).isEqualTo(1);
    }

    @Test
    void withoutATimeItUsesItsClock() {
        groups.add("Writers", "alice");

        assertThat(cache.isAllowed(policy, ALICE, Operation.ENCRYPT)).isTrue();
        assertThat(mayEncrypt(NOW + TTL - 1)).isTrue();
        assertThat(asked).isEqualTo(1);
    }

    @Test
    void zeroRemembersNothingAndLessIsRefused() {
        MembershipCache none = cache(Duration.ZERO);
        none.isAllowed(policy, ALICE, Operation.ENCRYPT, NOW);
        none.isAllowed(policy, ALICE, Operation.ENCRYPT, NOW);

        assertThat(asked).isEqualTo(2);
        assertThatIllegalArgumentException().isThrownBy(() -> cache(Duration.ofMillis(-1)));
    }
}
