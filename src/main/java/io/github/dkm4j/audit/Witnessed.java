package io.github.dkm4j.audit;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** A witness, when it was told last, and why it refused if it did. Safe for use by many threads. */
final class Witnessed {
    private final CheckpointWitness witness;
    private final Duration every;
    private volatile @Nullable Instant toldAt;
    private volatile String refusal = "";

    Witnessed(CheckpointWitness witness, Duration every) {
        this.witness = witness;
        this.every = every;
    }

    /** Tells it of a checkpoint if it is time for one, or in any case. */
    void tell(String note, Instant now, boolean inAnyCase) {
        if (!inAnyCase && !isDue(now)) {
            return;
        }
        try {
            witness.keep(note);
            toldAt = now;
            refusal = "";
        } catch (RuntimeException e) {
            // Whatever is wrong with somebody's witness, the event is recorded.
            refusal = "a witness does not keep the audit trail's checkpoints: " + e.getMessage();
        }
    }

    private boolean isDue(Instant now) {
        Instant last = toldAt;
        if (last == null) {
            return true;
        }
        Duration age = Duration.between(last, now);
        return age.compareTo(every) >= 0 || age.compareTo(every.negated()) < 0;
    }

    /** Why it did not keep the last checkpoint; empty if it did. */
    String refusal() {
        return refusal;
    }
}
