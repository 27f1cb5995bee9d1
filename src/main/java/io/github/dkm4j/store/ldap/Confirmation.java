package io.github.dkm4j.store.ldap;

import com.unboundid.ldap.sdk.DN;
import com.unboundid.ldap.sdk.LDAPException;
import io.github.dkm4j.key.StoreUnavailable;
import io.github.dkm4j.store.RecordName;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Waits until another domain controller shows what one has taken. Safe for use by many threads. */
final class Confirmation {
    /** Between two looks. */
    static final Duration PAUSE = Duration.ofMillis(250);

    private final RingTree other;
    private final int pauses;
    private final Pause pause;

    /** Something that takes as long as it is told. */
    interface Pause {
        /** Waits. */
        void of(Duration time) throws InterruptedException;
    }

    /**
     * @param longest how long the pauses take in all
     */
    Confirmation(RingTree other, Duration longest, Pause pause) {
        this.other = other;
        this.pauses = Math.toIntExact(Math.max(0, longest.dividedBy(PAUSE)));
        this.pause = pause;
    }

    /**
     * Returns when the other one shows the ring and all these records.
     *
     * @throws StoreUnavailable if it does not within the time, or the thread is interrupted
     */
    void await(String what, String ring, List<RecordName> records) {
        @Nullable LDAPException last = null;
        for (int paused = 0; ; paused++) {
            try {
                if (isShown(ring, records)) {
                    return;
                }
                last = null;
            } catch (LDAPException e) {
                last = e;
            }
            if (paused == pauses) {
                throw new StoreUnavailable(
                        what + ": one domain controller has taken it, but the other one does not show it"
                                + (last == null ? "" : " (" + last.getResultCode() + ")")
                                + "; it may or may not have been added",
                        last);
            }
            pause(what);
        }
    }

    private void pause(String what) {
        try {
            pause.of(PAUSE);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StoreUnavailable(
                    what + ": interrupted while waiting for the other domain controller; it may or may not have been"
                            + " added",
                    e);
        }
    }

    private boolean isShown(String ring, List<RecordName> records) throws LDAPException {
        Optional<DN> place = other.ring(ring);
        if (place.isEmpty()) {
            return false;
        }
        for (RecordName record : records) {
            if (other.named(place.get(), record).isEmpty()) {
                return false;
            }
        }
        return true;
    }
}
