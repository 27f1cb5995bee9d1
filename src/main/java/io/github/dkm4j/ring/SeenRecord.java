package io.github.dkm4j.ring;

import io.github.dkm4j.key.KeyRef;
import io.github.dkm4j.store.RecordName;
import io.github.dkm4j.store.StoredRecord;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An authentic record as a node keeps it: its bytes, so that it can be put back word for word, and what the chain
 * needs. Small, because a ring has one for each key; the text is parsed again where it is needed.
 */
final class SeenRecord {
    private final byte[] content;
    private final Hash hash;
    private final List<Hash> previous;
    private final String type;
    private final int generation;
    private final @Nullable KeyRef key;
    private final @Nullable KeyEvent event;
    private final @Nullable RecordName name;

    private SeenRecord(RecordText text, Hash hash, List<Hash> previous) {
        this.content = text.bytes();
        this.hash = hash;
        this.previous = previous;
        this.type = text.type().intern();
        this.generation = RingRecords.generation(text);
        this.key = type.equals(RingRecords.KEY) ? RingRecords.ref(text) : null;
        // Asked for at every refresh; of keys, of which there are many, the name is worked out each time.
        this.event = type.equals(RingRecords.EVENT) ? EventRecords.event(text) : null;
        this.name = key == null ? RingRecords.nameOf(text) : null;
    }

    /**
     * Keeps a record.
     *
     * @param others records read before: their hashes are shared
     */
    static SeenRecord of(RecordText text, Hash hash, Map<Hash, SeenRecord> others) {
        List<Hash> previous = RingRecords.previous(text).stream()
                .map(named -> {
                    SeenRecord other = others.get(named);
                    return other == null ? named : other.hash;
                })
                .toList();
        return new SeenRecord(text, hash, previous);
    }

    Hash hash() {
        return hash;
    }

    /** Hashes of the records that were newest when this one was made. */
    List<Hash> previous() {
        return previous;
    }

    boolean is(String candidate) {
        return type.equals(candidate);
    }

    int generation() {
        return generation;
    }

    /** The key version; null if this is no key record. */
    @Nullable KeyRef key() {
        return key;
    }

    /** What was done to a key; null if this is no event. */
    @Nullable KeyEvent event() {
        return event;
    }

    RecordText text() {
        return RecordText.parse(content);
    }

    RecordName name() {
        if (name != null) {
            return name;
        }
        return key != null
                ? new RecordName(RingRecords.keySlot(key.epoch()), key.keyId().toString())
                : RingRecords.nameOf(text());
    }

    /** Whether this is its name; asked for every record at every refresh. */
    boolean isNamed(RecordName candidate) {
        return key != null
                ? candidate.slot().equals(RingRecords.keySlot(key.epoch()))
                        && candidate.id().equals(key.keyId().toString())
                : candidate.equals(name);
    }

    StoredRecord stored() {
        return StoredRecord.of(name(), content);
    }
}
