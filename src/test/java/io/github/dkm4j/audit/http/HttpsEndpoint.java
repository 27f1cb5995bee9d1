package io.github.dkm4j.audit.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;

/** An HTTPS server on the loopback address that answers as it is told, a request for each connection. */
public final class HttpsEndpoint implements AutoCloseable {
    private static final char[] PASSWORD = "changeit".toCharArray();
    private static final Pattern LENGTH = Pattern.compile("content-length: ([0-9]+)\r\n", Pattern.CASE_INSENSITIVE);

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final List<Socket> connections = new CopyOnWriteArrayList<>();
    private final List<Request> requests = new CopyOnWriteArrayList<>();
    private final SSLServerSocket server;
    private volatile Answer answer;

    /** What a client sent; the body in UTF-8. */
    public record Request(String head, String body) {}

    /** What is said to a request. */
    @FunctionalInterface
    public interface Answer {
        /** Ends when the connection is to be closed. */
        void write(InputStream in, OutputStream out) throws IOException;
    }

    private HttpsEndpoint(SSLServerSocket server, Answer answer) {
        this.server = server;
        this.answer = answer;
    }

    /** Starts one with the key and certificate of a file that {@link #identity} made. */
    public static HttpsEndpoint start(Path identity, Answer answer) throws IOException, GeneralSecurityException {
        KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(keyStore(identity), PASSWORD);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), null, null);
        HttpsEndpoint endpoint = new HttpsEndpoint(
                (SSLServerSocket)
                        context.getServerSocketFactory().createServerSocket(0, 50, InetAddress.getLoopbackAddress()),
                answer);
        endpoint.threads.execute(endpoint::accept);
        return endpoint;
    }

    /** Makes a key and a certificate for names such as {@code ip:127.0.0.1}, signed by itself. */
    public static Path identity(Path folder, String names) throws IOException, InterruptedException {
        Path file = folder.resolve(names.replace(':', '-') + ".p12");
        Process keytool = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-keyalg",
                        "EC",
                        "-alias",
                        "endpoint",
                        "-dname",
                        "CN=endpoint of a test",
                        "-ext",
                        "san=" + names,
                        "-storetype",
                        "PKCS12",
                        "-storepass",
                        new String(PASSWORD),
                        "-keystore",
                        file.toString())
                .redirectErrorStream(true)
                .start();
        String said = new String(keytool.getInputStream().readAllBytes(), ISO_8859_1);
        if (keytool.waitFor() != 0) {
            throw new IOException(said);
        }
        return file;
    }

    /** The keys and certificates of such a file. */
    static KeyStore keyStore(Path identity) throws IOException, GeneralSecurityException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(identity)) {
            store.load(in, PASSWORD);
        }
        return store;
    }

    static Certificate certificate(Path identity) throws IOException, GeneralSecurityException {
        return keyStore(identity).getCertificate("endpoint");
    }

    /** The certificate of such a file as PEM. */
    public static String pem(Path identity) throws IOException, GeneralSecurityException {
        return "-----BEGIN CERTIFICATE-----\n"
                + Base64.getMimeEncoder().encodeToString(certificate(identity).getEncoded())
                + "\n-----END CERTIFICATE-----\n";
    }

    /** Says this status, with these headers, each with a line end, and a body. */
    public static Answer saying(String status, String headers, String body) {
        return (in, out) -> out.write(("HTTP/1.1 " + status + "\r\n" + headers + "Connection: close\r\nContent-Length: "
                        + body.length() + "\r\n\r\n" + body)
                .getBytes(US_ASCII));
    }

    /** From now on it answers so. */
    public void answer(Answer with) {
        answer = with;
    }

    /** This server's address with a path and a query. */
    public URI address(String path) {
        return URI.create("https://127.0.0.1:" + server.getLocalPort() + path);
    }

    /** What came so far. */
    public List<Request> requests() {
        return List.copyOf(requests);
    }

    private void accept() {
        try {
            while (!server.isClosed()) {
                Socket connection = server.accept();
                connections.add(connection);
                threads.execute(() -> serve(connection));
            }
        } catch (IOException e) {
            if (!server.isClosed()) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private void serve(Socket connection) {
        try (connection) {
            InputStream in = connection.getInputStream();
            requests.add(request(in));
            OutputStream out = connection.getOutputStream();
            answer.write(in, out);
            out.flush();
        } catch (IOException e) {
            // The client went away, which is what tests of refusals are about.
            connections.remove(connection);
        }
    }

    private static Request request(InputStream in) throws IOException {
        ByteArrayOutputStream head = new ByteArrayOutputStream();
        while (!head.toString(ISO_8859_1).endsWith("\r\n\r\n")) {
            int next = in.read();
            if (next < 0) {
                throw new EOFException("no request");
            }
            head.write(next);
        }
        String text = head.toString(ISO_8859_1);
        Matcher length = LENGTH.matcher(text);
        byte[] body = in.readNBytes(length.find() ? Integer.parseInt(length.group(1)) : 0);
        return new Request(text, new String(body, UTF_8));
    }

    @Override
    public void close() throws IOException {
        server.close();
        for (Socket connection : connections) {
            connection.close();
        }
        threads.shutdown();
    }
}
