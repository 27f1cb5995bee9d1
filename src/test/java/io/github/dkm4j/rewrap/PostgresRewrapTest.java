package io.github.dkm4j.rewrap;

import io.github.dkm4j.sql.Postgres;
import javax.sql.DataSource;

class PostgresRewrapTest extends RewrapContract {
    @Override
    DataSource database() {
        return Postgres.source(Postgres.newDatabase(), Postgres.SUPERUSER);
    }

    @Override
    String binary() {
        return "BYTEA";
    }
}
