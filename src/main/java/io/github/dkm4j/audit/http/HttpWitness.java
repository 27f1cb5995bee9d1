package io.github.dkm4j.audit.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.dkm4j.audit.CheckpointWitness;
import io.github.dkm4j.key.AuditUnavailable;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Redirect;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * Posts checkpoints to an HTTPS address, whose answer 2xx says that a checkpoint is kept; any other answer, a redirect too,
 * and none in time are refusals. It is a witness if the trail's host can add to what is kept there and change nothing.
 *
 * <p>The body is the note in UTF-8, as {@code text/plain}. The server's certificate and its name are checked by the JDK.
 * Messages of errors have the address without its query, and nothing that the server said. Immutable, and safe for use by
 * many threads.
 *
 * <pre>{@code
 * AuditTrail.in(directory, ring).witness(HttpWitness.to(URI.create("https://log.example.com/checkpoints")))
 * }</pre>
 */
public final class HttpWitness implements CheckpointWitness {
    private static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(10);
    private static final Duration LONGEST_TIMEOUT = Duration.ofHours(1);
    private static final int HIGHEST_PORT = 65_535;

    private final URI address;
    private final HttpClient client;
    private final Duration timeout;
    private final @Nullable TokenFile token;

    private HttpWitness(URI address, HttpClient client, Duration timeout, @Nullable TokenFile token) {
        this.address = address;
        this.client = client;
        this.timeout = timeout;
        this.token = token;
    }

    /**
     * Posts to that address, and believes the authorities that Java trusts.
     *
     * @throws IllegalArgumentException if the address is not {@code https}, or has a user or a fragment
     */
    public static HttpWitness to(URI address) {
        return to(
                address, HttpClient.newBuilder().followRedirects(Redirect.NEVER).build());
    }

    /**
     * Posts to that address through a client of one's own, which says whom to believe and by which proxy to go.
     *
     * @throws IllegalArgumentException if the address is not {@code https}, or has a user or a fragment; or if the client
     *     follows redirects
     */
    public static HttpWitness to(URI address, HttpClient client) {
        if (!"https".equalsIgnoreCase(address.getScheme())
                || address.getHost() == null
                || address.getPort() == 0
                || address.getPort() > HIGHEST_PORT
                || address.getRawUserInfo() != null
                || address.getRawFragment() != null) {
            throw new IllegalArgumentException(
                    "the address of a witness is https://HOST[:PORT]/PATH, without a user and a fragment");
        }
        if (client.followRedirects() != Redirect.NEVER) {
            throw new IllegalArgumentException("a witness's client must not follow redirects");
        }
        return new HttpWitness(address, client, DEFAULT_TIMEOUT, null);
    }

    /**
     * The same with another time for an exchange, connecting included; 10 seconds by default.
     *
     * @throws IllegalArgumentException if it is not positive, or longer than an hour
     */
    public HttpWitness timeout(Duration longest) {
        if (longest.isNegative() || longest.isZero() || longest.compareTo(LONGEST_TIMEOUT) > 0) {
            throw new IllegalArgumentException("the time for an exchange is positive and at most an hour");
        }
        return new HttpWitness(address, client, longest, token);
    }

    /**
     * The same with the bearer token of a file (RFC 6750), which is read for each checkpoint, so that it can be replaced. One
     * that others than its owner can read or change is not used: checkpoints are refused then.
     */
    public HttpWitness bearerTokenFile(Path file) {
        return new HttpWitness(address, client, timeout, new TokenFile(file));
    }

    @Override
    public void keep(String note) {
        HttpRequest.Builder request = HttpRequest.newBuilder(address)
                .timeout(timeout)
                .header("Content-Type", "text/plain; charset=utf-8")
                .POST(BodyPublishers.ofString(note, UTF_8));
        if (token != null) {
            try {
                request.header("Authorization", token.header());
            } catch (IOException e) {
                throw refused(e.getMessage(), null);
            }
        }
        HttpResponse<Boolean> response = answer(request.build());
        if (response.statusCode() / 100 != 2) {
            throw refused("it answers with status " + response.statusCode(), null);
        }
        if (!response.body()) {
            throw refused("it answers with more than " + DiscardedBody.LONGEST + " bytes", null);
        }
    }

    private HttpResponse<Boolean> answer(HttpRequest request) {
        CompletableFuture<HttpResponse<Boolean>> answer = client.sendAsync(request, head -> new DiscardedBody());
        try {
            // The request's own time ends with the head of the answer.
            return answer.get(timeout.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            throw refused("no answer within " + timeout, null);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw refused("interrupted before it answered", e);
        } catch (ExecutionException e) {
            throw refused(e.getCause());
        } finally {
            answer.cancel(true);
        }
    }

    /** Of other errors the type alone is told: in their messages is what the server sent. */
    private AuditUnavailable refused(@Nullable Throwable cause) {
        if (cause instanceof HttpConnectTimeoutException) {
            return refused("no connection within " + timeout, null);
        }
        if (cause instanceof HttpTimeoutException) {
            return refused("no answer within " + timeout, null);
        }
        if (cause instanceof ConnectException) {
            return refused("it cannot be reached", cause);
        }
        if (cause instanceof SSLException) {
            return refused("no trusted connection: " + cause.getMessage(), cause);
        }
        return refused("no answer: " + (cause == null ? "" : cause.getClass().getSimpleName()), null);
    }

    private AuditUnavailable refused(@Nullable String why, @Nullable Throwable cause) {
        return new AuditUnavailable("a checkpoint is not kept by " + this + ": " + why, cause);
    }

    /** The address without its query. */
    @Override
    public String toString() {
        String port = address.getPort() < 0 ? "" : ":" + address.getPort();
        return "https://" + address.getHost() + port + address.getRawPath();
    }
}
