package io.github.dkm4j.ring;

import io.github.dkm4j.key.DkmException;
import io.github.dkm4j.key.RecordNotAuthentic;
import io.github.dkm4j.key.RootKeyUnavailable;
import io.github.dkm4j.store.StoredRecord;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/**
 * The generations of the master secret that this node has, and the next one while its record is not taken in yet. Followed
 * under the refresher's lock, and closed by anybody.
 */
final class GenerationFollower implements AutoCloseable {
    private final RingSettings settings;
    private final List<Generations> retired = new CopyOnWriteArrayList<>();
    private volatile Generations current;

    /** Unwrapped, and not counted yet: the root is not asked for it again. */
    private volatile @Nullable Generations waiting;

    private @Nullable Hash waitingFor;
    private @Nullable Hash refused;
    private volatile @Nullable String error;
    private volatile boolean closed;

    GenerationFollower(RingSettings settings, List<StoredRecord> stored) {
        this.settings = settings;
        this.current = Generations.open(settings, stored);
    }

    /** What keys are made under; whoever makes records takes the snapshot's. */
    Generations current() {
        return current;
    }

    /** Why the newest generation is not followed; empty if it is. */
    Optional<String> error() {
        return Optional.ofNullable(error);
    }

    /** What to read these records with: a generation that this node does not have yet is unwrapped by the root, if it can be. */
    Generations toRead(List<StoredRecord> stored) {
        if (!current.lacks(stored)) {
            return current;
        }
        Hash claimed = null;
        try {
            claimed = Generations.claim(stored);
            Generations known = waiting;
            if (known != null && claimed.equals(waitingFor)) {
                return known;
            }
            return claimed.equals(refused) ? current : unwrapped(stored, claimed);
        } catch (RootKeyUnavailable | IllegalStateException e) {
            // Its records are set aside and reported: the view is incomplete until the root can be asked.
            error = "the newest generation of the master secret cannot be unwrapped yet: " + e.getMessage();
        } catch (DkmException | IllegalArgumentException e) {
            error = "the newest generation of the master secret is not followed: " + e.getMessage();
            refused = claimed; // asking the root again for the same records would cost much and say the same
        }
        return current;
    }

    private Generations unwrapped(List<StoredRecord> stored, Hash claimed) {
        Generations opened = Generations.open(settings, stored);
        if (!current.isContinuedBy(opened)) {
            opened.close();
            throw new RecordNotAuthentic("the store shows another genesis or other generations than before");
        }
        retireWaiting();
        waiting = opened;
        waitingFor = claimed;
        error = null;
        if (closed) {
            close();
        }
        return opened;
    }

    /**
     * The records that these generations were read with are taken in: from now on they count. Before that no key is made under
     * them, since the store may lose their record yet.
     */
    @SuppressWarnings("ReferenceEquality")
    void accept(Generations read) {
        if (read != current) {
            retired.add(current); // somebody may be making a record under it: wiped with the ring
            current = read;
            waiting = null;
            refused = waitingFor; // should one of its records not count, asking again would not change that
            if (closed) {
                close();
            }
        }
    }

    private void retireWaiting() {
        Generations other = waiting;
        if (other != null) {
            other.close();
        }
    }

    @Override
    public void close() {
        closed = true;
        current.close();
        retireWaiting();
        retired.forEach(Generations::close);
    }
}
