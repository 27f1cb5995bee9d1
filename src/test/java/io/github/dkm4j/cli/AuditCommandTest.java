package io.github.dkm4j.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class AuditCommandTest extends CliTest {
    private Path trails;
    private Path witness;

    @BeforeEach
    void useTheRing() throws IOException {
        trails = folder.resolve("trails");
        witness = folder.resolve("witness");
        configuration(
                "pkcs12",
                "audit=file:" + trails + "\naudit.witness=file:" + witness
                        + "\naudit.each-use=true\naudit.context-values=tenant\n");
        assertThat(run("pkcs12", "init")).as(err).isZero();
        assertThat(run("pkcs12", "encrypt --context tenant=contoso --context account=4711"))
                .as(err)
                .isZero();
        assertThat(run("pkcs12", "keys roll-over")).as(err).isZero();
    }

    private int audit(String command) {
        return execute(new byte[0], ("audit " + command).split(" ", -1));
    }

    private Path file() throws IOException {
        try (Stream<Path> all = Files.walk(trails)) {
            return all.filter(path -> path.toString().endsWith(".trail"))
                    .findFirst()
                    .orElseThrow();
        }
    }

    private JsonNode json() throws IOException {
        return new ObjectMapper().readTree(out);
    }

    @Test
    void processesOneAfterTheOtherWriteOneTrailThatIsVerifiedWithKeyAndWitness() throws IOException {
        assertThat(audit("keys --dir " + trails)).isZero();
        String key = new String(out, UTF_8).strip();
        assertThat(key).startsWith("dkm4j/connected-accounts/");
        Path keys = Files.writeString(folder.resolve("keys"), key + "\n");

        assertThat(audit("verify --json --dir " + trails + " --key " + keys + " --checkpoints " + witness))
                .as(err)
                .isZero();
        JsonNode report = json().get(0);
        assertThat(report.get("verdict").asText()).isEqualTo("VERIFIED");
        assertThat(report.get("proven").asInt())
                .isEqualTo(report.get("records").asInt() - 1)
                .isGreaterThan(12);
        assertThat(audit("verify --config " + folder.resolve("pkcs12.properties")))
                .isZero();
        assertThat(new String(out, UTF_8)).contains(" VERIFIED, ");
    }

    @Test
    void aChangeIsExitStatus1AndAnEndThatIsNotThereIs7() throws IOException {
        List<String> lines = Files.readAllLines(file());
        Files.write(file(), lines.subList(0, lines.size() - 3));
        assertThat(audit("verify --dir " + trails)).isEqualTo(7);
        assertThat(new String(out, UTF_8)).contains("has not ended");
        assertThat(audit("verify --dir " + trails + " --checkpoints " + witness))
                .isEqualTo(1);
        assertThat(new String(out, UTF_8)).contains("are missing");
        lines.set(4, lines.get(4).replace("pkcs12", "pkcs11").replaceFirst("Z ", "1Z "));
        Files.write(file(), lines);
        assertThat(audit("verify --dir " + trails)).isEqualTo(1);
        assertThat(new String(out, UTF_8)).contains("record 4 was altered");
        assertThat(audit("verify --dir " + folder.resolve("nowhere"))).isEqualTo(6);
        assertThat(audit("verify")).isEqualTo(2);
    }

    @Test
    void reportsAreOfEventsByCallerKeyOperationAndTime() throws IOException {
        assertThat(audit("report --json --operation encrypt --dir " + trails)).isZero();
        assertThat(json()).singleElement().satisfies(record -> {
            assertThat(record.get("type").asText()).isEqualTo("keyUsed");
            assertThat(record.get("fields").get("context").asText()).isEqualTo("account, tenant=contoso");
            assertThat(record.get("fields").get("ring").asText()).isEqualTo("connected-accounts");
        });
        String key = json().get(0).get("fields").get("key").asText();
        assertThat(audit("report --key " + key + " --dir " + trails)).isZero();
        assertThat(new String(out, UTF_8).lines().map(line -> line.split(" ", -1)[1]))
                .containsExactly("keyUsed");
        assertThat(audit("report --operation keyCreated --since 2999-01-01T00:00:00Z --dir " + trails))
                .isZero();
        assertThat(out).isEmpty();
        assertThat(audit("report --caller nobody --dir " + trails)).isZero();
        assertThat(out).isEmpty();
        assertThat(audit("report --since yesterday --dir " + trails)).isEqualTo(2);
        assertThat(audit("tail -n 2 --dir " + trails)).isZero();
        assertThat(new String(out, UTF_8).lines().map(line -> line.split(" ", -1)[1]))
                .containsExactly("ended", "checkpoint");
    }

    @Test
    void theNewestCheckpointCanBeCarriedAway() throws IOException {
        assertThat(audit("checkpoint --dir " + trails)).isZero();
        Path carried = folder.resolve("carried");
        Files.write(carried, out);

        assertThat(audit("verify --json --dir " + trails + " --checkpoints " + carried))
                .isZero();
        assertThat(json().get(0).get("proven").asInt())
                .isEqualTo(json().get(0).get("records").asInt() - 1);
    }

    @Test
    void nothingIsAdministeredWhereTheTrailCannotBeWritten() throws IOException {
        Path blocked = Files.writeString(folder.resolve("blocked"), "a file");
        configuration("pkcs12", "audit=file:" + blocked + "\n");

        assertThat(run("pkcs12", "keys roll-over")).isEqualTo(6);
        assertThat(err).contains("there can be no audit trail");
    }

    @Test
    void whatIsNoCheckpointAmongThemIsNotPassedOver() throws IOException {
        String notes = Files.readString(witness);
        for (String odd : List.of("# moved by ops\n\n" + notes, notes.replace("\n", "\r\n"), notes + "torn", "")) {
            Path file = Files.writeString(folder.resolve("odd"), odd);
            assertThat(audit("verify --dir " + trails + " --checkpoints " + file))
                    .isEqualTo(2);
        }
        Path none = Files.writeString(folder.resolve("none"), "\n");
        assertThat(audit("verify --dir " + trails + " --key " + none)).isEqualTo(2);
    }

    @Test
    void theRingsStoreShowsWhatTheTrailAloneDoesNot() throws IOException {
        String config = " --config " + folder.resolve("pkcs12.properties");
        assertThat(audit("verify --json" + config)).as(err).isZero();
        assertThat(json().get(0).get("proven").asInt())
                .isEqualTo(json().get(0).get("records").asInt() - 1);
        assertThat(audit("keys --dir " + trails)).isZero();
        byte[] keys = out.clone();

        List<String> lines = Files.readAllLines(file());
        List<String> untilAnEarlierEnd = lines.subList(0, lines.indexOf(lastStarted(lines)));
        Files.write(file(), untilAnEarlierEnd);
        assertThat(audit("verify --dir " + trails)).isZero();
        assertThat(audit("verify" + config)).isEqualTo(1);
        assertThat(new String(out, UTF_8)).contains("are missing");

        Files.move(trails, folder.resolve("away"));
        assertThat(audit("verify" + config)).isEqualTo(1);
        assertThat(new String(out, UTF_8)).contains("the trail is not there");
        Files.createDirectory(trails);
        assertThat(audit("keys" + config)).isZero();
        assertThat(out).isEqualTo(keys);
    }

    private static String lastStarted(List<String> lines) {
        return lines.stream()
                .filter(line -> line.contains(" started "))
                .reduce((a, b) -> b)
                .orElseThrow();
    }

    @Test
    void aTrailOfAnotherDirectoryIsExpectedOnRequestOnly() throws IOException {
        Path elsewhere = folder.resolve("elsewhere");
        configuration("pkcs12", "audit=file:" + elsewhere + "\n");
        assertThat(run("pkcs12", "keys list")).as(err).isZero();
        String config = " --config " + folder.resolve("pkcs12.properties");

        assertThat(audit("verify" + config)).as(err).isZero();
        assertThat(new String(out, UTF_8).lines()).hasSize(2).last().asString().startsWith("not looked for: 1 of ");
        assertThat(audit("verify --all" + config)).isEqualTo(1);
        assertThat(new String(out, UTF_8)).contains("the trail is not there");
    }

    @Test
    void nothingIsPutIntoTheStoreWhereThatIsSwitchedOff() throws IOException {
        Path elsewhere = folder.resolve("elsewhere");
        configuration("pkcs12", "audit=file:" + elsewhere + "\naudit.in-store=false\n");
        assertThat(run("pkcs12", "keys list")).as(err).isZero();
        String config = " --config " + folder.resolve("pkcs12.properties");

        assertThat(audit("keys" + config)).isZero();
        assertThat(new String(out, UTF_8).lines()).hasSize(1);
        configuration("pkcs12", "audit=file:" + elsewhere + "\n");
        assertThat(audit("keys" + config)).isZero();
        assertThat(new String(out, UTF_8).lines()).hasSize(2);
    }

    @Test
    void whatOthersMayHaveWrittenDoesNothingToATerminal() throws IOException {
        String name = "dkm4j/\u001b]0;owned\u0007\u009b2J\u202e";
        Path odd = Files.writeString(folder.resolve("odd"), name + "\n1\nAAAA\ntime now\n\n\u2014 a b\n");
        assertThat(audit("verify --dir " + trails + " --checkpoints " + odd)).isEqualTo(1);
        assertThat(new String(out, UTF_8)).contains("dkm4j/?]0;owned??2J? ALTERED, ");

        String records = Files.readString(file());
        Files.writeString(file(), records + "99 - 2026-01-01T00:00:00Z checkpoint note=a%0A%1B[2J%0D%0Ab%0A\n");
        assertThat(audit("checkpoint --dir " + trails)).isZero();
        assertThat(new String(out, UTF_8)).isEqualTo("a\n?[2J\nb\n\n");
        assertThat(audit("tail -n 1 --operation checkpoint --dir " + trails)).isZero();

        assertThat(audit("keys --dir " + folder.resolve("\u001b[2Jnowhere"))).isEqualTo(6);
        assertThat(err).contains("?[2Jnowhere").doesNotContain("\u001b");
    }
}
