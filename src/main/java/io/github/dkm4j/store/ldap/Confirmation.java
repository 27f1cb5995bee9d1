package io.github.dkm4j.store.ldap;

import com.unboundid.ldap.sdk.DN;
import com.unboundid.ldap.sdk.LDAPException;
import io.github.dkm4j.key.StoreUnavailable;
import io.github.dkm4j.store.StoredRecord;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** Waits until another domain controller shows what one has taken. Safe for use by many threads. */
final class Confirmation {
    /** Between two looks. */
    static final Duration PAUSE = Duration.ofMillis(250);

    private final Directory other;
    private final DN holder;
    private final Duration longest;
    private final Pause pause;
    private final LongSupplier nanoTime;

    /** Something that takes as long as it is told. */
    interface Pause {
        /** Waits. */
        void of(Duration time) throws InterruptedException;
    }

    /**
     * @param longest from the first look on, the looks included
     * @param nanoTime a clock that nobody sets
     */
    Confirmation(Directory other, DN holder, Duration longest, Pause pause, LongSupplier nanoTime) {
        this.other = other;
        this.holder = holder;
        this.longest = longest;
        this.pause = pause;
        this.nanoTime = nanoTime;
    }

    /**
     * Returns when another one shows the ring and all these records, with their contents.
     *
     * @param takers who has taken them
     * @throws StoreUnavailable if none does within the time, it is one of the takers, or the thread is interrupted
     */
    void await(String what, Controllers takers, String ring, List<StoredRecord> records) {
        long begun = nanoTime.getAsLong();
        @Nullable LDAPException last = null;
        while (true) {
            try {
                if (isShown(begun, takers, ring, records)) {
                    return;
                }
                last = null;
            } catch (LDAPException e) {
                last = e;
            }
            Duration left = left(begun);
            if (left.isNegative() || left.isZero()) {
                throw new StoreUnavailable(
                        what + ": one domain controller has taken it, but the other one does not show it"
                                + (last == null ? "" : " (" + last.getResultCode() + ")")
                                + "; it may or may not have been added",
                        last);
            }
            pause(what, left.compareTo(PAUSE) < 0 ? left : PAUSE);
        }
    }

    private Duration left(long begun) {
        return longest.minusNanos(nanoTime.getAsLong() - begun);
    }

    private void pause(String what, Duration time) {
        try {
            pause.of(time);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StoreUnavailable(
                    what + ": interrupted while waiting for the other domain controller; it may or may not have been"
                            + " added",
                    e);
        }
    }

    private boolean isShown(long begun, Controllers takers, String ring, List<StoredRecord> records)
            throws LDAPException {
        Controllers lookers = new Controllers();
        RingTree tree =
                new RingTree(other.noting(lookers).within(() -> left(begun).toMillis()), holder);
        Optional<DN> place = tree.ring(ring);
        boolean shown = place.isPresent() && tree.hasAll(place.get(), records);
        lookers.requireOthersThan(takers);
        return shown;
    }
}
