package io.github.dkm4j.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.dkm4j.sql.Postgres;
import io.github.dkm4j.store.jdbc.JdbcKeyRingStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The tool's check of who may reach a store. */
class StoreAccessTest extends CliTest {
    private static final String DRIFT = "GRANT SELECT ON dkm4j.records TO PUBLIC";
    private static final String FINDING =
            "table dkm4j.records, SELECT for PUBLIC (granted) is not of the shipped scripts: run postgresql-roles again";

    @Test
    void databaseIsCheckedAndPutRight() throws Exception {
        DataSource owner = database();
        assertThat(run("pkcs12", "store check-acl")).as(new String(out, UTF_8)).isZero();
        assertThat(out).isEmpty();

        Postgres.execute(owner, DRIFT);
        assertThat(run("pkcs12", "store check-acl")).isEqualTo(1);
        assertThat(new String(out, UTF_8).lines()).containsExactly(FINDING);

        assertThat(run("pkcs12", "store check-acl --fix")).isZero();
        assertThat(new String(out, UTF_8).lines()).containsExactly("fixed: " + FINDING);
        assertThat(run("pkcs12", "store check-acl --fix")).isZero();
        assertThat(out).isEmpty();
    }

    @Test
    void findingsComeAsJson() throws Exception {
        DataSource owner = database();
        Postgres.execute(owner, DRIFT + "; ALTER TABLE dkm4j.records ADD more text");

        assertThat(run("pkcs12", "store check-acl --json")).isEqualTo(1);
        JsonNode found = new ObjectMapper().readTree(out);
        assertThat(found.get("findings")).hasSize(2);
        assertThat(found.get("fixed")).isEmpty();

        assertThat(run("pkcs12", "store check-acl --json --fix")).isEqualTo(1);
        JsonNode after = new ObjectMapper().readTree(out);
        assertThat(after.get("findings")).hasSize(1);
        assertThat(after.get("findings").get(0).asText()).startsWith("column dkm4j.records.more");
        assertThat(after.get("fixed").get(0).asText()).isEqualTo(FINDING);
    }

    @Test
    void ringsHealthTellsTheFindings() throws Exception {
        DataSource owner = database();
        assertThat(run("pkcs12", "init")).as(err).isZero();
        Postgres.execute(owner, DRIFT);

        run("pkcs12", "health");

        assertThat(new String(out, UTF_8)).contains(FINDING);
    }

    @Test
    void h2HasNothingToCheckAndNothingToFix() throws Exception {
        store("store=jdbc:h2:mem:access", "store.user=sa");
        assertThat(run("pkcs12", "store check-acl")).as(err).isZero();
        assertThat(run("pkcs12", "store check-acl --fix")).as(err).isZero();
    }

    @Test
    void filesHaveTheirModesAlone() {
        assertThat(run("pkcs12", "store check-acl")).isEqualTo(ExitStatus.USAGE);
        assertThat(err).hasLineCount(1).contains("modes of its files");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "store=ad:example.com",
                "store=AD:example.com",
                "store=ldaps://dc1.example.com\nstore.confirmed-by=ad:example.com",
                "store=ldaps://dc1.example.com\nstore.confirmed-by=Ad:example.com"
            })
    void storesInADirectoryNameTheirServers(String servers) throws Exception {
        store(servers, "");

        for (String command : new String[] {"health", "init", "store provision", "store check-acl"}) {
            assertThat(run("pkcs12", command)).isEqualTo(ExitStatus.USAGE);
            assertThat(err).hasLineCount(1).contains("must name its domain controllers");
        }
    }

    private DataSource database() throws IOException {
        String database = Postgres.newDatabase();
        DataSource owner = Postgres.source(database, Postgres.SUPERUSER);
        Postgres.execute(owner, JdbcKeyRingStore.schema("postgresql"));
        Postgres.execute(owner, JdbcKeyRingStore.schema("postgresql-roles"));
        store("store=" + Postgres.url(database), "store.user=postgres");
        return owner;
    }

    private void store(String store, String more) throws IOException {
        configuration("pkcs12", more);
        Path file = folder.resolve("pkcs12.properties");
        Files.writeString(file, Files.readString(file).replaceFirst("(?m)^store=.*$", store));
    }
}
