package io.github.dkm4j.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.dkm4j.audit.http.HttpsEndpoint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The keys of a configuration that say where checkpoints go by HTTPS. */
class HttpWitnessCommandTest extends CliTest {
    private static final String ADDRESS = "https://127.0.0.1:1/checkpoints?key=kept-to-ourselves";

    private int initWith(String lines) throws IOException {
        configuration("pkcs12", "audit=file:" + folder.resolve("trails") + "\n" + lines);
        return run("pkcs12", "init");
    }

    @Test
    void checkpointsThatArrivedProveTheTrail() throws Exception {
        Path identity = HttpsEndpoint.identity(folder, "ip:127.0.0.1");
        Path authority = Files.writeString(folder.resolve("ca.pem"), HttpsEndpoint.pem(identity));
        secret("token", "a-token\n");
        try (HttpsEndpoint endpoint = HttpsEndpoint.start(identity, HttpsEndpoint.saying("201 Created", "", "kept"))) {
            assertThat(initWith("audit.witness=" + endpoint.address("/checkpoints?key=1") + "\naudit.witness.ca-file="
                            + authority + "\naudit.witness.token-file=" + folder.resolve("token")))
                    .as(err)
                    .isZero();

            assertThat(endpoint.requests())
                    .isNotEmpty()
                    .allSatisfy(request -> assertThat(request.head())
                            .startsWith("POST /checkpoints?key=1 HTTP/1.1\r\n")
                            .contains("\r\nAuthorization: Bearer a-token\r\n"));
            Path arrived = Files.writeString(
                    folder.resolve("arrived"),
                    endpoint.requests().stream()
                            .map(HttpsEndpoint.Request::body)
                            .collect(Collectors.joining("\n")));
            String verify = "audit verify --dir " + folder.resolve("trails") + " --checkpoints " + arrived;
            assertThat(execute(new byte[0], verify.split(" ", -1))).as(err).isZero();
            assertThat(new String(out, UTF_8)).contains(" VERIFIED, ");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://127.0.0.1/checkpoints?key=kept-to-ourselves",
                "https://kept-to-ourselves@127.0.0.1/checkpoints",
                "https://127.0.0.1/check points?key=kept-to-ourselves",
                "https:"
            })
    void anAddressThatIsNotHttpsIsAnError(String address) throws IOException {
        assertThat(initWith("audit.witness=" + address)).isEqualTo(2);
        assertThat(err).contains("audit.witness").doesNotContain("kept-to-ourselves");
    }

    @ParameterizedTest
    @ValueSource(strings = {"ca-file", "token-file"})
    void whatIsForHttpsGoesWithNothingElse(String key) throws IOException {
        String line = "audit.witness." + key + "=" + folder.resolve("passphrase");

        assertThat(initWith("audit.witness=file:" + folder.resolve("witness") + "\n" + line))
                .isEqualTo(2);
        assertThat(err).contains("audit.witness." + key + " goes with audit.witness=https://");
        assertThat(initWith(line)).isEqualTo(2);
    }

    @Test
    void aFileWithoutCertificatesIsAnError() throws IOException {
        Path empty = Files.writeString(folder.resolve("empty"), "");
        Path other = Files.writeString(folder.resolve("other"), "no certificate");
        for (Path file : new Path[] {empty, other, folder.resolve("nowhere")}) {
            assertThat(initWith("audit.witness=" + ADDRESS + "\naudit.witness.ca-file=" + file))
                    .isEqualTo(2);
            assertThat(err).contains("audit.witness.ca-file", file.toString()).doesNotContain("kept-to-ourselves");
        }
    }

    @Test
    void anUnknownKeyIsAnError() throws IOException {
        assertThat(initWith("audit.witness=" + ADDRESS + "\naudit.witness.tokenfile=" + folder.resolve("token")))
                .isEqualTo(2);
        assertThat(err).contains("did you mean audit.witness.token-file?");
    }
}
