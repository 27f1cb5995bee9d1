package io.github.dkm4j.store.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.dkm4j.store.KeyRingStore;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.h2.jdbcx.JdbcDataSource;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

class H2KeyRingStoreTest extends SqlKeyRingStoreTestCase {
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

    /** H2 lets two who make the same table at once fail, "if not exists" or not. */
    @RepeatedTest(100)
    void manyThreadsMakeTheTablesAtOnce() throws Exception {
        List<Boolean> made = atOnce(thread -> store().create("mail" + thread, List.of()));

        assertThat(made).containsOnly(true);
    }

    @Test
    void thereIsNoAccessToCheckOrRestore() {
        JdbcKeyRingStore store = JdbcKeyRingStore.of(source);

        assertThat(store.checkAccess()).isEmpty();
        assertThatExceptionOfType(UnsupportedOperationException.class).isThrownBy(store::restoreAccess);
    }
}
