package io.github.dkm4j.audit;

/**
 * A place for checkpoints that whoever writes the trail cannot reach afterwards: what a trail said up to a checkpoint
 * that is held there cannot be changed without notice. Implementations are safe for use by many threads.
 */
@FunctionalInterface
public interface CheckpointWitness {
    /**
     * Keeps a checkpoint; when this returns, it is kept.
     *
     * @param note a signed note as in C2SP tlog-checkpoint
     * @throws io.github.dkm4j.key.AuditUnavailable if it could not be kept
     */
    void keep(String note);
}
