package io.github.dkm4j.rewrap;

import io.github.dkm4j.sql.MariaDb;
import io.github.dkm4j.sql.Postgres;
import javax.sql.DataSource;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

@EnabledOnOs(
        value = OS.LINUX,
        architectures = {"amd64", "x86_64"})
class MariaDbRewrapTest extends RewrapContract {
    @Override
    DataSource database() {
        Postgres.execute(MariaDb.root(), "DROP DATABASE IF EXISTS rewrap");
        Postgres.execute(MariaDb.root(), "CREATE DATABASE rewrap");
        return MariaDb.source("rewrap", "root", "");
    }

    @Override
    String binary() {
        return "BLOB";
    }
}
