package io.github.dkm4j.audit;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.dkm4j.KeyRing;
import io.github.dkm4j.TestRings;
import io.github.dkm4j.key.EncryptionContext;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;

/**
 * Records events until it is killed, and prints the number of each that is recorded; or uses a key once, and is gone at the
 * moment at which that is on record.
 */
final class RecordingProcess {
    private static final int GONE = 9;

    private RecordingProcess() {}

    /** Arguments: the trails' directory, and {@code record} or {@code use}. */
    public static void main(String[] arguments) {
        Path directory = Path.of(arguments[0]);
        if (arguments[1].equals("record")) {
            record(directory);
        } else {
            use(directory);
        }
    }

    private static void record(Path directory) {
        AuditTrail trail = AuditTrail.in(directory, "accounts")
                .checkpointEvery(Duration.ofMillis(5))
                .rotateAt(8192)
                .open();
        long process = ProcessHandle.current().pid();
        for (int i = 0; ; i++) {
            trail.record(new AuditEvent.RingOpened(Instant.EPOCH.plusMillis(i), "accounts", "p" + process, i, 1));
            System.out.println("p" + process + " " + i);
            System.out.flush();
        }
    }

    private static void use(Path directory) {
        TestRings rings = new TestRings();
        rings.create();
        AuditTrail trail = AuditTrail.in(directory, "connected-accounts").open();
        KeyRing ring = rings.builder(TestRings.SERVICE)
                .auditRules(AuditRules.standard().recordingEachUse())
                .audit(event -> {
                    trail.record(event);
                    if (event instanceof AuditEvent.KeyUsed) {
                        Runtime.getRuntime().halt(GONE);
                    }
                })
                .open();
        ring.encryptor().encrypt("a token".getBytes(UTF_8), EncryptionContext.of("account", "42"));
        System.out.println("released");
        System.out.flush();
    }
}
