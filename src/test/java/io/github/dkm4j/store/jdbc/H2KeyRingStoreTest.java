package io.github.dkm4j.store.jdbc;

import io.github.dkm4j.store.KeyRingStore;
import io.github.dkm4j.store.KeyRingStoreContract;
import java.util.concurrent.atomic.AtomicInteger;
import org.h2.jdbcx.JdbcDataSource;

class H2KeyRingStoreTest extends KeyRingStoreContract {
    private static final AtomicInteger DATABASES = new AtomicInteger();

    private final JdbcDataSource source = new JdbcDataSource();

    H2KeyRingStoreTest() {
        source.setURL("jdbc:h2:mem:store" + DATABASES.incrementAndGet() + ";DB_CLOSE_DELAY=-1");
        source.setUser("sa");
    }

    @Override
    protected KeyRingStore store() {
        return JdbcKeyRingStore.of(source);
    }
}
