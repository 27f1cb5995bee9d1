package io.github.dkm4j.bench;

import com.amazonaws.encryptionsdk.AwsCrypto;
import com.amazonaws.encryptionsdk.CommitmentPolicy;
import com.amazonaws.encryptionsdk.CryptoAlgorithm;
import com.amazonaws.encryptionsdk.jce.JceMasterKey;
import com.google.crypto.tink.Aead;
import com.google.crypto.tink.KeysetHandle;
import com.google.crypto.tink.RegistryConfiguration;
import com.google.crypto.tink.aead.AeadConfig;
import com.google.crypto.tink.aead.PredefinedAeadParameters;
import io.github.dkm4j.KeyRing;
import io.github.dkm4j.KeyRingBuilder;
import io.github.dkm4j.audit.AuditTrail;
import io.github.dkm4j.crypto.MessageCipher;
import io.github.dkm4j.key.EncryptionContext;
import io.github.dkm4j.policy.AccessPolicy;
import io.github.dkm4j.policy.Caller;
import io.github.dkm4j.policy.InMemoryGroupDirectory;
import io.github.dkm4j.policy.Operation;
import io.github.dkm4j.root.PassphraseRootKey;
import io.github.dkm4j.store.InMemoryKeyRingStore;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** One message at a time, by this library and by its peers, with the same context. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class MessageBenchmark {
    private static final Map<String, String> PAIRS = Map.of("tenant", "contoso", "purpose", "mail");

    /** The context as associated data, for the peers that take bytes. */
    private static final byte[] CONTEXT = "purpose=mail,tenant=contoso".getBytes(StandardCharsets.UTF_8);

    private static byte[] plaintext(int size) {
        byte[] bytes = new byte[size];
        new SecureRandom().nextBytes(bytes);
        return bytes;
    }

    private static KeyRing ring(int readAhead) {
        return ring(readAhead, builder -> builder);
    }

    private static KeyRing ring(int readAhead, UnaryOperator<KeyRingBuilder> more) {
        InMemoryGroupDirectory groups = new InMemoryGroupDirectory();
        groups.add("Services", "svc");
        char[] passphrase = "correct horse battery staple".toCharArray();
        try (PassphraseRootKey root = PassphraseRootKey.of(passphrase)) {
            return more.apply(KeyRing.builder("bench")
                            .store(new InMemoryKeyRingStore())
                            .rootKey(root)
                            .groups(groups)
                            .account(new Caller("svc", "svc"))
                            .readAhead(readAhead)
                            .singleNode()
                            .propagation(Duration.ZERO)
                            .policy(AccessPolicy.builder()
                                    .allow(Operation.ENCRYPT, "Services")
                                    .allow(Operation.DECRYPT, "Services")
                                    .allow(Operation.ADMINISTER, "Services")
                                    .build()))
                    .create();
        }
    }

    /** A ring with its policy check, its membership cache and the default audit. */
    @State(Scope.Benchmark)
    public static class Dkm4j {
        @Param({"64", "1024", "16384"})
        public int size;

        KeyRing ring;
        EncryptionContext context;
        byte[] plaintext;
        byte[] message;

        @Setup
        public void setUp() {
            ring = ring(MessageCipher.DEFAULT_READ_AHEAD);
            context = EncryptionContext.of(PAIRS);
            plaintext = plaintext(size);
            message = ring.encryptor().encrypt(plaintext, context);
        }

        @TearDown
        public void tearDown() {
            ring.close();
        }
    }

    /** The same with a tamper-evident trail, of an account that the directory says is a service. */
    @State(Scope.Benchmark)
    public static class Trail {
        @Param("64")
        public int size;

        KeyRing ring;
        EncryptionContext context;
        byte[] message;

        @Setup
        public void setUp() throws IOException {
            Path trail = Files.createTempDirectory("dkm4j-bench").resolve("trail");
            ring = ring(MessageCipher.DEFAULT_READ_AHEAD, builder -> builder.audit(AuditTrail.in(trail, "bench")));
            context = EncryptionContext.of(PAIRS);
            message = ring.encryptor().encrypt(plaintext(size), context);
        }

        @TearDown
        public void tearDown() {
            ring.close();
        }
    }

    /** Messages of as many sealing sessions, such as the rows of a table that many processes have written. */
    @State(Scope.Thread)
    public static class Rows {
        @Param("64")
        public int size;

        KeyRing ring;
        EncryptionContext context;
        private final byte[][] messages = new byte[1 << 10][];
        private int next;

        @Setup
        public void setUp() {
            ring = ring(0);
            context = EncryptionContext.of(PAIRS);
            for (int i = 0; i < messages.length; i++) {
                messages[i] = ring.encryptor().encrypt(plaintext(size), context);
            }
        }

        byte[] next() {
            return messages[next++ & (messages.length - 1)];
        }

        @TearDown
        public void tearDown() {
            ring.close();
        }
    }

    /** One AES-256-GCM keyset. */
    @State(Scope.Benchmark)
    public static class Tink {
        @Param({"64", "1024", "16384"})
        public int size;

        Aead aead;
        byte[] plaintext;
        byte[] message;

        @Setup
        public void setUp() throws GeneralSecurityException {
            AeadConfig.register();
            aead = KeysetHandle.generateNew(PredefinedAeadParameters.AES256_GCM)
                    .getPrimitive(RegistryConfiguration.get(), Aead.class);
            plaintext = plaintext(size);
            message = aead.encrypt(plaintext, CONTEXT);
        }
    }

    /** The platform's cipher, reused by its thread, with a random nonce in front of each message. */
    @State(Scope.Thread)
    public static class Jce {
        @Param({"64", "1024", "16384"})
        public int size;

        private final SecureRandom random = new SecureRandom();
        private Cipher cipher;
        private SecretKeySpec key;
        byte[] plaintext;
        byte[] message;

        @Setup
        public void setUp() throws GeneralSecurityException {
            cipher = Cipher.getInstance("AES/GCM/NoPadding");
            key = new SecretKeySpec(plaintext(32), "AES");
            plaintext = plaintext(size);
            message = encrypt();
        }

        byte[] encrypt() throws GeneralSecurityException {
            byte[] nonce = new byte[12];
            random.nextBytes(nonce);
            cipher.init(Cipher.ENCRYPT_MODE, key, new GCMParameterSpec(128, nonce));
            cipher.updateAAD(CONTEXT);
            byte[] out = new byte[12 + plaintext.length + 16];
            System.arraycopy(nonce, 0, out, 0, 12);
            cipher.doFinal(plaintext, 0, plaintext.length, out, 12);
            return out;
        }

        byte[] decrypt() throws GeneralSecurityException {
            cipher.init(Cipher.DECRYPT_MODE, key, new GCMParameterSpec(128, message, 0, 12));
            cipher.updateAAD(CONTEXT);
            return cipher.doFinal(message, 12, message.length - 12);
        }
    }

    /** A raw AES master key, the committing suite without signature. */
    @State(Scope.Benchmark)
    public static class AwsSdk {
        @Param({"64", "1024", "16384"})
        public int size;

        AwsCrypto crypto;
        JceMasterKey master;
        byte[] plaintext;
        byte[] message;

        @Setup
        public void setUp() {
            crypto = AwsCrypto.builder()
                    .withCommitmentPolicy(CommitmentPolicy.RequireEncryptRequireDecrypt)
                    .withEncryptionAlgorithm(CryptoAlgorithm.ALG_AES_256_GCM_HKDF_SHA512_COMMIT_KEY)
                    .build();
            master = JceMasterKey.getInstance(
                    new SecretKeySpec(plaintext(32), "AES"), "bench", "key", "AES/GCM/NoPadding");
            plaintext = plaintext(size);
            message = crypto.encryptData(master, plaintext, PAIRS).getResult();
        }
    }

    @Benchmark
    public byte[] dkm4jEncrypt(Dkm4j s) {
        return s.ring.encryptor().encrypt(s.plaintext, s.context);
    }

    @Benchmark
    public byte[] dkm4jDecrypt(Dkm4j s) {
        return s.ring.decryptor().decrypt(s.message, s.context);
    }

    @Benchmark
    public byte[] trailDecrypt(Trail s) {
        return s.ring.decryptor().decrypt(s.message, s.context);
    }

    @Benchmark
    public byte[] dkm4jDecryptRows(Rows s) {
        return s.ring.decryptor().decrypt(s.next(), s.context);
    }

    @Benchmark
    public byte[] tinkEncrypt(Tink s) throws GeneralSecurityException {
        return s.aead.encrypt(s.plaintext, CONTEXT);
    }

    @Benchmark
    public byte[] tinkDecrypt(Tink s) throws GeneralSecurityException {
        return s.aead.decrypt(s.message, CONTEXT);
    }

    @Benchmark
    public byte[] jceEncrypt(Jce s) throws GeneralSecurityException {
        return s.encrypt();
    }

    @Benchmark
    public byte[] jceDecrypt(Jce s) throws GeneralSecurityException {
        return s.decrypt();
    }

    @Benchmark
    public byte[] awsEncrypt(AwsSdk s) {
        return s.crypto.encryptData(s.master, s.plaintext, PAIRS).getResult();
    }

    @Benchmark
    public byte[] awsDecrypt(AwsSdk s) {
        return s.crypto.decryptData(s.master, s.message).getResult();
    }
}
