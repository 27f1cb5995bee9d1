package io.github.dkm4j.ldap;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.util.Locale;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/**
 * Sockets with TLS 1.3 or 1.2 that check the server's certificate and that it is for the host asked for, as part of the
 * handshake. Safe for use by many threads.
 *
 * <p>The LDAP SDK's own check of names comes after the handshake, is off by default, and lets every loopback address pass.
 */
final class TlsSocketFactory extends SSLSocketFactory {
    private static final String[] PROTOCOLS = {"TLSv1.3", "TLSv1.2"};

    private final SSLSocketFactory sockets;
    private final String domain;

    private TlsSocketFactory(SSLSocketFactory sockets, String domain) {
        this.sockets = sockets;
        this.domain = domain;
    }

    /**
     * Trusts the authorities of a PEM file, or Java's if there is none.
     *
     * @throws IllegalArgumentException if the file cannot be read or has no certificate
     */
    static TlsSocketFactory trusting(@Nullable Path authorities) {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init(authorities == null ? null : keyStore(authorities));
            context.init(null, trust.getTrustManagers(), null);
            return new TlsSocketFactory(context.getSocketFactory(), "");
        } catch (IOException | GeneralSecurityException e) {
            throw new IllegalArgumentException(
                    authorities == null
                            ? "Java's own trust store cannot be read"
                            : "no certificates can be read from " + authorities,
                    e);
        }
    }

    /** The same for hosts of a domain only: nothing proves what DNS says of a domain's servers. */
    TlsSocketFactory within(String domain) {
        return new TlsSocketFactory(sockets, domain);
    }

    private static KeyStore keyStore(Path file) throws IOException, GeneralSecurityException {
        KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
        store.load(null, null);
        try (InputStream in = Files.newInputStream(file)) {
            for (Certificate certificate :
                    CertificateFactory.getInstance("X.509").generateCertificates(in)) {
                store.setCertificateEntry(Integer.toString(store.size()), certificate);
            }
        }
        if (store.size() == 0) {
            throw new GeneralSecurityException("no certificate is in it");
        }
        return store;
    }

    @Override
    public Socket createSocket() throws IOException {
        return checking(sockets.createSocket());
    }

    @Override
    public Socket createSocket(Socket socket, String host, int port, boolean autoClose) throws IOException {
        requireOwn(host, port);
        return checking(sockets.createSocket(socket, host, port, autoClose));
    }

    @Override
    public Socket createSocket(String host, int port) throws IOException {
        return checking(sockets.createSocket(host, port));
    }

    @Override
    public Socket createSocket(String host, int port, InetAddress localHost, int localPort) throws IOException {
        return checking(sockets.createSocket(host, port, localHost, localPort));
    }

    @Override
    public Socket createSocket(InetAddress host, int port) throws IOException {
        return checking(sockets.createSocket(host, port));
    }

    @Override
    public Socket createSocket(InetAddress host, int port, InetAddress localHost, int localPort) throws IOException {
        return checking(sockets.createSocket(host, port, localHost, localPort));
    }

    private void requireOwn(String host, int port) throws IOException {
        String name = host.endsWith(".") ? host.substring(0, host.length() - 1) : host;
        boolean own = name.equalsIgnoreCase(domain)
                || name.toLowerCase(Locale.ROOT).endsWith("." + domain.toLowerCase(Locale.ROOT));
        if (!domain.isEmpty() && Servers.isGlobalCatalogue(port)) {
            throw new SSLPeerUnverifiedException("DNS names " + host + " at port " + port + ", a global catalogue, as a"
                    + " server of " + domain + ": that does not know all members of all groups");
        }
        if (!domain.isEmpty() && !own) {
            throw new SSLPeerUnverifiedException("DNS names " + host + " as a server of " + domain
                    + ", and it is not in that domain: name the servers instead if it is one");
        }
    }

    @Override
    public String[] getDefaultCipherSuites() {
        return sockets.getDefaultCipherSuites();
    }

    @Override
    public String[] getSupportedCipherSuites() {
        return sockets.getSupportedCipherSuites();
    }

    private static Socket checking(Socket socket) {
        SSLSocket tls = (SSLSocket) socket;
        SSLParameters parameters = tls.getSSLParameters();
        parameters.setProtocols(PROTOCOLS);
        parameters.setEndpointIdentificationAlgorithm("LDAPS");
        tls.setSSLParameters(parameters);
        return tls;
    }
}
