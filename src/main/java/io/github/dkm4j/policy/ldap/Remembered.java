package io.github.dkm4j.policy.ldap;

import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** What was found out under a name, for a while; what was not found is not remembered. Safe for use by many threads. */
final class Remembered<T> {
    private static final int MAX_ENTRIES = 1_000;

    private final ConcurrentHashMap<String, Entry<T>> entries = new ConcurrentHashMap<>();
    private final InstantSource clock;
    private final long millis;

    Remembered(InstantSource clock, Duration time) {
        this.clock = clock;
        this.millis = time.toMillis();
    }

    /** What is remembered under the name; nothing from the future counts, which a clock set back leaves behind. */
    Optional<T> get(String name) {
        Entry<T> entry = entries.get(name);
        if (entry == null) {
            return Optional.empty();
        }
        long age = clock.millis() - entry.since;
        return age >= 0 && age < millis ? Optional.of(entry.value) : Optional.empty();
    }

    /**
     * Remembers a value, unless a later one is there.
     *
     * @param since when it was asked for, in milliseconds since 1970
     */
    void put(String name, T value, long since) {
        if (millis == 0) {
            return;
        }
        if (entries.size() >= MAX_ENTRIES) {
            entries.clear();
        }
        Entry<T> entry = new Entry<>(value, since);
        entries.merge(
                name, entry, (old, added) -> old.since > added.since && old.since <= clock.millis() ? old : added);
    }

    void forget(String name) {
        entries.remove(name);
    }

    private record Entry<T>(T value, long since) {}
}
