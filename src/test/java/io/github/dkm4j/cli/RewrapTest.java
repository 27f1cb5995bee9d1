package io.github.dkm4j.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.dkm4j.sql.Postgres;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicLong;
import javax.sql.DataSource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The tool on tables of messages. The ring has two keys; twelve rows are under the first. */
class RewrapTest extends CliTest {
    private static final int ROWS = 12;

    private final String database = Postgres.newDatabase();
    private final DataSource source = Postgres.source(database, Postgres.SUPERUSER);

    @BeforeEach
    void rows() throws Exception {
        configuration(
                "pkcs12",
                String.join(
                        "\n",
                        "policy.destroy=Mail Services",
                        "data=" + Postgres.url(database),
                        "data.user=postgres",
                        "table=accounts",
                        "table.key=id",
                        "table.message=token",
                        "table.context=account=name, kind = kind",
                        "table.context-values=purpose=test"));
        Postgres.execute(source, "CREATE TABLE accounts (id int PRIMARY KEY, name text, kind text, token bytea)");
        assertThat(run("pkcs12", "init")).as(err).isZero();
        for (int i = 0; i < ROWS; i++) {
            assertThat(run("pkcs12", "encrypt --context account=a" + i + " --context kind=k --context purpose=test"))
                    .as(err)
                    .isZero();
            insert(i, "a" + i, out);
        }
        assertThat(run("pkcs12", "keys roll-over")).as(err).isZero();
    }

    @Test
    void findsAndMovesOldRowsAndTheirKeyCanBeDestroyedThen() throws Exception {
        JsonNode before = json("inventory --json");
        assertThat(before).hasSize(2);
        assertThat(before.get(0).get("epoch").asInt()).isEqualTo(1);
        assertThat(before.get(0).get("status").asText()).isEqualTo("ARCHIVED");
        assertThat(before.get(0).get("rows").asInt()).isEqualTo(ROWS);
        assertThat(before.get(1).get("rows").asInt()).isZero();
        assertThat(run("pkcs12", "keys destroy 1 --reason retired")).isEqualTo(ExitStatus.USAGE);
        assertThat(err).contains(ROWS + " messages still use key");

        JsonNode dry = json("rewrap --table accounts --dry-run --json").get(0);
        assertThat(dry.get("dryRun").asBoolean()).isTrue();
        assertThat(dry.get("moved").asInt()).isEqualTo(ROWS);
        assertThat(json("inventory --json")).isEqualTo(before);

        JsonNode report = json("rewrap --json").get(0);
        assertThat(report.get("moved").asInt()).isEqualTo(ROWS);
        assertThat(report.get("complete").asBoolean()).isTrue();
        JsonNode after = json("inventory --json");
        assertThat(after.get(0).get("rows").asInt()).isZero();
        assertThat(after.get(1).get("rows").asInt()).isEqualTo(ROWS);
        assertThat(run("pkcs12", "keys destroy 1 --reason retired")).as(err).isZero();
    }

    @Test
    void tableMayBeGivenOnTheCommandLine() {
        assertThat(run(
                        "pkcs12",
                        "rewrap --table public.accounts --key id --message token --context account=name --context kind=kind"
                                + " --context-value purpose=test --data " + Postgres.url(database)
                                + " --data-user postgres"))
                .as(err)
                .isZero();
        assertThat(new String(out, UTF_8)).startsWith("public.accounts: 12 rows moved");
    }

    @Test
    void rowsThatAreLeftAreListedAndEndInStatus1() throws Exception {
        Postgres.execute(source, "UPDATE accounts SET name = 'other' WHERE id = 3");

        assertThat(run("pkcs12", "rewrap")).isEqualTo(ExitStatus.INTERNAL);

        assertThat(new String(out, UTF_8)).contains("11 rows moved", "1 cannot be opened", "  3: ");
        assertThat(json("inventory --json").get(0).get("rows").asInt()).isEqualTo(1);
    }

    @Test
    void rowsUnderARevokedKeyAreMovedOnRequestOnlyAndListedInAFile() throws Exception {
        assertThat(run("pkcs12", "keys revoke 1 --reason stolen")).as(err).isZero();
        assertThat(run("pkcs12", "rewrap")).isEqualTo(ExitStatus.INTERNAL);
        assertThat(new String(out, UTF_8)).contains("12 under revoked keys, left where they are");

        Path list = folder.resolve("revoked-rows");
        assertThat(run("pkcs12", "rewrap --workers 1 --include-revoked " + list))
                .as(err)
                .isZero();

        assertThat(new String(out, UTF_8)).contains("authenticity is lost");
        assertThat(Files.readAllLines(list))
                .hasSize(ROWS)
                .allMatch(line -> line.matches("accounts\t\\d+\t1\t[0-9a-f]{16}"));
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(list)))
                .isEqualTo("rw-------");
    }

    @Test
    void rowsAreListedByKeyVersionAndThenByKey() throws Exception {
        run("pkcs12", "encrypt --context account=b --context kind=k --context purpose=test");
        insert(-1, "other", out);
        assertThat(run("pkcs12", "keys roll-over")).as(err).isZero();
        assertThat(run("pkcs12", "keys revoke 1 --reason stolen")).as(err).isZero();
        Postgres.execute(source, "UPDATE accounts SET name = 'other' WHERE id = 0");
        Postgres.execute(source, "UPDATE accounts SET token = 'none' WHERE id = 1");
        String list = " --include-revoked " + folder.resolve("revoked-rows");

        assertThat(run("pkcs12", "rewrap --json --workers 3 --batch 2" + list)).isEqualTo(ExitStatus.INTERNAL);

        JsonNode rows = new ObjectMapper().readTree(out).get(0).get("rows");
        assertThat(rows.findValuesAsText("key"))
                .containsExactly("0", "10", "11", "2", "3", "4", "5", "6", "7", "8", "9", "-1", "1");
        assertThat(rows.get(0).get("reason").asText()).isEqualTo("UNREADABLE");
        assertThat(rows.get(1).get("reason").asText()).isEqualTo("MOVED_DESPITE_REVOCATION");
        assertThat(rows.get(11).get("epoch").asInt()).isEqualTo(2);
        assertThat(rows.get(12).get("epoch").isNull()).isTrue();
    }

    @Test
    void keysOfRowsDoNothingToTheTerminal() {
        Postgres.execute(
                source,
                "CREATE TABLE named AS SELECT E'\\x1b[2J\\t\\\\' || id AS id, name || 'x' AS name, kind, token"
                        + " FROM accounts WHERE id = 3");

        assertThat(run(
                        "pkcs12",
                        "rewrap --table named --key id --message token --context account=name --context kind=kind"
                                + " --context-value purpose=test"))
                .isEqualTo(ExitStatus.INTERNAL);

        assertThat(new String(out, UTF_8))
                .contains("  \\" + "u001b[2J\\t\\\\3: ")
                .doesNotContain("\u001b", "\t");
    }

    @Test
    void contentsOfRowsAreNotInErrors() {
        Postgres.execute(source, "ALTER TABLE accounts ADD CONSTRAINT never CHECK (false) NOT VALID");

        assertThat(run("pkcs12", "rewrap --workers 1")).isEqualTo(ExitStatus.UNAVAILABLE);

        assertThat(err).contains("never").doesNotContain("Failing row", "a0");
    }

    @Test
    void authoritiesOfADatabaseOnTheCommandLineAreUsed() {
        String data = " --data " + Postgres.url(database) + " --data-user postgres --data-ca-file ";
        assertThat(run("pkcs12", "rewrap" + data + folder.resolve("ca.pem"))).isEqualTo(ExitStatus.UNAVAILABLE);
        assertThat(err).containsIgnoringCase("ssl");

        assertThat(run("pkcs12", "rewrap --data jdbc:h2:mem:x --data-ca-file ca.pem"))
                .isEqualTo(ExitStatus.USAGE);
        assertThat(err).contains("ca-file is for PostgreSQL");
        assertThat(run("pkcs12", "rewrap --data-ca-file ca.pem")).isEqualTo(ExitStatus.USAGE);
        assertThat(err).contains("go with --data");
    }

    @Test
    void wrongUseIsSaid() throws Exception {
        for (String wrong : new String[] {
            "rewrap --table nowhere",
            "rewrap --table accounts --key id",
            "rewrap --context a=b",
            "rewrap --workers 0",
            "rewrap --batch 0",
            "rewrap --table x;y --key id --message token",
            "inventory --table nowhere"
        }) {
            assertThat(run("pkcs12", wrong)).as(wrong).isEqualTo(ExitStatus.USAGE);
            assertThat(err).hasLineCount(1);
        }
        assertThat(run("pkcs12", "inventory --table nowhere --key id --message token"))
                .isEqualTo(ExitStatus.USAGE);
        configuration("pkcs12", "");
        assertThat(run("pkcs12", "rewrap")).isEqualTo(ExitStatus.USAGE);
        configuration("pkcs12", "table=accounts\ntable.key=id");
        assertThat(run("pkcs12", "keys list")).isEqualTo(ExitStatus.USAGE);
        assertThat(err).contains("table.message");
    }

    @Test
    void progressBarStaysOnOneLineAndEndsFull() {
        ByteArrayOutputStream shown = new ByteArrayOutputStream();
        AtomicLong nanos = new AtomicLong();
        ProgressBar bar = new ProgressBar(new PrintStream(shown, true, UTF_8), nanos::get);
        for (int done = 0; done <= 1000; done++) {
            nanos.addAndGet(1_000_000);
            bar.show(done, 1000);
        }
        bar.end();

        String text = shown.toString(UTF_8);
        assertThat(text.split("\n", -1)).hasSize(2);
        assertThat(text.split("\r", -1)).hasSizeBetween(10, 13);
        assertThat(text).contains("[##############################] 100 %  1,000 of 1,000 rows");
    }

    private JsonNode json(String command) throws IOException {
        assertThat(run("pkcs12", command)).as(err).isZero();
        return new ObjectMapper().readTree(out);
    }

    private void insert(int id, String name, byte[] token) throws SQLException {
        try (Connection connection = source.getConnection();
                PreparedStatement insert = connection.prepareStatement("INSERT INTO accounts VALUES (?, ?, 'k', ?)")) {
            insert.setInt(1, id);
            insert.setString(2, name);
            insert.setBytes(3, token);
            insert.executeUpdate();
        }
    }
}
