package io.github.dkm4j.rewrap;

/** Hears how a worker gets on, on the worker's thread, after each of its batches. */
@FunctionalInterface
public interface RewrapListener {
    /**
     * A batch was committed.
     *
     * @param seen old rows that this worker has looked at in this pass
     * @param moved rows that this worker has moved in all
     * @param total old rows that there were for all workers when this one began
     */
    void progress(long seen, long moved, long total);
}
