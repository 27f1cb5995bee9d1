package io.github.dkm4j.ring;

import io.github.dkm4j.key.RecordNotAuthentic;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/** Makes and reads the records of what was done to keys: events, accepted losses, uses. */
final class EventRecords {
    private EventRecords() {}

    static RecordText event(String ringId, KeyEvent event, String id, Collection<Hash> heads, MasterSecret master) {
        RecordText.Builder record = RingRecords.chained(RingRecords.EVENT, ringId, heads, master)
                .add("id", id)
                .add("what", event.what().label())
                .add("epoch", event.key().epoch())
                .add("key-id", event.key().keyId())
                .add("number", event.number())
                .add("at", event.at())
                .add("by", Printable.escape(event.by()))
                .add("reason", Printable.escape(event.reason()));
        event.due().ifPresent(due -> record.add("due", due));
        event.tomb().ifPresent(tomb -> {
            record.add("record", tomb.record());
            tomb.previous().forEach(hash -> record.add("record-previous", hash));
            record.add("barred", tomb.barred()).add("created", tomb.createdAt()).add("activates", tomb.activatesAt());
        });
        return record.build(master.recordKey());
    }

    static KeyEvent event(RecordText record) {
        try {
            KeyEvent.What what = KeyEvent.What.of(record.value("what"));
            boolean destroyed = what == KeyEvent.What.DESTROYED;
            return new KeyEvent(
                    what,
                    RingRecords.ref(record),
                    RingRecords.number(record, "number"),
                    RingRecords.bounded(record.instant("at")),
                    Printable.unescape(record.value("by")),
                    Printable.unescape(record.value("reason")),
                    what == KeyEvent.What.DESTROY
                            ? Optional.of(RingRecords.bounded(record.instant("due")))
                            : Optional.empty(),
                    destroyed
                            ? Optional.of(new KeyEvent.Tomb(
                                    Hash.parse(record.value("record")),
                                    record.values("record-previous").stream()
                                            .map(Hash::parse)
                                            .toList(),
                                    record.value("barred").equals("true"),
                                    RingRecords.created(record),
                                    RingRecords.bounded(record.instant("activates"))))
                            : Optional.empty());
        } catch (IllegalArgumentException e) {
            throw new RecordNotAuthentic("it is no event of this version", e);
        }
    }

    /** An administrator's word that records which others name are lost for good. */
    static RecordText accepted(
            String ringId,
            String id,
            Instant now,
            String by,
            String reason,
            Collection<Hash> lost,
            Collection<Hash> heads,
            MasterSecret master) {
        RecordText.Builder record = RingRecords.chained(RingRecords.ACCEPTED, ringId, heads, master)
                .add("id", id)
                .add("at", now)
                .add("by", Printable.escape(by))
                .add("reason", Printable.escape(reason));
        lost.stream().sorted().forEach(hash -> record.add("lost", hash));
        return record.build(master.recordKey());
    }

    static List<Hash> lost(RecordText record) {
        return record.values("lost").stream().map(Hash::parse).toList();
    }

    /** How much one process has sealed with a key so far. Stands outside the chain: losing it loses a count. */
    static RecordText use(String ringId, Use use, MasterSecret master) {
        return new RecordText.Builder(RingRecords.USE)
                .add("ring-id", ringId)
                .add("generation", use.generation())
                .add("epoch", use.key().epoch())
                .add("key-id", use.key().keyId())
                .add("node", use.node())
                .add("number", use.number())
                .add("messages", use.messages())
                .add("bytes", use.bytes())
                .build(master.recordKey());
    }

    static Use use(RecordText record) {
        try {
            return new Use(
                    RingRecords.ref(record),
                    record.value("node"),
                    RingRecords.number(record, "number"),
                    RingRecords.generation(record),
                    Long.parseUnsignedLong(record.value("messages")) & Long.MAX_VALUE,
                    Long.parseUnsignedLong(record.value("bytes")) & Long.MAX_VALUE);
        } catch (IllegalArgumentException e) {
            throw new RecordNotAuthentic("it is no count of this version", e);
        }
    }
}
