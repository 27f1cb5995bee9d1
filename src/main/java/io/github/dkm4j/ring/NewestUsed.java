package io.github.dkm4j.ring;

import io.github.dkm4j.key.KeyRef;
import io.github.dkm4j.key.NoActiveKey;
import org.jspecify.annotations.Nullable;

/**
 * The newest key that was used. A clock that was set back does not bring an archived key back: the newest one stays in
 * use. Safe for use by many threads.
 */
final class NewestUsed {
    private final Refresher refresher;
    private volatile @Nullable KeyRef newest;

    NewestUsed(Refresher refresher) {
        this.refresher = refresher;
    }

    /**
     * The key to use.
     *
     * @param active the one that is active by the clock
     */
    @SuppressWarnings("ReferenceEquality")
    KeyVersion orNewer(KeyVersion active) {
        KeyRef used = newest;
        if (used == active.metadata().ref()) {
            return active; // the common case, without a write
        }
        if (used == null || active.metadata().epoch().compareTo(used.epoch()) >= 0) {
            newest = active.metadata().ref();
            return active;
        }
        RingSnapshot current = refresher.snapshot(); // as new as what set the newest one, or newer
        if (current.generationOf(used) < current.generationOf(active.metadata().ref()) || current.isBarred(used)) {
            newest = active.metadata().ref(); // a revocation has put an end to that one
            return active;
        }
        KeyVersion key = current.key(used);
        if (key == null || !key.metadata().isUsable()) {
            throw new NoActiveKey("key " + used + " was active and is not usable any more, and this node's clock was"
                    + " set back to before it: an archived key encrypts nothing");
        }
        return key;
    }
}
