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
import java.util.logging.Logger;
import java.util.regex.Pattern;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** A database by its JDBC URL; a new connection each time. */
final class Database implements DataSource {
    private static final Pattern LOCAL = Pattern.compile(
            "jdbc:postgresql:(?://(?:localhost|127(?:\\.[0-9]{1,3}){3}|\\[::1])?(?::[0-9]+)?/.*|(?!//).*)");

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
        if (url.toLowerCase(Locale.ROOT).contains("password=")) {
            throw new UsageError("a password stands in a file of its own and not in a JDBC URL");
        }
        Properties properties = new Properties();
        user.ifPresent(name -> properties.setProperty("user", name));
        passwordFile.ifPresent(file -> properties.setProperty("password", password(file)));
        if (url.startsWith("jdbc:postgresql:")) {
            secure(url, authorities, properties);
        }
        return new Database(driver(url, driverPath), url, properties);
    }

    /** Over a network, PostgreSQL's certificate and host name are verified unless the URL says otherwise. */
    private static void secure(String url, Optional<Path> authorities, Properties properties) {
        properties.setProperty("connectTimeout", "10");
        properties.setProperty("tcpKeepAlive", "true");
        if (authorities.isPresent() || !LOCAL.matcher(url).matches()) {
            properties.setProperty("sslmode", "verify-full");
            if (authorities.isPresent()) {
                properties.setProperty("sslrootcert", authorities.get().toString());
            } else {
                properties.setProperty("sslfactory", "org.postgresql.ssl.DefaultJavaSSLFactory");
            }
        }
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
