package io.github.dkm4j.rewrap;

import static io.github.dkm4j.TestRings.SERVICE;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.dkm4j.KeyRing;
import io.github.dkm4j.KeyRingBuilder;
import io.github.dkm4j.TestRings;
import io.github.dkm4j.key.EncryptionContext;
import io.github.dkm4j.policy.Caller;
import io.github.dkm4j.policy.InMemoryGroupDirectory;
import io.github.dkm4j.store.FileKeyRingStore;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import javax.sql.DataSource;
import org.postgresql.ds.PGSimpleDataSource;

/** Moves a table with two workers, prints a line for each batch, and {@link #DONE} when both found nothing more to move. */
final class RewrapProcess {
    static final String MOVED = "moved";
    static final String DONE = "done";
    static final MessageTable TABLE = MessageTable.of("tokens", "id", "token").context("account", "account");

    private static final int WORKERS = 2;

    private RewrapProcess() {}

    /** Arguments: the ring's directory, the JDBC URL and user, and the name under which the database is to know it. */
    public static void main(String[] arguments) throws Exception {
        OutputStream out = new FileOutputStream(FileDescriptor.out);
        DataSource source = source(arguments[1], arguments[2], arguments[3]);
        ExecutorService threads = Executors.newFixedThreadPool(WORKERS);
        try (KeyRing ring = builder(Path.of(arguments[0]), SERVICE).open()) {
            Rewrapper rewrapper = Rewrapper.of(ring).batch(500).listener((seen, moved, total) -> print(out, MOVED));
            List<Callable<RewrapReport>> workers = new ArrayList<>();
            for (int i = 0; i < WORKERS; i++) {
                workers.add(() -> rewrapper.rewrap(source, TABLE));
            }
            for (Future<RewrapReport> worker : threads.invokeAll(workers)) {
                RewrapReport report = worker.get();
                if (!report.isComplete()) {
                    throw new IllegalStateException(report.inWords());
                }
            }
        } finally {
            threads.shutdown();
        }
        print(out, DONE);
    }

    static KeyRingBuilder builder(Path directory, Caller account) {
        InMemoryGroupDirectory groups = new InMemoryGroupDirectory();
        groups.add("Mail Services", "svc-mail");
        groups.add("Operators", "operator");
        return KeyRing.builder("connected-accounts")
                .store(FileKeyRingStore.at(directory))
                .rootKey(new TestRings.FixedRoot((byte) 1))
                .groups(groups)
                .account(account)
                .singleNode()
                .propagation(Duration.ZERO)
                .audit(event -> {});
    }

    static PGSimpleDataSource source(String url, String user, String name) {
        PGSimpleDataSource source = new PGSimpleDataSource();
        source.setURL(url);
        source.setUser(user);
        source.setApplicationName(name);
        return source;
    }

    static EncryptionContext context(int id) {
        return EncryptionContext.of("account", account(id));
    }

    static String account(int id) {
        return "account-" + id;
    }

    /** What a row's message says at a version. */
    static byte[] token(int id, int version) {
        return "token %010d of version %010d, 64 bytes as others are........."
                .formatted(id, version)
                .getBytes(UTF_8);
    }

    // One system call a line, so that a killed process leaves no half line.
    private static void print(OutputStream out, String line) {
        try {
            out.write((line + "\n").getBytes(UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
