package io.github.dkm4j.store.ldap;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.unboundid.ldap.sdk.Attribute;
import com.unboundid.ldap.sdk.DN;
import com.unboundid.ldap.sdk.Entry;
import com.unboundid.ldap.sdk.Filter;
import com.unboundid.ldap.sdk.LDAPException;
import com.unboundid.ldap.sdk.RDN;
import com.unboundid.util.StaticUtils;
import io.github.dkm4j.store.RecordName;
import io.github.dkm4j.store.StoredRecord;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.text.ParseException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Optional;

/**
 * How a record is an object of the directory: a {@code contact} whose {@code displayName} is the record's name, whose
 * {@code sn} is its slot, to be found by it, and whose {@code thumbnailPhoto} is a byte of one and then its content. Its
 * own name, the {@code cn}, is the record's slot if that is not held by something else, and never read: replication renames
 * one of two rivals.
 */
final class RecordEntry {
    private static final String CREATED = "whenCreated";

    static final String[] ATTRIBUTES = {"displayName", "thumbnailPhoto", CREATED};

    static final String NAME = "displayName";
    /** An attribute that servers have an index of, and that takes 64 characters. */
    private static final String SLOT = "sn";

    private static final String CONTENT = "thumbnailPhoto";
    private static final byte FORM = 1;

    private static final DateTimeFormatter GENERALIZED_TIME =
            DateTimeFormatter.ofPattern("uuuuMMddHHmmss'.0Z'", Locale.ROOT).withZone(ZoneOffset.UTC);
    private static final Instant LATEST = Instant.parse("9999-12-31T23:59:59Z");

    private RecordEntry() {}

    /** The object of a record whose slot is free. */
    static Entry of(DN ring, StoredRecord record) {
        return entry(ring, record, record.name().slot());
    }

    /**
     * The object of a record whose slot is free and whose own place is held by something else. All records of the slot have
     * this same place, so that of two one wins here too. No slot begins as its name does.
     */
    static Entry besideJunk(DN ring, StoredRecord record) {
        return entry(ring, record, "_" + hash(record.name().slot(), new byte[0]));
    }

    /** The object of a record that stands beside another one of its slot: a place of its own. */
    static Entry besideARival(DN ring, StoredRecord record) {
        return entry(ring, record, "_" + hash(record.name().toString(), record.content()));
    }

    private static Entry entry(DN ring, StoredRecord record, String cn) {
        byte[] content = record.content();
        byte[] value = new byte[content.length + 1];
        value[0] = FORM;
        System.arraycopy(content, 0, value, 1, content.length);
        return new Entry(
                new DN(new RDN("CN", cn), ring),
                new Attribute("objectClass", "contact"),
                new Attribute(NAME, record.name().toString()),
                new Attribute(SLOT, record.name().slot()),
                new Attribute(CONTENT, value));
    }

    /** Finds objects of a slot's records; others may be among them. */
    static Filter ofSlot(String slot) {
        return withContent(Filter.createEqualityFilter(SLOT, slot));
    }

    /** Finds objects of one record's name; others may be among them. */
    static Filter named(RecordName name) {
        return withContent(Filter.createEqualityFilter(NAME, name.toString()));
    }

    private static Filter withContent(Filter filter) {
        return Filter.createANDFilter(filter, Filter.createPresenceFilter(CONTENT));
    }

    /** Finds all objects that may be records. */
    static Filter all() {
        return Filter.createPresenceFilter(NAME);
    }

    /** Finds all objects that may be records, but those of audit trails. */
    static Filter ofRing() {
        return Filter.createANDFilter(all(), Filter.createNOTFilter(ofTrails()));
    }

    /**
     * Finds all objects that may be records of audit trails and whose time, as {@link #read} tells it, is this or later.
     * Servers compare whatever the case, but a name of another case is none.
     */
    static Filter ofTrails(Instant since) {
        if (!since.isAfter(Instant.EPOCH)) {
            return ofTrails();
        }
        // That time is a second after the one that the server tells.
        Instant created = since.isAfter(LATEST) ? LATEST : since.minusNanos(1).truncatedTo(ChronoUnit.SECONDS);
        return Filter.createANDFilter(
                ofTrails(), Filter.createGreaterOrEqualFilter(CREATED, GENERALIZED_TIME.format(created)));
    }

    private static Filter ofTrails() {
        return Filter.createSubstringFilter(NAME, RecordName.TRAIL, null, null);
    }

    /** The record that an object is, with the time at which the server took it; empty if the object is none. */
    static Optional<StoredRecord> read(Entry entry) {
        byte[] value = entry.getAttributeValueBytes(CONTENT);
        Optional<RecordName> name = name(entry);
        if (name.isEmpty()
                || value == null
                || value.length < 1
                || value.length > StoredRecord.MAX_LENGTH + 1
                || value[0] != FORM) {
            return Optional.empty();
        }
        StoredRecord record = StoredRecord.of(name.get(), Arrays.copyOfRange(value, 1, value.length));
        return Optional.of(time(entry, CREATED).map(record::storedAt).orElse(record));
    }

    /**
     * A time that the server tells: in whole seconds and cut off, so here it is the end of its second, and no window that
     * begins with it is shorter than it should be.
     */
    static Optional<Instant> time(Entry entry, String attribute) {
        String text = entry.getAttributeValue(attribute);
        try {
            return text == null
                    ? Optional.empty()
                    : Optional.of(
                            StaticUtils.decodeGeneralizedTime(text).toInstant().plusSeconds(1));
        } catch (ParseException e) {
            return Optional.empty();
        }
    }

    /** How many bytes of an object were read for its record. */
    static long size(Entry entry) {
        byte[] value = entry.getAttributeValueBytes(CONTENT);
        String text = entry.getAttributeValue(NAME);
        return (value == null ? 0L : value.length) + (text == null ? 0 : text.length());
    }

    /** The name of the record that an object is or pretends to be; empty if it has none. */
    static Optional<RecordName> name(Entry entry) {
        String text = entry.getAttributeValue(NAME);
        int dot = text == null ? -1 : text.indexOf('.');
        if (text == null || dot < 0) {
            return Optional.empty();
        }
        try {
            return Optional.of(new RecordName(text.substring(0, dot), text.substring(dot + 1)));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** Where the object is: its container. */
    static DN parent(Entry entry) throws LDAPException {
        DN parent = entry.getParsedDN().getParent();
        return parent == null ? DN.NULL_DN : parent;
    }

    private static String hash(String name, byte[] content) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update(name.getBytes(UTF_8));
            digest.update((byte) 0);
            byte[] hash = digest.digest(content);
            return HexFormat.of().formatHex(hash, 0, 16);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
