package io.github.dkm4j.ring;

import io.github.dkm4j.crypto.Ciphers;
import io.github.dkm4j.crypto.KeyMaterial;
import io.github.dkm4j.crypto.KeyWrap;
import io.github.dkm4j.key.RecordNotAuthentic;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Verifies and unwraps records by the master secret that they hang from, or its rival of the same number. */
final class Secrets implements AutoCloseable {
    private final Ciphers ciphers;
    private final Generations generations;
    private @Nullable KeyWrap unwrapper;

    Secrets(Ciphers ciphers, Generations generations) {
        this.ciphers = ciphers;
        this.generations = generations;
    }

    void verify(RecordText text) {
        byRivals(text, master -> {
            text.verify(master.recordKey());
            return true;
        });
    }

    KeyMaterial material(RecordText text) {
        return byRivals(text, master -> RingRecords.material(text, master, unwrapper()));
    }

    private <T> T byRivals(RecordText text, Function<MasterSecret, T> reading) {
        RecordNotAuthentic refusal =
                new RecordNotAuthentic("it hangs from a generation of the master secret that is not here");
        for (MasterSecret master : generations.of(RingRecords.generation(text))) {
            try {
                return reading.apply(master);
            } catch (RecordNotAuthentic e) {
                refusal = e;
            }
        }
        throw refusal;
    }

    /** Made when it is needed: most readings find no new key. */
    private KeyWrap unwrapper() {
        if (unwrapper == null) {
            unwrapper = new KeyWrap(ciphers);
        }
        return unwrapper;
    }

    @Override
    public void close() {
        if (unwrapper != null) {
            unwrapper.close();
        }
    }
}
