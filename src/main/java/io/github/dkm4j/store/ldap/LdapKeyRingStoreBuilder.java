package io.github.dkm4j.store.ldap;

import com.unboundid.ldap.sdk.DN;
import com.unboundid.ldap.sdk.LDAPConnectionPool;
import com.unboundid.ldap.sdk.LDAPException;
import io.github.dkm4j.key.StoreUnavailable;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** Builds an {@link LdapKeyRingStore}. Not safe for use by many threads. */
public final class LdapKeyRingStoreBuilder {
    /** How often access control lists are looked at, unless told otherwise. */
    public static final Duration CHECKED_EVERY = Duration.ofHours(24);

    /** How long the other domain controller has to show an object, unless told otherwise. */
    public static final Duration CONFIRMED_WITHIN = Duration.ofSeconds(30);

    private final Directory directory;
    private final DN holder;
    private @Nullable LDAPConnectionPool other;
    private Duration confirmedWithin = CONFIRMED_WITHIN;
    private Confirmation.Pause pause = time -> Thread.sleep(time.toMillis());
    private LongSupplier nanoTime = System::nanoTime;
    private @Nullable AclBaseline baseline;
    private Duration every = CHECKED_EVERY;
    private InstantSource clock = InstantSource.system();
    private boolean refusesDrift;

    LdapKeyRingStoreBuilder(LDAPConnectionPool pool, String containerDn) {
        this.directory = new Directory(pool);
        this.holder = dn(containerDn);
    }

    private static DN dn(String text) {
        try {
            return new DN(text);
        } catch (LDAPException e) {
            throw new IllegalArgumentException("not a distinguished name: " + text, e);
        }
    }

    /** Which access control list objects are to have. There is no store without. */
    public LdapKeyRingStoreBuilder baseline(AclBaseline demanded) {
        baseline = demanded;
        return this;
    }

    /**
     * Another domain controller, which must show what was added before a call returns; within {@link #CONFIRMED_WITHIN} it
     * is asked four times a second. So must what was found already there, before a call says so. A controller that is the
     * same as the one that was asked to add, by its own word, confirms nothing, nor does a read-only one.
     *
     * @param pool connections to it; never closed
     */
    public LdapKeyRingStoreBuilder confirmedBy(LDAPConnectionPool pool) {
        other = pool;
        return this;
    }

    /** How long the other domain controller has to show what was added, from the first look on, the looks included. */
    public LdapKeyRingStoreBuilder confirmedWithin(Duration time) {
        confirmedWithin = requirePositive(time);
        return this;
    }

    /** How often access control lists are looked at. */
    public LdapKeyRingStoreBuilder checkEvery(Duration time) {
        every = requirePositive(time);
        return this;
    }

    /**
     * Lets the store refuse to read and to add as long as the container of rings or a ring differs from the baseline, or has
     * never been looked at with success. What is found at objects in rings refuses nothing, for whoever may roll over can
     * put such objects there; {@link LdapKeyRingStore#remove} is never refused.
     */
    public LdapKeyRingStoreBuilder refuseDrift() {
        refusesDrift = true;
        return this;
    }

    /** The clock by which access control lists are due to be looked at; the system's unless told otherwise. */
    public LdapKeyRingStoreBuilder clock(InstantSource source) {
        clock = source;
        return this;
    }

    LdapKeyRingStoreBuilder nanoTime(LongSupplier instead) {
        nanoTime = instead;
        return this;
    }

    LdapKeyRingStoreBuilder pause(Confirmation.Pause instead) {
        pause = instead;
        return this;
    }

    /**
     * The store. Nothing is asked of the directory before it is used.
     *
     * @throws IllegalStateException if it was given no baseline
     */
    public LdapKeyRingStore build() {
        Optional<Confirmation> confirmation = Optional.ofNullable(other)
                .map(pool -> new Confirmation(new Directory(pool), holder, confirmedWithin, pause, nanoTime));
        return new LdapKeyRingStore(directory, holder, keeper(), confirmation, refusesDrift);
    }

    /**
     * Makes the container of rings with the baseline's access control list. The container that it is to be in must be there.
     *
     * @return false if it is there, and as it should be
     * @throws IllegalStateException if there is no baseline
     * @throws io.github.dkm4j.key.AccessDenied if the account may not
     * @throws StoreUnavailable if it is there with another owner or access control list, which
     *     is left as it is; or the directory cannot be asked
     */
    public boolean provision() {
        try {
            return keeper().provision(RingWriter.container(holder));
        } catch (LDAPException e) {
            throw Failures.of("make " + holder, e);
        }
    }

    private AclKeeper keeper() {
        AclBaseline demanded = baseline;
        if (demanded == null) {
            throw new IllegalStateException("which access control list are the objects to have? Give a baseline");
        }
        return new AclKeeper(directory, holder, demanded, clock, every);
    }

    private static Duration requirePositive(Duration time) {
        if (time.isNegative() || time.isZero()) {
            throw new IllegalArgumentException("not a length of time: " + time);
        }
        return time;
    }
}
