package io.github.dkm4j.store.jdbc;

import io.github.dkm4j.sql.Postgres;
import io.github.dkm4j.store.KeyRingStore;
import javax.sql.DataSource;
import org.junit.jupiter.api.BeforeEach;

class PostgresKeyRingStoreTest extends SqlKeyRingStoreTestCase {
    private static final String DATABASE = Postgres.newDatabase();

    private final DataSource source = Postgres.source(DATABASE, Postgres.SUPERUSER);

    @BeforeEach
    void empty() {
        Postgres.execute(source, "DROP SCHEMA IF EXISTS dkm4j CASCADE");
    }

    @Override
    protected KeyRingStore store() {
        return JdbcKeyRingStore.of(source);
    }
}
