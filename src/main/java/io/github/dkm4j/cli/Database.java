package io.github.dkm4j.cli;

import java.io.PrintWriter;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Driver;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Properties;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.logging.Logger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** A database by its JDBC URL; a new connection each time. */
final class Database implements DataSource {
    private static final String POSTGRESQL = "jdbc:postgresql:";

    /** What stands before the query. */
    private static final Pattern LOCAL =
            Pattern.compile("(?://(?:localhost|127(?:\\.[0-9]{1,3}){3}|\\[::1])?(?::[0-9]+)?/.*|(?!//).*)");

    /** Parameters that take PostgreSQL's driver to another host than the one before the query. */
    private static final Set<String> ELSEWHERE =
            Set.of("HOST", "PGHOST", "HOSTADDR", "PGHOSTADDR", "SERVICE", "PGSERVICE");

    private static final Pattern ENCODED = Pattern.compile("%([0-9a-fA-F]{2})");
    private static final Pattern PASSWORD = Pattern.compile("(?:PASSWORD|PASSWD|PWD)[0-9]*\\s*=");
    private static final Pattern ORACLE_PASSWORD = Pattern.compile("JDBC:ORACLE:\\w+:[^@/]*/[^@]+@.*", Pattern.DOTALL);

    /** In an authority: ports and IPv6 addresses, whose colons do not follow a user. */
    private static final Pattern PORT_OR_ADDRESS = Pattern.compile("\\[[^\\]@]*\\]|:[0-9]+(?=[,;)\\]]|$)");

    private final Driver driver;
    private final String url;
    private final Properties properties;

    private Database(Driver driver, String url, Properties properties) {
        this.driver = driver;
        this.url = url;
        this.properties = properties;
    }

    /**
     * Finds the URL's driver; connects to nothing yet.
     *
     * @param user empty where the database asks for none
     * @param authorities the certificates of the authorities that PostgreSQL's is checked against; the default is Java's
     * @param driverPath jars of drivers that the tool does not carry
     */
    static Database at(
            String url,
            Optional<String> user,
            Optional<Path> passwordFile,
            Optional<Path> authorities,
            List<Path> driverPath) {
        if (hasPassword(url)) {
            throw new UsageError("a password stands in a file of its own and not in a JDBC URL");
        }
        Properties properties = new Properties();
        user.ifPresent(name -> properties.setProperty("user", name));
        passwordFile.ifPresent(file -> properties.setProperty("password", password(file)));
        if (url.regionMatches(true, 0, POSTGRESQL, 0, POSTGRESQL.length())) {
            secure(url, authorities, properties);
        } else if (authorities.isPresent()) {
            throw new UsageError(
                    "a ca-file is for PostgreSQL, the only one whose TLS the tool sets up: other drivers take"
                            + " theirs in the URL");
        }
        return new Database(driver(url, driverPath), url, properties);
    }

    /** Over a network, PostgreSQL's certificate and host name are verified unless the URL says otherwise. */
    private static void secure(String url, Optional<Path> authorities, Properties properties) {
        properties.setProperty("connectTimeout", "10");
        properties.setProperty("tcpKeepAlive", "true");
        properties.setProperty("logServerErrorDetail", "false"); // it has the contents of rows
        if (authorities.isPresent() || !isLocal(url)) {
            properties.setProperty("sslmode", "verify-full");
            if (authorities.isPresent()) {
                properties.setProperty("sslrootcert", authorities.get().toString());
            } else {
                properties.setProperty("sslfactory", "org.postgresql.ssl.DefaultJavaSSLFactory");
            }
        }
    }

    /** Whether PostgreSQL's driver stays on this machine. No environment variable takes it elsewhere by itself. */
    static boolean isLocal(String url) {
        String[] parts = url.substring(POSTGRESQL.length()).split("\\?", 2);
        return LOCAL.matcher(parts[0]).matches()
                && (parts.length == 1
                        || Arrays.stream(parts[1].split("[?&;]", -1))
                                .map(pair -> decoded(pair.split("=", 2)[0]).strip())
                                .map(name -> name.toUpperCase(Locale.ROOT)) // as the driver does, long s and all
                                .noneMatch(ELSEWHERE::contains));
    }

    /** Whether a URL names a password as a parameter or after a user and a colon, for Oracle a slash. */
    private static boolean hasPassword(String url) {
        String upper = decoded(url).toUpperCase(Locale.ROOT);
        if (PASSWORD.matcher(upper).find() || ORACLE_PASSWORD.matcher(upper).matches()) {
            return true;
        }
        int begin = url.indexOf("//");
        if (begin < 0 || url.indexOf('@', begin) < 0) {
            return false;
        }
        String authority = url.substring(begin + 2).split("[/?#]", 2)[0];
        // A colon that is left is a user's, even if a sign in the password ended the authority before its @.
        return PORT_OR_ADDRESS.matcher(authority).replaceAll("").contains(":");
    }

    private static String decoded(String text) {
        return ENCODED.matcher(text)
                .replaceAll(
                        match -> Matcher.quoteReplacement(String.valueOf((char) Integer.parseInt(match.group(1), 16))));
    }

    private static String password(Path file) {
        char[] password = SecretFile.read(file);
        try {
            return new String(password); // JDBC takes no other
        } finally {
            Arrays.fill(password, '\0');
        }
    }

    private static Driver driver(String url, List<Path> driverPath) {
        for (Driver driver : ServiceLoader.load(Driver.class, loader(driverPath))) {
            if (accepts(driver, url)) {
                return driver;
            }
        }
        throw new UsageError(
                "no driver for this JDBC URL: the tool carries PostgreSQL's and H2's; name the jar of another"
                        + " one with --driver-path");
    }

    private static boolean accepts(Driver driver, String url) {
        try {
            return driver.acceptsURL(url);
        } catch (SQLException e) {
            return false;
        }
    }

    /** Lives as long as the tool, for its classes are loaded as they are needed. */
    private static ClassLoader loader(List<Path> driverPath) {
        ClassLoader own = Database.class.getClassLoader();
        if (driverPath.isEmpty()) {
            return own;
        }
        URL[] jars = new URL[driverPath.size()];
        for (int i = 0; i < jars.length; i++) {
            Path jar = driverPath.get(i);
            if (!Files.isReadable(jar)) {
                throw new UsageError("cannot read the driver " + jar);
            }
            try {
                jars[i] = jar.toUri().toURL();
            } catch (MalformedURLException e) {
                throw new UsageError("no path of a driver: " + jar);
            }
        }
        return new URLClassLoader(jars, own);
    }

    @Override
    public Connection getConnection() throws SQLException {
        Connection connection = driver.connect(url, (Properties) properties.clone());
        if (connection == null) {
            throw new SQLException("the driver does not take the URL");
        }
        return connection;
    }

    @Override
    public Connection getConnection(String user, String password) throws SQLException {
        throw new SQLFeatureNotSupportedException("the user is the configuration's");
    }

    @Override
    public @Nullable PrintWriter getLogWriter() {
        return null;
    }

    @Override
    public void setLogWriter(PrintWriter out) throws SQLException {
        throw new SQLFeatureNotSupportedException();
    }

    @Override
    public void setLoginTimeout(int seconds) throws SQLException {
        throw new SQLFeatureNotSupportedException();
    }

    @Override
    public int getLoginTimeout() {
        return 0;
    }

    @Override
    public Logger getParentLogger() throws SQLFeatureNotSupportedException {
        throw new SQLFeatureNotSupportedException();
    }

    @Override
    public <T> T unwrap(Class<T> type) throws SQLException {
        throw new SQLException("wraps nothing");
    }

    @Override
    public boolean isWrapperFor(Class<?> type) {
        return false;
    }
}
