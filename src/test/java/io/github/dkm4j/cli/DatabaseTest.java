package io.github.dkm4j.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Driver;
import java.sql.DriverPropertyInfo;
import java.sql.SQLException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Properties;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What JDBC URLs are taken, and what is asked of the connections. */
class DatabaseTest {
    @TempDir
    Path folder;

    /** A driver path on which there is {@link AnyCaseDriver}. */
    @BeforeEach
    void driver() throws Exception {
        Path services = Files.createDirectories(folder.resolve("META-INF/services"));
        Files.writeString(services.resolve("java.sql.Driver"), AnyCaseDriver.class.getName());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "jdbc:postgresql:db",
                "jdbc:postgresql:db?loggerLevel=OFF",
                "jdbc:postgresql:///db",
                "jdbc:postgresql://localhost/db",
                "jdbc:postgresql://127.0.0.1:5432/db?ApplicationName=host",
                "jdbc:postgresql://[::1]:5432/db"
            })
    void staysOnThisMachine(String url) {
        assertThat(Database.isLocal(url)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "jdbc:postgresql://db.example.com/db",
                "jdbc:postgresql://localhost,db.example.com/db",
                "jdbc:postgresql://localhost.example.com/db",
                "jdbc:postgresql://127.0.0.1.example.com/db",
                "jdbc:postgresql://localhost",
                "jdbc:postgresql://localhost:1/db?host=db.example.com",
                "jdbc:postgresql://localhost:1/db?PGHOST=db.example.com",
                "jdbc:postgresql://localhost:1/db?pghost=db.example.com",
                "jdbc:postgresql://localhost:1/db?Host=db.example.com",
                "jdbc:postgresql://localhost:1/db?ApplicationName=x&hostaddr=192.0.2.1",
                "jdbc:postgresql://localhost:1/db?service=remote",
                "jdbc:postgresql://localhost:1/db?PGSERVICE=remote",
                "jdbc:postgresql://localhost:1/db?service",
                "jdbc:postgresql://localhost:1/db?%68os%74=db.example.com",
                "jdbc:postgresql://localhost:1/db?ho\u017ft=db.example.com",
                "jdbc:postgresql:db?PGHOST=db.example.com",
                "jdbc:postgresql:?host=db.example.com",
            })
    void goesElsewhere(String url) {
        assertThat(Database.isLocal(url)).isFalse();
    }

    @Test
    void certificateIsVerifiedHoweverTheSchemeIsWritten() throws Exception {
        Properties remote = AnyCaseDriver.asked(at("JDBC:PostgreSQL://db.example.com/db", Optional.empty()));
        assertThat(remote)
                .containsEntry("sslmode", "verify-full")
                .containsEntry("sslfactory", "org.postgresql.ssl.DefaultJavaSSLFactory")
                .containsEntry("logServerErrorDetail", "false");
        Properties redirected = AnyCaseDriver.asked(at("JDBC:PostgreSQL://localhost/db?host=a", Optional.empty()));
        assertThat(redirected).containsEntry("sslmode", "verify-full");

        Path authorities = folder.resolve("ca.pem");
        Properties pinned = AnyCaseDriver.asked(at("JDBC:PostgreSQL://localhost/db", Optional.of(authorities)));
        assertThat(pinned)
                .containsEntry("sslmode", "verify-full")
                .containsEntry("sslrootcert", authorities.toString())
                .doesNotContainKey("sslfactory");
        assertThat(AnyCaseDriver.asked(at("JDBC:PostgreSQL://localhost/db", Optional.empty())))
                .doesNotContainKey("sslmode");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "jdbc:h2:mem:x",
                "jdbc:mariadb://db.example.com/x",
                "jdbc:mysql://db.example.com/x",
                "jdbc:other:x"
            })
    void authoritiesAreForPostgresAlone(String url) {
        assertThatThrownBy(() -> at(url, Optional.of(folder.resolve("ca.pem"))))
                .isInstanceOf(UsageError.class)
                .hasMessageContaining("ca-file is for PostgreSQL");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "jdbc:any://host/db?password=swordfish",
                "jdbc:any://host/db?a=b&PassWord=swordfish",
                "jdbc:any://host/db?password1=swordfish",
                "jdbc:any://host/db?pass%77ord=swordfish",
                "jdbc:any://host/db?x=100%&p%77d=swordfish",
                "jdbc:any://host;user=a;PWD=swordfish",
                "jdbc:any://address=(host=a)(user=b)(password = swordfish)/db",
                "jdbc:any://user:swordfish@host/db",
                "jdbc:any://user:swordfish@host:3306/db?a=b",
                "jdbc:any://user:123@host:3306/db?word=swordfish",
                "jdbc:any://h1:3306,user:swordfish@h2:3306/db",
                "jdbc:any://user:swordfish@[h1:1,h2:2]/db",
                "jdbc:any://user:swordfish@[::1]/db",
                "jdbc:any://user:sword/fish:swordfish@host/db",
                "jdbc:any://user:a?swordfish@host/db",
                "jdbc:any:replication://user:swordfish@host/db",
                "jdbc:oracle:thin:user/swordfish@//host:1521/db"
            })
    void passwordsAreRefusedAndNotRepeated(String url) {
        assertThatThrownBy(() -> at(url, Optional.empty()))
                .isInstanceOf(UsageError.class)
                .hasMessageContaining("file of its own")
                .hasMessageNotContaining("swordfish")
                .hasMessageNotContaining("host");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "jdbc:any://host:3306/db?user=someone@example.com",
                "jdbc:any://user@host:3306/db",
                "jdbc:any://user@h1:3306,user@h2:3306/db",
                "jdbc:any://user@[::1]:3306/db",
                "jdbc:any://host:3306/a@b",
                "jdbc:any://host:1433;databaseName=a;user=someone@example.com",
                "jdbc:any:tcp://localhost:9092/~/a@b",
                "jdbc:oracle:thin:@//host:1521/db",
                "jdbc:oracle:thin:/@alias"
            })
    void othersAreNot(String url) {
        assertThatCode(() -> at(url, Optional.empty())).doesNotThrowAnyException();
    }

    private Database at(String url, Optional<Path> authorities) {
        return Database.at(url, Optional.empty(), Optional.empty(), authorities, List.of(folder));
    }

    /** Takes schemes in either case, of which the drivers that the tool carries take none; tells what it was asked for. */
    public static final class AnyCaseDriver implements Driver {
        private static final ThreadLocal<Properties> ASKED = new ThreadLocal<>();

        static Properties asked(Database database) throws SQLException {
            ASKED.remove();
            assertThatThrownBy(database::getConnection).hasMessageContaining("connects to nothing");
            return ASKED.get();
        }

        @Override
        public @Nullable Connection connect(String url, Properties properties) throws SQLException {
            ASKED.set(properties);
            throw new SQLException("connects to nothing");
        }

        @Override
        public boolean acceptsURL(String url) {
            String lower = url.toLowerCase(Locale.ROOT);
            return lower.startsWith("jdbc:postgresql:")
                    || lower.startsWith("jdbc:any:")
                    || lower.startsWith("jdbc:oracle:");
        }

        @Override
        public DriverPropertyInfo[] getPropertyInfo(String url, Properties properties) {
            return new DriverPropertyInfo[0];
        }

        @Override
        public int getMajorVersion() {
            return 1;
        }

        @Override
        public int getMinorVersion() {
            return 0;
        }

        @Override
        public boolean jdbcCompliant() {
            return false;
        }

        @Override
        public Logger getParentLogger() {
            return Logger.getLogger("any");
        }
    }
}
