package io.github.dkm4j.audit;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.file.LinkOption.NOFOLLOW_LINKS;

import io.github.dkm4j.crypto.SigningKey;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
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
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * One trail's folder, held by a lock for as long as a process writes there. It has the trail's key {@code key.pem}, the
 * {@code verifier} that everybody may know, and the records in files {@code NUMBER.trail} named by their first record.
 */
final class TrailFolder implements AutoCloseable {
    static final String VERIFIER = "verifier";
    static final String SUFFIX = ".trail";

    private static final String KEY = "key.pem";
    private static final String LOCK = "lock";
    private static final FileAttribute<?> OWNER_ONLY_FOLDER =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));
    private static final FileAttribute<?> OWNER_ONLY =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

    private final Path path;
    private final FileChannel lockFile;
    private final SigningKey key;
    private final TrailKey verifier;

    private TrailFolder(Path path, FileChannel lockFile, SigningKey key, TrailKey verifier) {
        this.path = path;
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
                    .filter(folder -> !folder.getFileName().toString().startsWith("."))
                    .sorted()
                    .toList();
        }
    }

    /** The files of records in a trail's folder, in their order. */
    static List<Path> files(Path folder) throws IOException {
        try (Stream<Path> all = Files.list(folder)) {
            return all.filter(file -> file.getFileName().toString().endsWith(SUFFIX))
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
        FileChannel lockFile = FileChannel.open(
                folder.resolve(LOCK), Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE), OWNER_ONLY);
        try {
            FileLock lock = lockFile.tryLock();
            if (lock != null) {
                return Optional.of(new TrailFolder(folder, lockFile, readKey(folder.resolve(KEY)), verifier));
            }
        } catch (OverlappingFileLockException e) {
            // Another trail of this process.
        } catch (IOException | IllegalArgumentException e) {
            lockFile.close();
            throw e;
        }
        lockFile.close();
        return Optional.empty();
    }

    private static TrailFolder make(Path directory, String ring, SecureRandom random) throws IOException {
        byte[] id = new byte[8];
        random.nextBytes(id);
        String name = HexFormat.of().formatHex(id);
        // Made under a name that nobody looks at, so that a trail is there whole or not at all.
        Path unfinished = Files.createDirectory(directory.resolve("." + name), OWNER_ONLY_FOLDER);
        SigningKey key = SigningKey.generate(random);
        TrailKey verifier = new TrailKey(prefix(ring) + name, key.publicKey());
        byte[] pem = key.toPem();
        try {
            write(unfinished.resolve(KEY), pem);
        } finally {
            Arrays.fill(pem, (byte) 0);
        }
        write(unfinished.resolve(VERIFIER), (verifier + "\n").getBytes(US_ASCII));
        FileChannel lockFile = FileChannel.open(
                unfinished.resolve(LOCK), Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), OWNER_ONLY);
        if (lockFile.tryLock() == null) {
            throw new IOException("a new lock file is locked: " + unfinished.resolve(LOCK));
        }
        sync(unfinished);
        Path folder = directory.resolve(name);
        Files.move(unfinished, folder, StandardCopyOption.ATOMIC_MOVE);
        sync(directory);
        return new TrailFolder(folder, lockFile, key, verifier);
    }

    private static String prefix(String ring) {
        return "dkm4j/" + ring + "/";
    }

    static TrailKey readVerifier(Path file) throws IOException {
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

    private static void sync(Path directory) throws IOException {
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

    /** A new file that begins with a line; it is there with that line or not at all. */
    FileChannel begin(long firstNumber, String line) throws IOException {
        Path file = path.resolve(String.format("%018d", firstNumber) + SUFFIX);
        Path unfinished = path.resolve("." + file.getFileName());
        Files.deleteIfExists(unfinished);
        write(unfinished, (line + "\n").getBytes(US_ASCII));
        Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE);
        sync(path);
        return append(file);
    }

    static FileChannel append(Path file) throws IOException {
        FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE);
        channel.position(channel.size());
        return channel;
    }

    /** Sets the torn end of a file aside; whoever looks into it later finds it there. */
    void setAside(long number, byte[] torn) throws IOException {
        Path file = path.resolve("torn-" + String.format("%018d", number));
        try {
            write(file, torn);
        } catch (java.nio.file.FileAlreadyExistsException e) {
            // A crash right after it was set aside, and the end is still there.
        }
    }

    @Override
    public void close() {
        key.close();
        try {
            lockFile.close();
        } catch (NoSuchFileException e) {
            // The folder was removed: nobody can take it any more.
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
