package io.github.dkm4j.crash;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dkm4j.sql.Postgres;
import io.github.dkm4j.store.KeyRingStore;
import io.github.dkm4j.store.jdbc.JdbcKeyRingStore;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;

/** A ring in PostgreSQL, which ends the connections of all its clients now and then. */
class PostgresCrashTest extends CrashTest {
    private final String database = Postgres.newDatabase();
    private final AtomicInteger disconnections = new AtomicInteger();

    @Override
    KeyRingStore store() {
        return JdbcKeyRingStore.of(Postgres.source(database, Postgres.SUPERUSER));
    }

    @Override
    List<String> location() {
        return List.of(Postgres.url(database), Postgres.SUPERUSER);
    }

    @Override
    void disturb(Random random) {
        disconnections.addAndGet(Postgres.disconnectAll(database));
    }

    @Override
    void check(Aftermath aftermath) {
        System.out.println(disconnections + " connections were ended");
        assertThat(aftermath.refusalsBut(CLOCKS_DISAGREE, STORE_UNAVAILABLE)).isEmpty();
    }
}
