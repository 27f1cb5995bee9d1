package io.github.dkm4j.store;

import static io.github.dkm4j.store.Records.NOW;
import static io.github.dkm4j.store.Records.names;
import static io.github.dkm4j.store.Records.record;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.dkm4j.key.StoreUnavailable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FileKeyRingStoreTest extends KeyRingStoreContract {
    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path parent;

    @Override
    protected KeyRingStore store() {
        return FileKeyRingStore.at(directory(), InstantSource.fixed(NOW));
    }

    private Path directory() {
        return parent.resolve("keys");
    }

    private FileKeyRingStore storeWithRing() {
        FileKeyRingStore store = FileKeyRingStore.at(directory(), InstantSource.fixed(NOW));
        store.create("mail", List.of(record("genesis", "a", "one")));
        return store;
    }

    @Test
    void namingAStoreOrReadingItMakesNoDirectory() {
        FileKeyRingStore.at(directory()).read("mail");

        assertThat(directory()).doesNotExist();
    }

    @Test
    void missingParentIsNotMade() {
        FileKeyRingStore store = FileKeyRingStore.at(parent.resolve("no/keys"));

        refused("parent", () -> store.create("mail", List.of()));
        assertThat(parent.resolve("no")).doesNotExist();
    }

    @Test
    void recordIsOneReadableFile() {
        storeWithRing();

        assertThat(directory().resolve("mail/genesis.a")).hasContent("stored-at: 2026-03-01T10:00:00.123456789Z\none");
    }

    @Test
    void directoriesAndFilesAreTheirOwnersAlone() throws IOException {
        storeWithRing().add("mail", record("key-1", "b", "two"));

        assertThat(mode("")).isEqualTo("rwx------");
        assertThat(mode("mail")).isEqualTo("rwx------");
        assertThat(mode("mail/genesis.a")).isEqualTo("rw-------");
        assertThat(mode("mail/key-1.b")).isEqualTo("rw-------");
        assertThat(mode(".lock")).isEqualTo("rw-------");
        assertThat(mode(".gate")).isEqualTo("rw-------");
    }

    @ParameterizedTest
    @ValueSource(strings = {"rwxr-x---", "rwx--x---", "rwx---r--", "rwx----w-"})
    void directoryOpenToOthersIsRefused(String mode) throws IOException {
        FileKeyRingStore store = storeWithRing();
        open("", mode);

        refused("chmod 700 " + directory(), () -> store.read("mail"));
        refused("chmod 700 " + directory(), () -> store.add("mail", record("key-1", "b", "")));
        refused("chmod 700 " + directory(), () -> store.create("files", List.of()));
    }

    @Test
    void ringOpenToOthersIsRefused() throws IOException {
        FileKeyRingStore store = storeWithRing();
        open("mail", "rwxr-x---");

        refused("chmod 700 " + directory().resolve("mail"), () -> store.read("mail"));
        refused("chmod 700 " + directory().resolve("mail"), () -> store.add("mail", record("key-1", "b", "")));
    }

    @Test
    void recordOpenToOthersIsRefused() throws IOException {
        FileKeyRingStore store = storeWithRing();
        open("mail/genesis.a", "rw-r-----");

        refused("chmod 600 " + directory().resolve("mail/genesis.a"), () -> store.read("mail"));
    }

    @Test
    void symbolicLinkInPlaceOfARecordIsRefused() throws IOException {
        FileKeyRingStore store = storeWithRing();
        Path elsewhere = Files.move(directory().resolve("mail/genesis.a"), parent.resolve("elsewhere"));
        Files.createSymbolicLink(directory().resolve("mail/genesis.a"), elsewhere);

        refused("genesis.a must be a regular file", () -> store.read("mail"));
    }

    @Test
    void symbolicLinkInPlaceOfARingIsRefused() throws IOException {
        FileKeyRingStore store = storeWithRing();
        Path elsewhere = Files.move(directory().resolve("mail"), parent.resolve("elsewhere"));
        Files.createSymbolicLink(directory().resolve("mail"), elsewhere);

        refused("symbolic link", () -> store.read("mail"));
        refused("symbolic link", () -> store.add("mail", record("key-1", "b", "")));
        refused("symbolic link", () -> store.create("mail", List.of()));
    }

    @Test
    void directoryInPlaceOfARecordIsRefused() throws IOException {
        FileKeyRingStore store = storeWithRing();
        Files.createDirectory(directory().resolve("mail/key-1.b"));

        refused("key-1.b must be a regular file", () -> store.read("mail"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"README", "key-1.b.orig", "Key-1.b", "key-1.b~"})
    void strayFileIsNoRecord(String name) throws IOException {
        FileKeyRingStore store = storeWithRing();
        Files.writeString(directory().resolve("mail").resolve(name), "stored-at: 2026-03-01T10:00:00Z\n");

        assertThat(names(store.read("mail"))).containsExactly("genesis.a");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "stored-at: 2026-03-01T10:00:00Z", "stored-at: today\n", "x: 2026-03-01T10:00:00Z\n"})
    void damagedRecordIsHandedOutAsItIsAndOfNoTime(String content) throws IOException {
        FileKeyRingStore store = storeWithRing();
        Files.writeString(directory().resolve("mail/genesis.a"), content);

        assertThat(store.read("mail")).singleElement().satisfies(record -> {
            assertThat(record.content()).isEqualTo(content.getBytes(UTF_8));
            assertThat(record.storedAt()).isEmpty();
        });
    }

    @Test
    void ofAnOversizedRecordNoMoreThanTheLimitIsRead() throws IOException {
        FileKeyRingStore store = storeWithRing();
        Files.write(directory().resolve("mail/genesis.a"), new byte[10 * StoredRecord.MAX_LENGTH]);

        assertThat(store.read("mail"))
                .singleElement()
                .satisfies(record -> assertThat(record.content()).hasSize(StoredRecord.MAX_LENGTH));
    }

    @Test
    void leftoversOfADeadWriterAreIgnoredByReadersAndRemovedByTheNextWriter() throws IOException {
        FileKeyRingStore store = storeWithRing();
        Path ofCreate = Files.createDirectory(directory().resolve(".tmp-1"));
        Files.writeString(ofCreate.resolve("genesis.z"), "half");
        Path ofAdd = Files.writeString(directory().resolve("mail/.tmp-2"), "half");

        assertThat(names(store.read("mail"))).containsExactly("genesis.a");
        assertThat(ofCreate).exists();
        assertThat(ofAdd).exists();

        store.add("mail", record("key-1", "b", "two"));
        assertThat(ofCreate).doesNotExist();
        assertThat(ofAdd).doesNotExist();
        assertThat(names(store.read("mail"))).containsExactly("genesis.a", "key-1.b");
    }

    @Test
    void emptyDirectoryIsAnExistingRing() throws IOException {
        FileKeyRingStore store = storeWithRing();
        Files.createDirectory(
                directory().resolve("empty"),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));

        assertThat(store.create("empty", List.of(record("genesis", "a", "")))).isFalse();
        assertThat(store.read("empty")).isEmpty();
    }

    @Test
    void instancesInOneVirtualMachineExcludeOneAnother() throws Exception {
        storeWithRing();
        List<FileKeyRingStore> stores = IntStream.range(0, 16)
                .mapToObj(i -> FileKeyRingStore.at(directory()))
                .toList();

        List<Boolean> won = atOnce(i -> stores.get(i).add("mail", record("key-1", "id" + i, "")));

        assertThat(won).containsOnlyOnce(true);
        assertThat(names(stores.get(0).read("mail"))).containsExactly("genesis.a", "key-1.id" + won.indexOf(true));
    }

    @Test
    void writerThatWaitsTooLongNamesTheLock() throws IOException {
        storeWithRing();

        WriterLock.holding(directory(), WriterLock.PATIENCE, () -> {
            assertThatExceptionOfType(StoreUnavailable.class)
                    .isThrownBy(() -> WriterLock.holding(directory(), Duration.ZERO, () -> true))
                    .withMessageContaining(
                            "another process holds " + directory().resolve(".lock"));
            return true;
        });
    }

    private String mode(String path) throws IOException {
        return PosixFilePermissions.toString(
                Files.getPosixFilePermissions(directory().resolve(path), LinkOption.NOFOLLOW_LINKS));
    }

    private void open(String path, String mode) throws IOException {
        Files.setPosixFilePermissions(directory().resolve(path), PosixFilePermissions.fromString(mode));
    }

    private static void refused(String message, Runnable action) {
        assertThatExceptionOfType(StoreUnavailable.class)
                .isThrownBy(action::run)
                .withMessageContaining(message);
    }

    @Test
    void whatTrailsPutThereIsNotReadWithTheRing() {
        FileKeyRingStore store = FileKeyRingStore.at(directory());
        store.create("mail", List.of(record("genesis", "a", "one")));
        store.add("mail", record("audit-1", "b", "key"));

        assertThat(names(store.read("mail"))).containsExactly("genesis.a");
    }
}
