package io.github.dkm4j.ldap;

import com.unboundid.ldap.sdk.LDAPConnection;
import com.unboundid.ldap.sdk.LDAPConnectionPoolHealthCheck;
import com.unboundid.ldap.sdk.LDAPException;
import com.unboundid.ldap.sdk.ResultCode;
import java.time.Duration;
import java.util.Collections;
import java.util.Map;
import java.util.WeakHashMap;
import java.util.function.LongSupplier;

/**
 * Has the pool replace a connection that is too old before anything is sent on it. Safe for use by many threads.
 *
 * <p>A caller who has waited for a connection that turns out to be too old gets an error from the pool and no other connection. So
 * one that will soon be too old is replaced when it is given back, before a waiting caller can get it.
 */
final class ConnectionAge extends LDAPConnectionPoolHealthCheck {
    private final long maxNanos;
    private final LongSupplier nanoTime;
    private final Map<LDAPConnection, Long> born = Collections.synchronizedMap(new WeakHashMap<>());

    ConnectionAge(Duration max, LongSupplier nanoTime) {
        this.maxNanos = max.toNanos();
        this.nanoTime = nanoTime;
    }

    @Override
    public void ensureNewConnectionValid(LDAPConnection connection) {
        born.put(connection, nanoTime.getAsLong());
    }

    @Override
    public void ensureConnectionValidForCheckout(LDAPConnection connection) throws LDAPException {
        ensureYounger(connection, maxNanos);
    }

    @Override
    public void ensureConnectionValidForRelease(LDAPConnection connection) throws LDAPException {
        ensureYounger(connection, maxNanos - maxNanos / 10);
    }

    private void ensureYounger(LDAPConnection connection, long nanos) throws LDAPException {
        Long since = born.get(connection);
        if (since == null || nanoTime.getAsLong() - since >= nanos) {
            throw new LDAPException(ResultCode.CONNECT_ERROR, "the connection is due to be bound anew");
        }
    }
}
