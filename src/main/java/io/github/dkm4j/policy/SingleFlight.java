package io.github.dkm4j.policy;

import io.github.dkm4j.key.GroupDirectoryUnavailable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/** Lets those who want the same at once share one attempt. Safe for use by many threads. */
final class SingleFlight<K, V> {
    private final ConcurrentHashMap<K, Flight<V>> flights = new ConcurrentHashMap<>();

    private record Flight<V>(CompletableFuture<V> answer, Thread by) {}

    boolean isUnderWay(K key) {
        return flights.containsKey(key);
    }

    /**
     * The result of the work, or of the one that is under way.
     *
     * @throws GroupDirectoryUnavailable if it is this very thread's, which would wait for itself
     */
    V run(K key, Supplier<V> work) {
        Flight<V> mine = new Flight<>(new CompletableFuture<>(), Thread.currentThread());
        Flight<V> theirs = flights.putIfAbsent(key, mine);
        if (theirs != null) {
            if (theirs.by.equals(Thread.currentThread())) {
                throw new GroupDirectoryUnavailable(
                        "the group directory uses the ring that asks it: what it needs for its answer is not there yet");
            }
            return answer(theirs);
        }
        try {
            mine.answer.complete(work.get());
        } catch (RuntimeException | Error e) {
            mine.answer.completeExceptionally(e);
        } finally {
            flights.remove(key, mine);
        }
        return answer(mine);
    }

    private static <V> V answer(Flight<V> flight) {
        try {
            return flight.answer.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw e;
        }
    }
}
