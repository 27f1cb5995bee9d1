package io.github.dkm4j.store.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.dkm4j.key.AccessDenied;
import io.github.dkm4j.key.StoreUnavailable;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class AccessWatchTest {
    private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 5);
    private int looks;

    @Test
    void looksAtFirstUseAndThenOnceInAnInterval() {
        AccessWatch watch = new AccessWatch(Duration.ofHours(24), nanos::get);
        assertThat(look(watch, true)).containsExactly("look 1");
        pass(Duration.ofHours(24).minusNanos(1));
        assertThat(look(watch, true)).containsExactly("look 1");
        pass(Duration.ofNanos(1));
        assertThat(look(watch, true)).containsExactly("look 2");
        assertThat(look(watch, true)).containsExactly("look 2");
    }

    @Test
    void copyWithAnotherIntervalLooksForItself() {
        AccessWatch watch = new AccessWatch(Duration.ofHours(24), nanos::get);
        look(watch, true);
        AccessWatch often = watch.every(Duration.ofMinutes(1));
        assertThat(look(often, true)).containsExactly("look 2");
        pass(Duration.ofMinutes(1));
        assertThat(look(often, true)).containsExactly("look 3");
        assertThat(look(watch, true)).containsExactly("look 1");
    }

    @Test
    void databaseThatNeverSeparatedAccountsIsNotFoundFaultWith() {
        AccessWatch watch = new AccessWatch(Duration.ofHours(24), nanos::get);
        assertThat(look(watch, false)).isEmpty();
        pass(Duration.ofHours(24));
        assertThat(look(watch, true)).containsExactly("look 2");
        pass(Duration.ofHours(24));
        assertThat(look(watch, false)).containsExactly("look 3");
    }

    @Test
    void failedLookIsAFindingBesideTheOldOnesAndIsRepeated() {
        AccessWatch watch = new AccessWatch(Duration.ofHours(24), nanos::get);
        assertThat(fail(watch, new StoreUnavailable("down"))).containsExactly("who may do what was not checked: down");
        assertThat(look(watch, true)).containsExactly("look 1");
        pass(Duration.ofHours(24));
        assertThat(fail(watch, new AccessDenied("no")))
                .containsExactly("look 1", "who may do what was not checked: no");
        assertThat(look(watch, true)).containsExactly("look 2");
    }

    @Test
    void intervalIsPositive() {
        assertThatIllegalArgumentException().isThrownBy(() -> new AccessWatch(Duration.ZERO, nanos::get));
        assertThatIllegalArgumentException().isThrownBy(() -> new AccessWatch(Duration.ofDays(-1), nanos::get));
    }

    private List<String> look(AccessWatch watch, boolean controlled) {
        return watch.findings(() -> new Access(controlled, List.of("look " + ++looks)));
    }

    private static List<String> fail(AccessWatch watch, RuntimeException failure) {
        return watch.findings(() -> {
            throw failure;
        });
    }

    private void pass(Duration time) {
        nanos.addAndGet(time.toNanos());
    }
}
