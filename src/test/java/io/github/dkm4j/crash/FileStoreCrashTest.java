package io.github.dkm4j.crash;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dkm4j.store.FileKeyRingStore;
import io.github.dkm4j.store.KeyRingStore;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;

/** A ring in a directory. */
class FileStoreCrashTest extends CrashTest {
    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path parent;

    @Override
    KeyRingStore store() {
        return FileKeyRingStore.at(parent.resolve("keys"));
    }

    @Override
    List<String> location() {
        return List.of(parent.resolve("keys").toString());
    }

    @Override
    void check(Aftermath aftermath) {
        assertThat(aftermath.refusalsBut(CLOCKS_DISAGREE)).isEmpty();
    }
}
