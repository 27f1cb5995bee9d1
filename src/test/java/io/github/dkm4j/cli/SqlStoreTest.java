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
import org.junit.jupiter.api.Test;

/** The tool on rings in databases. */
class SqlStoreTest extends CliTest {
    @Test
    void ringOnPostgresIsMadeUsedRolledOverAndReadAgain() throws Exception {
        String database = Postgres.newDatabase();
        store("store=" + Postgres.url(database), "store.user=postgres");
        assertThat(run("pkcs12", "init")).as(err).isZero();
        assertThat(run("pkcs12", "encrypt")).as(err).isZero();
        byte[] message = out;
        for (int i = 0; i < 3; i++) {
            assertThat(run("pkcs12", "keys roll-over")).as(err).isZero();
        }

        assertThat(run("pkcs12", "decrypt", message)).as(err).isZero();
        assertThat(out).isEqualTo(TOKEN);
        assertThat(run("pkcs12", "health")).as(new String(out, UTF_8)).isZero();
        assertThat(run("pkcs12", "init")).isEqualTo(ExitStatus.USAGE);
    }

    @Test
    void serviceWhoseLoginIsARunTimeRoleMayNotRevoke() throws Exception {
        String database = Postgres.newDatabase();
        String roles = "DROP ROLE IF EXISTS tool_service, tool_operator; CREATE ROLE tool_service LOGIN IN ROLE"
                + " dkm4j_runtime; CREATE ROLE tool_operator LOGIN IN ROLE dkm4j_administrator";
        Postgres.execute(Postgres.source(database, Postgres.SUPERUSER), JdbcKeyRingStore.schema("postgresql"));
        Postgres.execute(Postgres.source(database, Postgres.SUPERUSER), JdbcKeyRingStore.schema("postgresql-roles"));
        Postgres.execute(Postgres.source(database, Postgres.SUPERUSER), roles);
        store("store=" + Postgres.url(database), "store.user=tool_operator");
        assertThat(run("pkcs12", "init")).as(err).isZero();

        store("store=" + Postgres.url(database), "store.user=tool_service");
        assertThat(run("pkcs12", "encrypt")).as(err).isZero();
        byte[] message = out;
        assertThat(run("pkcs12", "keys revoke 1 --reason test")).isEqualTo(ExitStatus.DENIED);
        assertThat(err).contains("row-level security");

        store("store=" + Postgres.url(database), "store.user=tool_operator");
        assertThat(run("pkcs12", "decrypt", message)).as(err).isZero();
        assertThat(run("pkcs12", "keys revoke 1 --reason test")).as(err).isZero();
        assertThat(run("pkcs12", "decrypt", message)).isEqualTo(ExitStatus.KEY);
    }

    @Test
    void ringOnH2NeedsItsPassword() throws Exception {
        secret("password", "swordfish\n");
        secret("wrong", "catfish\n");
        String url = "store=jdbc:h2:file:" + folder.resolve("database");
        store(url, "store.user=sa\nstore.password-file=" + folder.resolve("password"));
        assertThat(run("pkcs12", "init")).as(err).isZero();

        store(url, "store.user=sa\nstore.password-file=" + folder.resolve("wrong"));
        assertThat(run("pkcs12", "keys list")).isEqualTo(ExitStatus.UNAVAILABLE);

        store(url, "store.user=sa\nstore.password-file=" + folder.resolve("password"));
        assertThat(run("pkcs12", "keys list --json")).as(err).isZero();
        JsonNode keys = new ObjectMapper().readTree(out);
        assertThat(keys).hasSize(1);
    }

    @Test
    void databaseThatCannotBeReachedIsUnavailable() throws Exception {
        store("store=jdbc:postgresql://127.0.0.1:1/none", "store.user=nobody");

        assertThat(run("pkcs12", "keys list")).isEqualTo(ExitStatus.UNAVAILABLE);
        assertThat(err).hasLineCount(1);
    }

    @Test
    void passwordsInUrlsAndUnknownDriversAreUsageErrors() throws Exception {
        store("store=jdbc:postgresql://127.0.0.1/x?user=a&password=b", "");
        assertThat(run("pkcs12", "keys list")).isEqualTo(ExitStatus.USAGE);
        assertThat(err).contains("file of its own").doesNotContain("password=b");

        store("store=jdbc:mysql://someone:secret@127.0.0.1/x", "");
        assertThat(run("pkcs12", "keys list")).isEqualTo(ExitStatus.USAGE);
        assertThat(err).contains("file of its own").doesNotContain("secret", "jdbc:");

        store("store=jdbc:nothing:x", "");
        assertThat(run("pkcs12", "keys list")).isEqualTo(ExitStatus.USAGE);
        assertThat(err).contains("--driver-path");
    }

    @Test
    void certificateOfAServerOnTheNetworkIsAskedFor() throws Exception {
        // Not on the loopback's names, so the server, which has no TLS, is not spoken to.
        String url = Postgres.url("postgres").replace("127.0.0.1", "0.0.0.0");
        store("store=" + url, "store.user=postgres");

        assertThat(run("pkcs12", "keys list")).isEqualTo(ExitStatus.UNAVAILABLE);
        assertThat(err).containsIgnoringCase("ssl");
    }

    @Test
    void certificateIsAskedForAlsoWhereTheUrlsQueryNamesTheServer() throws Exception {
        String server = Postgres.url("postgres").replaceFirst(".*:([0-9]+)/.*", "0.0.0.0&port=$1");
        store("store=jdbc:postgresql://localhost:1/postgres?host=" + server, "store.user=postgres");

        assertThat(run("pkcs12", "keys list")).isEqualTo(ExitStatus.UNAVAILABLE);
        assertThat(err).containsIgnoringCase("ssl");
    }

    @Test
    void authoritiesThatNothingWouldUseAreUsageErrors() throws Exception {
        for (String store : new String[] {"store=jdbc:h2:mem:x", "store=file:" + folder.resolve("store")}) {
            store(store, "store.ca-file=ca.pem");
            assertThat(run("pkcs12", "keys list")).as(store).isEqualTo(ExitStatus.USAGE);
            assertThat(err).contains("ca-file");
        }
        store("store=jdbc:h2:mem:x", "table=a\ntable.key=b\ntable.message=c\ndata.ca-file=ca.pem");
        assertThat(run("pkcs12", "keys list")).isEqualTo(ExitStatus.USAGE);
        assertThat(err).contains("data.ca-file");
    }

    @Test
    void printsTheSchema() {
        for (String product : new String[] {"postgresql", "postgresql-roles", "mariadb", "h2"}) {
            assertThat(execute(TOKEN, "store", "schema", product)).as(err).isZero();
            assertThat(new String(out, UTF_8)).contains("dkm4j.records");
        }
        assertThat(execute(TOKEN, "store", "schema", "oracle")).isEqualTo(ExitStatus.USAGE);
    }

    private void store(String store, String more) throws IOException {
        configuration("pkcs12", more);
        Path file = folder.resolve("pkcs12.properties");
        Files.writeString(file, Files.readString(file).replaceFirst("(?m)^store=.*$", store));
    }
}
