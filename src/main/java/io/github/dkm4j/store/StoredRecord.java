package io.github.dkm4j.store;

import java.time.Instant;
import java.util.Optional;

/**
 * A record as a store holds it: opaque bytes under a name, and when the store took it by the store's own clock. The
 * bytes are never clear key material. Immutable.
 */
public final class StoredRecord {
    /** The largest content, in bytes, that every store must take. */
    public static final int MAX_LENGTH = 65_536;

    private final RecordName name;
    private final byte[] content;
    private final Optional<Instant> storedAt;

    private StoredRecord(RecordName name, byte[] content, Optional<Instant> storedAt) {
        if (content.length > MAX_LENGTH) {
            throw new IllegalArgumentException("record " + name + " is longer than " + MAX_LENGTH + " bytes");
        }
        this.name = name;
        this.content = content.clone();
        this.storedAt = storedAt;
    }

    /**
     * A record to be stored.
     *
     * @param content copied
     * @throws IllegalArgumentException if the content is longer than {@link #MAX_LENGTH}
     */
    public static StoredRecord of(RecordName name, byte[] content) {
        return new StoredRecord(name, content, Optional.empty());
    }

    /** The same record, taken by the store at the given time of the store's clock. */
    public StoredRecord storedAt(Instant time) {
        return new StoredRecord(name, content, Optional.of(time));
    }

    /** Its name. */
    public RecordName name() {
        return name;
    }

    /** Its bytes, a copy. */
    public byte[] content() {
        return content.clone();
    }

    /** When the store took it; empty for a record not yet stored. */
    public Optional<Instant> storedAt() {
        return storedAt;
    }

    /** The name alone. */
    @Override
    public String toString() {
        return "StoredRecord[" + name + "]";
    }
}
