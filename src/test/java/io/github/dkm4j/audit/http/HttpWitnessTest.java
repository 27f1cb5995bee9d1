package io.github.dkm4j.audit.http;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.dkm4j.audit.AuditEvent;
import io.github.dkm4j.audit.AuditTrail;
import io.github.dkm4j.audit.http.HttpsEndpoint.Answer;
import io.github.dkm4j.audit.http.HttpsEndpoint.Request;
import io.github.dkm4j.key.AuditUnavailable;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Checkpoints that go to a real HTTPS server. */
@Timeout(60)
class HttpWitnessTest {
    private static final String NOTE = "dkm4j/accounts/00\n7\nAA==\n\n— dkm4j/accounts/00 BB==\n";
    private static final String SECRET = "kept-to-ourselves";
    private static final String BODY = "what-the-server-says";
    private static final String PATH = "/checkpoints?key=" + SECRET;
    private static final Answer KEPT = HttpsEndpoint.saying("204 No Content", "", "");

    @TempDir
    static Path identities;

    private static Path own;
    private static Path others;

    @TempDir
    Path folder;

    private HttpsEndpoint endpoint;

    @BeforeAll
    static void makeCertificates() throws IOException, InterruptedException {
        own = HttpsEndpoint.identity(identities, "ip:127.0.0.1");
        others = HttpsEndpoint.identity(identities, "dns:elsewhere.example");
    }

    @BeforeEach
    void start() throws IOException, GeneralSecurityException {
        endpoint = HttpsEndpoint.start(own, KEPT);
    }

    @AfterEach
    void stop() throws IOException {
        endpoint.close();
    }

    private static HttpClient.Builder trusting(Path identity) throws IOException, GeneralSecurityException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        store.setCertificateEntry("authority", HttpsEndpoint.certificate(identity));
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(store);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, trust.getTrustManagers(), null);
        return HttpClient.newBuilder().sslContext(context);
    }

    private HttpWitness witness() throws IOException, GeneralSecurityException {
        return HttpWitness.to(endpoint.address(PATH), trusting(own).build());
    }

    /** The message of the refusal; nobody's secrets are in it, nor in its causes. */
    private static String refusal(HttpWitness witness) {
        AuditUnavailable refusal = catchThrowableOfType(AuditUnavailable.class, () -> witness.keep(NOTE));
        assertThat(refusal).isNotNull();
        StringWriter trace = new StringWriter();
        refusal.printStackTrace(new PrintWriter(trace));
        assertThat(trace.toString()).contains("https://127.0.0.1").doesNotContain(SECRET, BODY, "?");
        return String.valueOf(refusal.getMessage());
    }

    private Path token(String text, String permissions) throws IOException {
        Path file = Files.writeString(folder.resolve("token"), text);
        return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(permissions));
    }

    @Test
    void theNoteArrivesByteForByte() throws Exception {
        witness().keep(NOTE);

        Request request = endpoint.requests().get(0);
        assertThat(request.body()).isEqualTo(NOTE);
        assertThat(request.head())
                .startsWith("POST " + PATH + " HTTP/1.1\r\n")
                .contains("\r\nContent-Type: text/plain; charset=utf-8\r\n")
                .doesNotContain("Authorization");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://127.0.0.1/",
                "https:nowhere",
                "https:///checkpoints",
                "https://under_score/",
                "https://user:kept-to-ourselves@127.0.0.1/",
                "https://127.0.0.1/#kept-to-ourselves",
                "https://127.0.0.1:0/",
                "https://127.0.0.1:65536/",
                "file:///checkpoints",
                "checkpoints"
            })
    void whatIsNoHttpsAddressIsNotTaken(String address) {
        assertThatThrownBy(() -> HttpWitness.to(URI.create(address)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("https://HOST")
                .hasMessageNotContaining(SECRET);
    }

    @Test
    void anAuthorityThatIsNotTrustedIsRefused() throws Exception {
        assertThat(refusal(
                        HttpWitness.to(endpoint.address(PATH), trusting(others).build())))
                .contains("no trusted connection");
        assertThat(refusal(HttpWitness.to(endpoint.address(PATH)))).contains("no trusted connection");
        assertThat(endpoint.requests()).isEmpty();
    }

    @Test
    void aCertificateForAnotherHostIsRefused() throws Exception {
        try (HttpsEndpoint elsewhere = HttpsEndpoint.start(others, KEPT)) {
            assertThat(refusal(HttpWitness.to(
                            elsewhere.address(PATH), trusting(others).build())))
                    .contains("no trusted connection")
                    .contains("127.0.0.1 found");
            assertThat(elsewhere.requests()).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"301 Moved Permanently", "307 Temporary Redirect"})
    void aRedirectIsNotFollowed(String status) throws Exception {
        endpoint.answer(HttpsEndpoint.saying(status, "Location: /" + BODY + "\r\n", ""));

        assertThat(refusal(witness())).contains("status " + status.substring(0, 3));
        assertThat(endpoint.requests()).hasSize(1);
    }

    @Test
    void aClientThatFollowsRedirectsIsNotTaken() throws Exception {
        HttpClient client = trusting(own).followRedirects(Redirect.NORMAL).build();

        assertThatThrownBy(() -> HttpWitness.to(endpoint.address(PATH), client))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"401 Unauthorized", "404 Not Found", "500 Internal Server Error"})
    void anyOtherStatusIsARefusal(String status) throws Exception {
        endpoint.answer(HttpsEndpoint.saying(status, "", BODY));

        assertThat(refusal(witness())).endsWith("status " + status.substring(0, 3));
    }

    @Test
    void aShortBodyIsPassedOver() throws Exception {
        endpoint.answer(HttpsEndpoint.saying("200 OK", "", BODY.repeat(100)));

        witness().keep(NOTE);
    }

    @Test
    void anEndlessBodyIsNotReadAndRefused() throws Exception {
        endpoint.answer((in, out) -> {
            out.write("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n".getBytes(US_ASCII));
            while (true) {
                out.write(BODY.getBytes(US_ASCII));
            }
        });

        assertThat(refusal(witness())).contains("more than 4096 bytes");
    }

    @Test
    void aServerThatSaysNothingIsNotWaitedFor() throws Exception {
        endpoint.answer((in, out) -> in.read());

        assertThat(refusal(witness().timeout(Duration.ofSeconds(1)))).endsWith("within PT1S");
    }

    @Test
    void aBodyThatDoesNotEndIsNotWaitedForAndItsConnectionIsClosed() throws Exception {
        CompletableFuture<Boolean> left = new CompletableFuture<>();
        endpoint.answer((in, out) -> {
            out.write("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n".getBytes(US_ASCII));
            out.flush();
            try {
                left.complete(in.read() < 0);
            } catch (IOException e) {
                left.complete(true);
            }
        });

        assertThat(refusal(witness().timeout(Duration.ofSeconds(2)))).endsWith("no answer within PT2S");
        assertThat(left).succeedsWithin(Duration.ofSeconds(20));
    }

    @Test
    void aServerThatSpeaksNoTlsIsNotWaitedFor() throws Exception {
        try (ServerSocket mute = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            HttpWitness witness = HttpWitness.to(URI.create("https://127.0.0.1:" + mute.getLocalPort() + PATH));

            assertThat(refusal(witness.timeout(Duration.ofSeconds(1)))).endsWith("within PT1S");
        }
    }

    @Test
    void aServerThatIsNotThereIsARefusal() throws Exception {
        HttpWitness witness = witness();
        endpoint.close();

        assertThat(refusal(witness)).endsWith("it cannot be reached");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "what-the-server-says\r\n\r\n",
                "HTTP/1.1 200 what-the-server-says",
                "HTTP/1.1 200 OK\r\nwhat-the-server-says",
                ""
            })
    void whatIsNotHttpIsARefusal(String said) throws Exception {
        endpoint.answer((in, out) -> out.write(said.getBytes(US_ASCII)));

        assertThat(refusal(witness())).contains("no answer: ");
    }

    @Test
    void whoIsInterruptedStaysSo() throws Exception {
        HttpWitness witness = witness();
        Thread.currentThread().interrupt();

        String refusal = refusal(witness);

        assertThat(Thread.interrupted()).isTrue();
        assertThat(refusal).contains("interrupted");
    }

    @ParameterizedTest
    @ValueSource(strings = {"PT0S", "PT-1S", "PT1H0.001S"})
    void timesOfNoSenseAreNotTaken(String timeout) throws Exception {
        HttpWitness witness = witness();

        assertThatThrownBy(() -> witness.timeout(Duration.parse(timeout))).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void theTokenIsReadForEachCheckpoint() throws Exception {
        HttpWitness witness = witness().bearerTokenFile(token("first-token\n", "rw-------"));
        witness.keep(NOTE);
        token("second+token==", "rw-------");
        witness.keep(NOTE);

        assertThat(endpoint.requests()).hasSize(2);
        assertThat(endpoint.requests().get(0).head()).contains("\r\nAuthorization: Bearer first-token\r\n");
        assertThat(endpoint.requests().get(1).head()).contains("\r\nAuthorization: Bearer second+token==\r\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"rw-r-----", "rw----r--", "rw--w----", "rw-----w-"})
    void aTokenThatOthersHaveIsNotUsed(String permissions) throws Exception {
        HttpWitness witness = witness().bearerTokenFile(token(SECRET, permissions));

        assertThat(refusal(witness)).contains("chmod 600");
        assertThat(endpoint.requests()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "\n", "kept-to-ourselves\nsecond", "kept-to-ourselves é", "kept-to-ourselves\u0000"})
    void whatIsNoTokenIsNotSent(String text) throws Exception {
        HttpWitness witness = witness().bearerTokenFile(token(text, "rw-------"));

        assertThat(refusal(witness)).contains("token file");
        assertThat(endpoint.requests()).isEmpty();
    }

    @Test
    void aTokenThatIsTooLongOrNotThereIsARefusal() throws Exception {
        Path file = token("a".repeat(8192), "rw-------");
        witness().bearerTokenFile(file).keep(NOTE);

        token("a".repeat(8193), "rw-------");
        assertThat(refusal(witness().bearerTokenFile(file))).contains("too long");
        Files.delete(file);
        assertThat(refusal(witness().bearerTokenFile(file))).contains("cannot be read", file.toString());
        assertThat(endpoint.requests()).hasSize(1);
    }

    @Test
    void theTokenIsInNoRefusalOfTheServer() throws Exception {
        endpoint.answer(HttpsEndpoint.saying("403 Forbidden", "", SECRET));

        assertThat(refusal(witness().bearerTokenFile(token(SECRET, "rw-------"))))
                .endsWith("status 403");
    }

    @Test
    void manyThreadsPostAtOnce() throws Exception {
        HttpWitness witness = witness();
        List<String> notes = IntStream.range(0, 40).mapToObj(i -> NOTE + i).toList();

        notes.parallelStream().forEach(witness::keep);

        assertThat(endpoint.requests()).extracting(Request::body).containsExactlyInAnyOrderElementsOf(notes);
    }

    @Test
    void aTrailGoesOnAndTellsThatItsCheckpointsAreNotKept() throws Exception {
        endpoint.answer(HttpsEndpoint.saying("503 Service Unavailable", "", BODY));
        try (AuditTrail trail = AuditTrail.in(folder.resolve("trails"), "accounts")
                .checkpointEvery(Duration.ZERO)
                .executor(Runnable::run)
                .witness(witness())
                .open()) {
            trail.record(new AuditEvent.AccessRefused(
                    Instant.parse("2026-11-26T10:00:00Z"), "accounts", "käthe", "DECRYPT", "no rule", 0));

            assertThat(endpoint.requests()).hasSize(2);
            assertThat(trail.doubts())
                    .singleElement()
                    .asString()
                    .contains(endpoint.address("/checkpoints") + ": it answers with status 503");
            assertThatThrownBy(trail::checkpoint)
                    .isInstanceOf(AuditUnavailable.class)
                    .hasMessageContaining("status 503");

            endpoint.answer(KEPT);
            String note = trail.checkpoint();
            assertThat(trail.doubts()).isEmpty();
            assertThat(endpoint.requests().get(3).body()).isEqualTo(note);
        }
    }
}
