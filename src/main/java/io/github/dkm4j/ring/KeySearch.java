package io.github.dkm4j.ring;

import io.github.dkm4j.key.DkmException;
import io.github.dkm4j.key.KeyRef;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Looks for a key that this node has not seen yet: reads the store again, at most once a second for the whole ring, and
 * once in a refresh interval for the same name, so that garbage cannot hammer the store. Safe for use by many threads.
 */
final class KeySearch {
    private static final Duration INTERVAL = Duration.ofSeconds(1);
    private static final int MOST_ABSENT = 10_000;

    private final Refresher refresher;
    private final long rememberedMillis;
    private final Map<KeyRef, Long> absent = new ConcurrentHashMap<>();
    private volatile long next;

    KeySearch(Refresher refresher, Duration remembered) {
        this.refresher = refresher;
        this.rememberedMillis = remembered.toMillis();
    }

    /** The key; null if the store does not have it, or may not be asked now. */
    @Nullable KeyVersion find(KeyRef ref, long nowMillis) {
        if (mayBeAsked(ref, nowMillis)) {
            try {
                // Asked again under the lock: whoever had it before may have searched.
                boolean asked = refresher.refreshWithin(
                        INTERVAL, () -> refresher.snapshot().key(ref) == null && claim(ref, nowMillis));
                if (asked && refresher.snapshot().key(ref) == null) {
                    remember(ref, nowMillis);
                }
            } catch (DkmException e) {
                // The refresher keeps the reason for health; the caller is told that the key is not known here.
                return refresher.snapshot().key(ref);
            }
        }
        return refresher.snapshot().key(ref);
    }

    /** Forgets what was not there: the store was read. */
    void forget() {
        absent.clear();
    }

    private boolean claim(KeyRef ref, long nowMillis) {
        if (!mayBeAsked(ref, nowMillis)) {
            return false;
        }
        next = nowMillis + INTERVAL.toMillis();
        return true;
    }

    private boolean mayBeAsked(KeyRef ref, long nowMillis) {
        Long until = absent.get(ref);
        boolean remembered = until != null && !Maintenance.isDue(until, nowMillis, rememberedMillis);
        return !remembered && Maintenance.isDue(next, nowMillis, INTERVAL.toMillis());
    }

    private void remember(KeyRef ref, long nowMillis) {
        if (absent.size() >= MOST_ABSENT) {
            absent.clear();
        }
        absent.put(ref, nowMillis + rememberedMillis);
    }
}
