package io.github.dkm4j.audit;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.file.LinkOption.NOFOLLOW_LINKS;

import io.github.dkm4j.crypto.SigningKey;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * One trail's folder, held by a lock for as long as a process writes there. It has the trail's key {@code key.pem}, the
 * {@code verifier} that everybody may know, and the records in files {@code NUMBER.trail} named by their first record.
 */
final class TrailFolder implements AutoCloseable {
    static final String VERIFIER = "verifier";
    static final String SUFFIX = ".trail";

    private static final Pattern FILE = Pattern.compile("[0-9]{18}\\.trail");
    private static final Pattern FOLDER = Pattern.compile("[0-9a-f]{16}");
    private static final int LONGEST_VERIFIER = 1024;

    /** Folders that this process holds: to open a lock file and close it again would free its lock. */
    private static final Set<Path> HELD = ConcurrentHashMap.newKeySet();

    private static final String KEY = "key.pem";
    private static final String LOCK = "lock";
    private static final FileAttribute<?> OWNER_ONLY_FOLDER =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));
    private static final FileAttribute<?> OWNER_ONLY =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

    private final Path path;
    private final Path real;
    private final FileChannel lockFile;
    private final SigningKey key;
    private final TrailKey verifier;

    private TrailFolder(Path path, FileChannel lockFile, SigningKey key, TrailKey verifier) throws IOException {
        this.path = path;
        this.real = path.toRealPath();
        this.lockFile = lockFile;
        this.key = key;
        this.verifier = verifier;
    }

    /** A trail of this ring that nobody writes at the moment, or a new one. */
    static TrailFolder take(Path directory, String ring, SecureRandom random) throws IOException {
        Files.createDirectories(directory, OWNER_ONLY_FOLDER);
        for (Path folder : folders(directory)) {
            Optional<TrailFolder> free = tryTake(folder, ring);
            if (free.isPresent()) {
                return free.get();
            }
        }
        return make(directory, ring, random);
    }

    /** The folders of trails in a directory, by name. */
    static List<Path> folders(Path directory) throws IOException {
        try (Stream<Path> all = Files.list(directory)) {
            return all.filter(folder -> Files.isDirectory(folder, NOFOLLOW_LINKS))
                    .filter(folder ->
                            FOLDER.matcher(folder.getFileName().toString()).matches())
                    .sorted()
                    .toList();
        }
    }

    /** The files of records in a trail's folder, in their order. */
    static List<Path> files(Path folder) throws IOException {
        try (Stream<Path> all = Files.list(folder)) {
            return all.filter(
                            file -> FILE.matcher(file.getFileName().toString()).matches())
                    .filter(file -> Files.isRegularFile(file, NOFOLLOW_LINKS))
                    .sorted()
                    .toList();
        }
    }

    private static Optional<TrailFolder> tryTake(Path folder, String ring) throws IOException {
        Path verifierFile = folder.resolve(VERIFIER);
        if (!Files.isRegularFile(verifierFile, NOFOLLOW_LINKS)) {
            return Optional.empty();
        }
        TrailKey verifier = readVerifier(verifierFile);
        if (!verifier.name().startsWith(prefix(ring))) {
            return Optional.empty();
        }
        Path real = folder.toRealPath();
        if (!HELD.add(real)) {
            return Optional.empty();
        }
        Optional<TrailFolder> taken = Optional.empty();
        try {
            taken = locked(folder, verifier);
            return taken;
        } finally {
            if (taken.isEmpty()) {
                HELD.remove(real);
            }
        }
    }

    private static Optional<TrailFolder> locked(Path folder, TrailKey verifier) throws IOException {
        FileChannel lockFile = FileChannel.open(
                folder.resolve(LOCK), Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE), OWNER_ONLY);
        Optional<TrailFolder> taken = Optional.empty();
        try {
            if (lockFile.tryLock() != null) {
                taken = Optional.of(new TrailFolder(folder, lockFile, readKey(folder.resolve(KEY)), verifier));
            }
            return taken;
        } finally {
            if (taken.isEmpty()) {
                lockFile.close();
            }
        }
    }

    private static TrailFolder make(Path directory, String ring, SecureRandom random) throws IOException {
        // Made under a name that nobody looks at, so that a trail is there whole or not at all.
        Path unfinished = Files.createDirectory(
                directory.resolve("." + HexFormat.of().toHexDigits(random.nextLong())), OWNER_ONLY_FOLDER);
        String name;
        boolean made = false;
        try {
            name = fill(unfinished, ring, random);
            made = true;
        } finally {
            if (!made) {
                // Whoever has no room for it tries again with each event, and must not leave a folder each time.
                Files.deleteIfExists(unfinished.resolve(KEY));
                Files.deleteIfExists(unfinished.resolve(VERIFIER));
                Files.deleteIfExists(unfinished);
            }
        }
        Path folder = directory.resolve(name);
        Files.move(unfinished, folder, StandardCopyOption.ATOMIC_MOVE);
        sync(directory);
        return tryTake(folder, ring)
                .orElseThrow(() -> new IOException("another process took the new trail " + folder + ": try again"));
    }

    /** Returns the trail's name, which is made of its key. */
    private static String fill(Path folder, String ring, SecureRandom random) throws IOException {
        byte[] pem = new byte[0];
        try (SigningKey key = SigningKey.generate(random)) {
            pem = key.toPem();
            String name = TrailKey.nameOf(key.publicKey());
            write(folder.resolve(KEY), pem);
            write(
                    folder.resolve(VERIFIER),
                    (new TrailKey(prefix(ring) + name, key.publicKey()) + "\n").getBytes(US_ASCII));
            sync(folder);
            return name;
        } finally {
            Arrays.fill(pem, (byte) 0);
        }
    }

    private static String prefix(String ring) {
        return "dkm4j/" + ring + "/";
    }

    static TrailKey readVerifier(Path file) throws IOException {
        if (!Files.isRegularFile(file, NOFOLLOW_LINKS) || Files.size(file) > LONGEST_VERIFIER) {
            throw new IOException(file + " is not a trail's public key");
        }
        try {
            return TrailKey.parse(Files.readString(file, US_ASCII).stripTrailing());
        } catch (IllegalArgumentException e) {
            throw new IOException(file + " is not a trail's public key", e);
        }
    }

    private static SigningKey readKey(Path file) throws IOException {
        Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(file, NOFOLLOW_LINKS);
        if (!Set.of(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE)
                .containsAll(permissions)) {
            throw new IOException(file + " can be read by others than its owner: whoever did can forge this trail from"
                    + " now on; move the trail away, so that a new one with a new key is begun");
        }
        byte[] pem = Files.readAllBytes(file);
        try {
            return SigningKey.ofPem(pem);
        } catch (IllegalArgumentException e) {
            throw new IOException(file + " is not a trail's key: " + e.getMessage(), e);
        } finally {
            Arrays.fill(pem, (byte) 0);
        }
    }

    /** Writes a new file that is on the disk when this returns, readable by its owner. */
    private static void write(Path file, byte[] content) throws IOException {
        try (FileChannel channel =
                FileChannel.open(file, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), OWNER_ONLY)) {
            writeFully(channel, content);
            channel.force(true);
        }
    }

    static void writeFully(FileChannel channel, byte[] content) throws IOException {
        ByteBuffer buffer = ByteBuffer.wrap(content);
        while (buffer.hasRemaining()) {
            channel.write(buffer);
        }
    }

    static void sync(Path directory) throws IOException {
        try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    Path path() {
        return path;
    }

    SigningKey key() {
        return key;
    }

    TrailKey verifier() {
        return verifier;
    }

    static String fileName(long firstNumber) {
        return String.format(Locale.ROOT, "%018d", firstNumber) + SUFFIX;
    }

    /** A new file that begins with a line; it is there with that line or not at all. */
    Path begin(long firstNumber, String line) throws IOException {
        Path file = path.resolve(fileName(firstNumber));
        Path unfinished = path.resolve("unfinished");
        Files.deleteIfExists(unfinished);
        write(unfinished, (line + "\n").getBytes(US_ASCII));
        // Nothing can fail behind this: the name is brought to the disk with the first record that must be.
        Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE);
        return file;
    }

    /** Sets the torn end of a file aside; whoever looks into it later finds it there. */
    void setAside(long number, byte[] torn) throws IOException {
        Path file = path.resolve("torn-" + String.format(Locale.ROOT, "%018d", number));
        try {
            write(file, torn);
        } catch (FileAlreadyExistsException e) {
            // A crash right after it was set aside, and the end is still there.
        }
    }

    @Override
    public void close() {
        key.close();
        try {
            lockFile.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            HELD.remove(real);
        }
    }
}
