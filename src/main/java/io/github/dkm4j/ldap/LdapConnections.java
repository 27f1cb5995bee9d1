package io.github.dkm4j.ldap;

import com.unboundid.ldap.sdk.BindRequest;
import com.unboundid.ldap.sdk.DNSSRVRecordServerSet;
import com.unboundid.ldap.sdk.FailoverServerSet;
import com.unboundid.ldap.sdk.LDAPConnectionOptions;
import com.unboundid.ldap.sdk.LDAPConnectionPool;
import com.unboundid.ldap.sdk.LDAPException;
import com.unboundid.ldap.sdk.PostConnectProcessor;
import com.unboundid.ldap.sdk.ServerSet;
import com.unboundid.ldap.sdk.SimpleBindRequest;
import com.unboundid.ldap.sdk.StartTLSPostConnectProcessor;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Builds a pool of connections to a directory. Whatever is chosen, every connection has TLS 1.2 or later before anything else
 * is sent on it, and the server's certificate must come from a trusted authority and be for the host that was asked for; with
 * {@code ad:domain} that is the host which DNS names, which must be in that domain, since nothing proves what DNS says.
 * Referrals are not followed. A server that sends nothing is waited for no longer than the time-out; whoever sits between
 * can stretch that by sending an answer byte by byte.
 *
 * <pre>{@code
 * LDAPConnectionPool connections = LdapConnections.to("ldaps://dc1.example.com,dc2.example.com")
 *         .authorities(Path.of("ca.pem"))
 *         .gssapi("svc-mail@EXAMPLE.COM", Path.of("svc-mail.keytab"))
 *         .open();
 * }</pre>
 *
 * <p>A builder is for one thread; the pool is safe for use by many.
 */
public final class LdapConnections {
    private static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(5);
    private static final Duration DEFAULT_RENEWAL = Duration.ofMinutes(5);
    private static final Duration MIN_RENEWAL = Duration.ofSeconds(1);
    private static final int DEFAULT_SIZE = 4;
    private static final Duration MAX_DURATION = Duration.ofDays(1);

    private final Servers servers;
    private @Nullable Path authorities;
    private Duration timeout = DEFAULT_TIMEOUT;
    private Duration renewal = DEFAULT_RENEWAL;
    private int size = DEFAULT_SIZE;
    private String principal = "";
    private @Nullable Path keytab;
    private boolean ticket;
    private @Nullable Path ticketCache;
    private byte @Nullable [] password;
    private LongSupplier nanoTime = System::nanoTime;
    private @Nullable String dnsServer;

    private LdapConnections(Servers servers) {
        this.servers = servers;
    }

    /**
     * Connections to these servers; the first that can be reached and accepts the bind is used.
     *
     * @param servers {@code ldaps://host[:636][,host[:636]…]}; {@code ldap://host[:389][,host[:389]…]}, where TLS is begun by
     *     StartTLS; or {@code ad:domain} for the domain controllers that DNS lists at {@code _ldap._tcp.dc._msdcs.domain},
     *     with StartTLS, if their names are in that domain. An IPv6 address is in brackets
     * @throws IllegalArgumentException if it is none of these
     */
    public static LdapConnections to(String servers) {
        return new LdapConnections(Servers.parse(servers));
    }

    /** Trusts the authorities in a PEM file and no others. By default those are trusted that Java trusts. */
    public LdapConnections authorities(Path pemFile) {
        authorities = pemFile;
        return this;
    }

    /**
     * Binds by Kerberos with the keys in a file. Each bind logs in anew. It has no channel binding, so that a domain whose policy
     * demands that always refuses it; {@link #simple} goes there. How long Kerberos tries to reach its servers is in
     * the process's Kerberos configuration.
     *
     * @param principal as in the file, {@code name@REALM}
     * @param keytab readable by its owner only
     */
    public LdapConnections gssapi(String principal, Path keytab) {
        as(principal);
        this.keytab = keytab;
        password = null;
        ticket = false;
        return this;
    }

    /**
     * Binds by Kerberos with a ticket that somebody has got for this process ({@code kinit}): the one in the cache that
     * {@code KRB5CCNAME} names, or the account's own. Each bind looks there anew.
     *
     * @param principal whose ticket it must be, {@code name@REALM}
     */
    public LdapConnections ticket(String principal) {
        as(principal);
        keytab = null;
        password = null;
        ticket = true;
        return this;
    }

    /**
     * Binds with a password, which is only sent once TLS is there.
     *
     * @param user a distinguished name; on Active Directory also {@code user@domain} or <code>DOMAIN&#92;user</code>
     * @param password copied, and held for as long as the pool is
     * @throws IllegalArgumentException if one of both is empty: directories take that for an anonymous bind
     */
    public LdapConnections simple(String user, char[] password) {
        if (password.length == 0) {
            throw new IllegalArgumentException("a password must not be empty");
        }
        as(user);
        keytab = null;
        ticket = false;
        ByteBuffer encoded = StandardCharsets.UTF_8.encode(CharBuffer.wrap(password));
        byte[] copy = new byte[encoded.remaining()];
        encoded.get(copy);
        encoded.clear().put(new byte[encoded.capacity()]);
        this.password = copy;
        return this;
    }

    /** Does not bind, which is the default. */
    public LdapConnections anonymous() {
        principal = "";
        keytab = null;
        ticket = false;
        password = null;
        return this;
    }

    /** How long to wait for a connection, and then for each response, up to a day; 5 seconds by default. */
    public LdapConnections timeout(Duration timeout) {
        this.timeout = positive(timeout);
        return this;
    }

    /**
     * How old a connection may be when it is used, from a second up to a day; 5 minutes by default. A directory gives a connection the
     * rights that its account had at the bind, so this is how long a right that was taken away still counts.
     */
    public LdapConnections renewEvery(Duration age) {
        renewal = positive(age);
        if (age.compareTo(MIN_RENEWAL) < 0) {
            throw new IllegalArgumentException("connections are not renewed more often than each second");
        }
        return this;
    }

    /** How many connections there are at most, 1 to 1000, 4 by default; who finds none free waits for one. */
    public LdapConnections size(int connections) {
        if (connections < 1 || connections > 1000) {
            throw new IllegalArgumentException("a pool has 1 to 1000 connections");
        }
        size = connections;
        return this;
    }

    /** Whom the connections are bound as, as given to this builder; empty for anonymous connections. */
    public Optional<String> principal() {
        return Optional.of(principal).filter(name -> !name.isEmpty());
    }

    /** Has tests look for tickets in a file. */
    LdapConnections ticketCache(Path file) {
        ticketCache = file;
        return this;
    }

    /** A clock that tests set. */
    LdapConnections nanoTime(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
        return this;
    }

    /** Has tests ask a DNS server of their own, {@code dns://host:port}. */
    LdapConnections dnsServer(String url) {
        dnsServer = url;
        return this;
    }

    /**
     * The pool, which the caller closes. It connects when it is first used, so that a directory that cannot be reached shows as
     * an {@code LDAPException} then, and not here. A request is sent once more on a new connection if the one that it
     * was sent on turns out to be broken: what was changed may then have been changed by the first.
     *
     * @throws IllegalArgumentException if the authorities or the keytab cannot be read, or the keytab can be read by others
     *     than its owner
     */
    public LDAPConnectionPool open() {
        if (keytab != null) {
            KeytabFile.check(keytab);
        }
        TlsSocketFactory tls = TlsSocketFactory.trusting(authorities).within(servers.domain());
        try {
            @Nullable BindRequest bind = bindRequest();
            LDAPConnectionPool pool = new LDAPConnectionPool(
                    serverSet(tls, bind), bind, 0, size, 1, null, false, new ConnectionAge(renewal, nanoTime));
            pool.setConnectionPoolName("dkm4j");
            pool.setCreateIfNecessary(false); // those that are not there yet are made nevertheless
            pool.setMaxWaitTimeMillis(timeout.toMillis());
            pool.setRetryFailedOperationsDueToInvalidConnections(true);
            return pool;
        } catch (LDAPException e) {
            throw new IllegalStateException("a pool without connections could not be made", e);
        }
    }

    private ServerSet serverSet(TlsSocketFactory tls, @Nullable BindRequest bind) {
        @Nullable PostConnectProcessor startTls = servers.tlsFirst() ? null : new StartTLSPostConnectProcessor(tls);
        if (!servers.domain().isEmpty()) {
            return new DNSSRVRecordServerSet(
                    servers.record(),
                    dnsServer,
                    dnsProperties(),
                    TimeUnit.MINUTES.toMillis(5),
                    null,
                    options(),
                    bind,
                    startTls);
        }
        List<Servers.Server> list = servers.list();
        FailoverServerSet set = new FailoverServerSet(
                list.stream().map(Servers.Server::host).toArray(String[]::new),
                list.stream().mapToInt(Servers.Server::port).toArray(),
                servers.tlsFirst() ? tls : null,
                options(),
                bind,
                startTls);
        set.setReOrderOnFailover(false);
        return set;
    }

    private Properties dnsProperties() {
        Properties properties = new Properties();
        properties.setProperty("com.sun.jndi.dns.timeout.initial", Long.toString(timeout.toMillis()));
        properties.setProperty("com.sun.jndi.dns.timeout.retries", "1");
        return properties;
    }

    private LDAPConnectionOptions options() {
        LDAPConnectionOptions options = new LDAPConnectionOptions();
        options.setConnectTimeoutMillis(Math.toIntExact(timeout.toMillis()));
        options.setResponseTimeoutMillis(timeout.toMillis());
        options.setFollowReferrals(false);
        options.setUseSynchronousMode(true); // no thread for each connection
        options.setAllowConcurrentSocketFactoryUse(true);
        return options;
    }

    private @Nullable BindRequest bindRequest() {
        if (keytab != null) {
            return KerberosBind.withKeytab(principal, keytab, Math.toIntExact(timeout.toMillis()));
        }
        if (ticket) {
            return KerberosBind.withTicket(
                    principal, Optional.ofNullable(ticketCache), Math.toIntExact(timeout.toMillis()));
        }
        return password != null ? new SimpleBindRequest(principal, password) : null;
    }

    private void as(String name) {
        if (name.isBlank()) {
            throw new IllegalArgumentException("whom to bind as must not be empty");
        }
        principal = name;
    }

    private static Duration positive(Duration duration) {
        if (duration.toMillis() < 1 || duration.compareTo(MAX_DURATION) > 0) {
            throw new IllegalArgumentException("this takes from 1 ms to a day");
        }
        return duration;
    }
}
