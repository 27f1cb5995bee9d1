package io.github.dkm4j.ring;

import io.github.dkm4j.key.KeyRef;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/**
 * Counts what is sealed under a key, against budgets that all nodes share. A node counts in memory and tells the others
 * with a record once for every sixteenth of a budget, and when it closes: the budget is overrun by at most a sixteenth
 * for each node, and no message costs a write.
 */
final class Usage {
    private static final int PARTS = 16;
    private static final int LAST_PARTS = 256;
    private static final int MOST_STATEMENTS = 9_999;

    private final RingSettings settings;
    private final Refresher refresher;
    private final String node;
    private final boolean counting;
    private final Map<KeyRef, Count> counts = new ConcurrentHashMap<>();

    Usage(RingSettings settings, Refresher refresher) {
        this.settings = settings;
        this.refresher = refresher;
        this.node = HexFormat.of().toHexDigits(settings.random().nextLong());
        this.counting = settings.rolloverMessages().isPresent()
                || settings.rolloverBytes().isPresent();
    }

    /** Called for every message; costs next to nothing where there is no budget. */
    void count(KeyRef key, long bytes) {
        if (counting) {
            Count count = counts.computeIfAbsent(key, k -> new Count());
            count.messages.increment();
            count.bytes.add(bytes);
        }
    }

    /** Called for every part of a message that is a stream. */
    void countBytes(KeyRef key, long bytes) {
        if (counting) {
            counts.computeIfAbsent(key, k -> new Count()).bytes.add(bytes);
        }
    }

    /** Whether as much was sealed under the key, here and by what others have said, as a budget allows. */
    boolean isSpent(KeyRef key) {
        if (!counting) {
            return false;
        }
        Count own = counts.getOrDefault(key, new Count());
        long messages = own.messages.sum();
        long bytes = own.bytes.sum();
        Map<String, Use> newest = new HashMap<>();
        refresher.snapshot().uses().values().stream()
                .filter(use -> use.key().equals(key) && !use.node().equals(node))
                .filter(use -> use.generation() >= refresher.snapshot().generationOf(key))
                .forEach(use -> newest.merge(use.node(), use, (a, b) -> a.number() > b.number() ? a : b));
        for (Use use : newest.values()) {
            messages = sum(messages, use.messages());
            bytes = sum(bytes, use.bytes());
        }
        return reached(settings.rolloverMessages(), messages) || reached(settings.rolloverBytes(), bytes);
    }

    /**
     * Tells the others where it is time to; the last time also of less. The caller holds the ring's work lock.
     *
     * @param last whether this process tells nothing any more
     */
    void tell(boolean last) {
        counts.forEach((key, count) -> {
            long messages = count.messages.sum();
            long bytes = count.bytes.sum();
            int parts = last ? LAST_PARTS : PARTS;
            boolean due = isPart(settings.rolloverMessages(), messages - count.toldMessages, parts)
                    || isPart(settings.rolloverBytes(), bytes - count.toldBytes, parts);
            if (due && count.statements < MOST_STATEMENTS) {
                Generations generations = refresher.generations();
                Use use = new Use(
                        key, node, count.statements + 1, generations.newest().generation(), messages, bytes);
                settings.store()
                        .add(
                                settings.name(),
                                RingRecords.stored(EventRecords.use(
                                        generations.genesis().value("ring-id"), use, generations.newest())));
                count.statements++;
                count.toldMessages = messages;
                count.toldBytes = bytes;
            }
        });
    }

    private static boolean reached(OptionalLong budget, long used) {
        return budget.isPresent() && used >= budget.getAsLong();
    }

    private static long sum(long a, long b) {
        long sum = a + b;
        return sum < 0 ? Long.MAX_VALUE : sum;
    }

    private static boolean isPart(OptionalLong budget, long untold, int parts) {
        return budget.isPresent() && untold >= Math.max(1, budget.getAsLong() / parts);
    }

    /** The told part is touched under the ring's work lock only. */
    private static final class Count {
        private final LongAdder messages = new LongAdder();
        private final LongAdder bytes = new LongAdder();
        private long toldMessages;
        private long toldBytes;
        private int statements;
    }
}
