package io.github.dkm4j.crash;

import io.github.dkm4j.sql.Postgres;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.sql.DataSource;

/**
 * A PostgreSQL that commits before it has written, unless a session asks for more, and waits ten seconds with what it has
 * committed. Crashed by one thread at a time.
 */
final class CrashingServer implements AutoCloseable {
    private final Path directory;
    private volatile EmbeddedPostgres running;

    CrashingServer(Path directory) throws IOException {
        this.directory = directory;
        this.running = builder().start();
    }

    /** Ends all processes of the server, which write nothing any more (its immediate shutdown), and starts it again. */
    void crash() throws IOException, InterruptedException {
        int port = running.getPort();
        String pid = Files.readAllLines(directory.resolve("postmaster.pid")).get(0);
        ProcessHandle server = ProcessHandle.of(Long.parseLong(pid)).orElseThrow();
        new ProcessBuilder("kill", "-QUIT", pid).inheritIO().start().waitFor();
        server.onExit().join();
        running.close();
        running = builder().setPort(port).start();
    }

    /** Its first database; the same before and after a crash. */
    String url() {
        return "jdbc:postgresql://127.0.0.1:" + running.getPort() + "/postgres";
    }

    DataSource source() {
        return Postgres.sourceAt(url(), Postgres.SUPERUSER);
    }

    private EmbeddedPostgres.Builder builder() {
        return Postgres.durable()
                .setDataDirectory(directory)
                .setCleanDataDirectory(false)
                .setServerConfig("autovacuum", "off")
                .setServerConfig("synchronous_commit", "off")
                .setServerConfig("wal_writer_delay", "10s");
    }

    @Override
    public void close() throws IOException {
        running.close();
    }
}
