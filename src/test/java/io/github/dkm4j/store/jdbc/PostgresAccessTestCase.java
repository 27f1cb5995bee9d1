package io.github.dkm4j.store.jdbc;

import io.github.dkm4j.sql.Postgres;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;

/**
 * A database as the shipped scripts make it, with services, operators and a stranger, for each test anew. It has a server of
 * its own, for roles are the whole server's.
 */
abstract class PostgresAccessTestCase {
    @SuppressWarnings("NullAway.Init") // JUnit sets it
    private static EmbeddedPostgres server;

    final DataSource owner = server.getPostgresDatabase();
    final JdbcKeyRingStore store = JdbcKeyRingStore.of(owner);

    @BeforeAll
    static void start() throws IOException {
        server = Postgres.durable().start();
    }

    @AfterAll
    static void stop() throws IOException {
        server.close();
    }

    @BeforeEach
    void asShipped() {
        Postgres.execute(owner, JdbcKeyRingStore.schema("postgresql"));
        Postgres.execute(owner, JdbcKeyRingStore.schema("postgresql-roles"));
        Postgres.execute(
                owner,
                "CREATE ROLE svc_mail LOGIN IN ROLE dkm4j_runtime; CREATE ROLE ops LOGIN IN ROLE dkm4j_administrator;"
                        + " CREATE ROLE stranger LOGIN; CREATE ROLE files_services IN ROLE dkm4j_client;"
                        + " CREATE ROLE svc_files LOGIN IN ROLE files_services;"
                        + " INSERT INTO dkm4j.rings (name) VALUES ('mail');"
                        + " INSERT INTO dkm4j.rings (name, runtime_role) VALUES ('files', 'files_services')");
    }

    @AfterEach
    void dropAll() {
        String roles = "svc_mail, ops, stranger, files_services, svc_files, dkm4j_runtime, dkm4j_restorer,"
                + " dkm4j_administrator, dkm4j_client";
        Postgres.execute(owner, "DROP VIEW IF EXISTS public.all_keys; DROP TABLE IF EXISTS public.parent CASCADE");
        Postgres.execute(owner, "DROP SCHEMA dkm4j CASCADE; DROP OWNED BY " + roles + "; DROP ROLE " + roles);
    }

    static DataSource as(String role) {
        return server.getDatabase(role, "postgres");
    }
}
