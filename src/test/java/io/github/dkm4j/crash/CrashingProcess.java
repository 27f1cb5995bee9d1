package io.github.dkm4j.crash;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.dkm4j.KeyRing;
import io.github.dkm4j.KeyRingBuilder;
import io.github.dkm4j.audit.AuditEvent;
import io.github.dkm4j.key.DkmException;
import io.github.dkm4j.sql.Postgres;
import io.github.dkm4j.store.FileKeyRingStore;
import io.github.dkm4j.store.KeyRingStore;
import io.github.dkm4j.store.jdbc.JdbcKeyRingStore;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;

/** Encrypts and rolls over until it is killed, and prints a line for each thing that it begins or has done. */
final class CrashingProcess {
    static final String OPENING = "opening";
    static final String OPENED = "opened";
    static final String MESSAGE = "message";
    static final String ROLLING = "rolling";
    /** The next thing is to write that key to the store. */
    static final String MAKING = "making";

    static final String ROLLED = "rolled";
    static final String REFUSED = "refused";

    private static final int LONGEST_PAUSE_NANOS = 4_000_000;

    private final OutputStream out = new FileOutputStream(FileDescriptor.out);
    private final String name;
    private final KeyRingBuilder builder;
    private final Random random;
    /** Who does not roll over by hand does it when the budget is spent. */
    private final boolean byHand;

    private int messages;

    private CrashingProcess(String name, KeyRingStore store) {
        this.name = name;
        this.random = new Random(name.hashCode());
        this.byHand = random.nextInt(4) == 0;
        this.builder = CrashRing.builder(store).audit(event -> {
            if (event instanceof AuditEvent.KeyCreated created) {
                print(MAKING, created.key().toString());
            }
        });
    }

    /** Arguments: the process's name, and a directory or a JDBC URL and a login role of PostgreSQL. */
    public static void main(String[] arguments) {
        CrashingProcess process = new CrashingProcess(
                arguments[0],
                arguments.length == 2
                        ? FileKeyRingStore.at(Path.of(arguments[1]))
                        : JdbcKeyRingStore.of(Postgres.sourceAt(arguments[1], arguments[2])));
        while (true) {
            process.openAndUse();
        }
    }

    private void openAndUse() {
        print(OPENING, "");
        try (KeyRing ring = builder.open()) {
            print(OPENED, "");
            while (random.nextInt(200) > 0) {
                use(ring);
            }
        } catch (DkmException e) {
            print(REFUSED, e.toString());
        }
        pause();
    }

    private void use(KeyRing ring) {
        try {
            if (byHand && random.nextInt(8) == 0) {
                print(ROLLING, "");
                print(ROLLED, ring.admin().rollOver().metadata().ref().toString());
            }
            Message message = Message.sealed(name, ++messages, ring.encryptor());
            print(MESSAGE, message.toString());
        } catch (DkmException e) {
            print(REFUSED, e.toString());
        }
        pause();
    }

    /** Or the messages would fill the reader's heap. */
    private void pause() {
        LockSupport.parkNanos(random.nextInt(LONGEST_PAUSE_NANOS));
    }

    private void print(String what, String text) {
        try {
            // One system call a line, so that a killed process leaves no half line.
            out.write((what + " " + text.replace('\n', ' ') + "\n").getBytes(UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
