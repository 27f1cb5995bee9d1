package io.github.dkm4j.policy.ldap;

import com.unboundid.ldap.sdk.LDAPInterface;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.concurrent.atomic.AtomicInteger;

/** Connections that count what is asked through them. */
final class CountedConnections {
    private final AtomicInteger requests = new AtomicInteger();
    private final LDAPInterface connections;

    CountedConnections(LDAPInterface counted) {
        connections = (LDAPInterface) Proxy.newProxyInstance(
                LDAPInterface.class.getClassLoader(),
                new Class<?>[] {LDAPInterface.class},
                (proxy, method, arguments) -> {
                    requests.incrementAndGet();
                    try {
                        return method.invoke(counted, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    LDAPInterface connections() {
        return connections;
    }

    /** How many requests the work takes. */
    int during(Runnable work) {
        int before = requests.get();
        work.run();
        return requests.get() - before;
    }
}
