package io.github.dkm4j.store;

import java.time.Instant;
import java.util.List;

/**
 * Where rings' records live. A store is not trusted: it can lose, hide or withhold records, but it cannot forge one,
 * and reading it gives no key. Records are immutable: they are added, never changed.
 *
 * <p>Implementations are safe for use by many threads and many processes at once. When {@link #create} or {@link #add}
 * returns true, the records are durable: they survive the death of the process and of the machine, in the sense that
 * the implementation's documentation gives to the word.
 *
 * <p>Where a store has an access control of its own, every method throws {@link io.github.dkm4j.key.AccessDenied} if that
 * refuses it, and nothing was touched.
 *
 * <p>A ring's name is 1 to 64 letters, digits, dots, hyphens or underscores and starts with a letter or digit.
 */
public interface KeyRingStore {
    /**
     * Makes a ring with its first records: all of them or, if this fails or dies in between, none.
     *
     * @return false, and nothing was touched, if the ring exists
     * @throws io.github.dkm4j.key.StoreUnavailable if the store cannot be written, or is not safe to use
     * @throws IllegalArgumentException if the name is not of the form above
     */
    boolean create(String ring, List<StoredRecord> records);

    /**
     * Adds a record to a ring if its slot is free.
     *
     * @return false, and nothing was touched, if a record of the same slot exists
     * @throws io.github.dkm4j.key.RingNotFound if there is no such ring
     * @throws io.github.dkm4j.key.StoreUnavailable if the store cannot be written, or is not safe to use; the record
     *     may or may not have been added
     * @throws IllegalArgumentException if the name is not of the form above
     */
    boolean add(String ring, StoredRecord record);

    /**
     * Puts a record back that the store has lost, even if another one has taken its slot since; rivals of one slot then
     * stand side by side.
     *
     * <p>What counts as the same record is the store's choice. Most keep one record of a name: if one of that name exists,
     * whatever its content, this returns false. A store where whoever may add could take a lost record's name with another
     * content, as in a directory, compares the content too: then this adds the record, and {@link #read} shows two of one
     * name. In any store a record that exists with this name and this content is the same, and none is replaced.
     *
     * @return false, and nothing was touched, if the record exists already, as the store tells records apart
     * @throws io.github.dkm4j.key.RingNotFound if there is no such ring
     * @throws io.github.dkm4j.key.StoreUnavailable as {@link #add}
     * @throws IllegalArgumentException if the name is not of the form above
     */
    boolean restore(String ring, StoredRecord record);

    /**
     * Deletes the record of a destroyed key, and never another one: what a store holds is otherwise only added to.
     *
     * @return false, and nothing was touched, if there is no such record
     * @throws io.github.dkm4j.key.RingNotFound if there is no such ring
     * @throws io.github.dkm4j.key.StoreUnavailable if the store cannot be written, or is not safe to use
     * @throws IllegalArgumentException if the name is not of the form above
     */
    boolean remove(String ring, RecordName name);

    /**
     * The store's own clock, by which it dates records. For a store on another machine it is that machine's.
     *
     * @throws io.github.dkm4j.key.StoreUnavailable if the store cannot be asked
     */
    Instant now();

    /**
     * All records of a ring in order of their names, each with the time at which the store took it; an empty list if
     * there is no such ring. Those of audit trails may be left out: a ring passes over them, and there may be many.
     *
     * @throws io.github.dkm4j.key.StoreUnavailable if the store cannot be read, or is not safe to use
     * @throws IllegalArgumentException if the name is not of the form above
     */
    List<StoredRecord> read(String ring);

    /**
     * What a ring's audit trails have put there, {@link RecordName#isOfTrail}, in order of their names; an empty list if
     * there is no such ring.
     *
     * @param since those that the store took then or later, by its own clock
     * @throws io.github.dkm4j.key.StoreUnavailable as {@link #read}
     * @throws IllegalArgumentException if the name is not of the form above
     */
    default List<StoredRecord> readTrails(String ring, Instant since) {
        return RecordFile.since(
                since,
                read(ring).stream().filter(record -> record.name().isOfTrail()).toList());
    }

    /**
     * What can be seen to keep the store from holding what it promises, in words, for the ring's health: a database whose
     * commits do not wait for its disk, for instance. Empty if nothing is.
     *
     * @throws io.github.dkm4j.key.StoreUnavailable if the store cannot be asked
     */
    default List<String> doubts() {
        return List.of();
    }
}
