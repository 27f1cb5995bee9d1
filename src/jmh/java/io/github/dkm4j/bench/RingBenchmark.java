package io.github.dkm4j.bench;

import io.github.dkm4j.KeyRing;
import io.github.dkm4j.KeyRingBuilder;
import io.github.dkm4j.key.EncryptionContext;
import io.github.dkm4j.policy.Caller;
import io.github.dkm4j.ring.LargeRing;
import io.github.dkm4j.root.Pkcs12RootKey;
import io.github.dkm4j.store.FileKeyRingStore;
import io.github.dkm4j.store.InMemoryKeyRingStore;
import io.github.dkm4j.store.KeyRingStore;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.concurrent.TimeUnit;
import javax.crypto.spec.SecretKeySpec;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** Rings of one and of many epochs: how long opening takes, and opening a message of an archived epoch. */
@BenchmarkMode(Mode.AverageTime)
@State(Scope.Benchmark)
public class RingBenchmark {
    @Param({"1", "10000"})
    public int epochs;

    @Param({"memory", "file"})
    public String store;

    private KeyRing ring;
    private KeyRingBuilder builder;
    private byte[][] messages = new byte[0][];
    private final EncryptionContext context = EncryptionContext.of("account", "alice");
    private int next;

    @Setup
    public void setUp() throws IOException, GeneralSecurityException {
        LargeRing.Clock clock = new LargeRing.Clock();
        KeyRingStore kept = store.equals("memory")
                ? new InMemoryKeyRingStore(clock)
                : FileKeyRingStore.at(Files.createTempDirectory("dkm4j-bench").resolve("ring"), clock);
        Pkcs12RootKey root = root();
        messages = LargeRing.create(kept, root, clock, epochs, context, 1 << 10);
        builder = KeyRing.builder("large")
                .store(kept)
                .rootKey(root)
                .groups(LargeRing.groups())
                .account(new Caller("svc", "svc"))
                .clock(clock)
                .audit(event -> {});
        ring = builder.open();
    }

    static Pkcs12RootKey root() throws IOException, GeneralSecurityException {
        KeyStore keys = KeyStore.getInstance("PKCS12");
        keys.load(null, null);
        char[] password = "correct horse".toCharArray();
        keys.setEntry(
                "root",
                new KeyStore.SecretKeyEntry(new SecretKeySpec(new byte[32], "AES")),
                new KeyStore.PasswordProtection(password));
        Path file = Files.createTempFile("dkm4j-bench", ".p12");
        try (OutputStream out = Files.newOutputStream(file)) {
            keys.store(out, password);
        }
        return Pkcs12RootKey.load(file, password, "root");
    }

    /** Opens and closes the ring. */
    @Benchmark
    @OutputTimeUnit(TimeUnit.MILLISECONDS)
    public int openRing() {
        try (KeyRing opened = builder.open()) {
            return opened.admin().problems().size();
        }
    }

    /** Opens one of a thousand messages of the middle epoch. */
    @Benchmark
    @OutputTimeUnit(TimeUnit.NANOSECONDS)
    public byte[] openMessage() {
        return ring.decryptor().decrypt(messages[next++ & (messages.length - 1)], context);
    }
}
