package io.github.dkm4j.audit;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;

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

    void tell(Telling telling, Witnessed.News news) {
        for (Witnessed witness : all) {
            switch (telling) {
                case IF_DUE -> {
                    if (witness.isDue(news.at())) {
                        witness.tell(news);
                    }
                }
                case AND_WAIT -> witness.tellAndWait(news, PATIENCE);
                case AT_THE_END -> {
                    if (witness.isDueAtTheEnd(news.events())) {
                        witness.tellAndWait(news, PATIENCE_AT_THE_END);
                    }
                }
            }
        }
    }

    /** Why some of them did not keep the last checkpoint. */
    List<String> refusals() {
        return all.stream()
                .map(Witnessed::refusal)
                .filter(refusal -> !refusal.isEmpty())
                .toList();
    }
}
