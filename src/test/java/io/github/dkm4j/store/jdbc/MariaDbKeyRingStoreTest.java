package io.github.dkm4j.store.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dkm4j.sql.MariaDb;
import io.github.dkm4j.sql.Postgres;
import io.github.dkm4j.store.KeyRingStore;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

@EnabledOnOs(
        value = OS.LINUX,
        architectures = {"amd64", "x86_64"})
class MariaDbKeyRingStoreTest extends SqlKeyRingStoreTestCase {
    @BeforeEach
    void empty() {
        Postgres.execute(MariaDb.root(), "DROP DATABASE IF EXISTS dkm4j");
    }

    @Override
    protected KeyRingStore store() {
        return JdbcKeyRingStore.of(MariaDb.root());
    }

    @Test
    void saysThatGrantsAreNotCheckedWhenAskedAndOnlyThen() {
        JdbcKeyRingStore store = JdbcKeyRingStore.of(MariaDb.root());

        assertThat(store.checkAccess()).singleElement().asString().contains("not checked");
        assertThat(store.doubts()).noneMatch(doubt -> doubt.contains("not checked"));
    }
}
