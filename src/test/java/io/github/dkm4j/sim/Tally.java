package io.github.dkm4j.sim;

import java.util.Map;
import java.util.TreeMap;

/** Counts what happened. One for each seed, added up afterwards. */
final class Tally {
    private final Map<String, Long> counts = new TreeMap<>();

    void count(String what) {
        add(what, 1);
    }

    void add(String what, long number) {
        counts.merge(what, number, Long::sum);
    }

    long of(String what) {
        return counts.getOrDefault(what, 0L);
    }

    synchronized void addAll(Tally other) {
        other.counts.forEach(this::add);
    }

    @Override
    public String toString() {
        return counts.toString();
    }
}
