package io.github.dkm4j.audit;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

/** The witnesses of a trail. Safe for use by many threads. */
final class Witnesses {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Duration PATIENCE_AT_THE_END = Duration.ofSeconds(10);

    private final Executor executor;
    private final List<Witnessed> all = new CopyOnWriteArrayList<>();

    Witnesses(Executor executor) {
        this.executor = executor;
    }

    /** Which of them get a checkpoint. */
    enum Telling {
        /** Those who have not had one for long enough, while others go on. */
        IF_DUE,
        /** All. */
        AND_WAIT,
        /** All who should have the last one. */
        AT_THE_END
    }

    void add(CheckpointWitness witness, Duration every) {
        all.add(new Witnessed(witness, every, executor));
    }

    /** Tells those who should be told, all at once; who waits for them does so for one time in all. */
    void tell(Telling telling, Witnessed.News news) {
        Map<Witnessed, CountDownLatch> told = new LinkedHashMap<>();
        for (Witnessed witness : all) {
            boolean concerned = switch (telling) {
                case IF_DUE -> witness.isDue(news.at());
                case AND_WAIT -> true;
                case AT_THE_END -> witness.isDueAtTheEnd(news.events());
            };
            if (concerned) {
                told.put(witness, witness.tell(news));
            }
        }
        if (telling != Telling.IF_DUE) {
            await(told, telling == Telling.AND_WAIT ? PATIENCE : PATIENCE_AT_THE_END);
        }
    }

    private static void await(Map<Witnessed, CountDownLatch> told, Duration patience) {
        long end = System.nanoTime() + patience.toNanos();
        told.forEach((witness, latch) -> {
            try {
                if (!latch.await(Math.max(0, end - System.nanoTime()), TimeUnit.NANOSECONDS)) {
                    witness.gaveUp(patience);
                }
            } catch (InterruptedException e) {
                witness.gaveUp(Duration.ZERO);
                Thread.currentThread().interrupt();
            }
        });
    }

    /** Why some of them did not keep the last checkpoint. */
    List<String> refusals() {
        return all.stream()
                .map(Witnessed::refusal)
                .filter(refusal -> !refusal.isEmpty())
                .toList();
    }
}
