package io.github.dkm4j;

import io.github.dkm4j.key.AccessDenied;
import io.github.dkm4j.key.DestructionRefused;
import io.github.dkm4j.key.DkmException;
import io.github.dkm4j.key.EncryptionContext;
import io.github.dkm4j.key.KeyRef;
import io.github.dkm4j.key.StoreUnavailable;
import io.github.dkm4j.key.UnknownKey;
import io.github.dkm4j.policy.AccessPolicy;
import io.github.dkm4j.policy.Caller;
import io.github.dkm4j.policy.Decision;
import io.github.dkm4j.policy.Operation;
import io.github.dkm4j.policy.PolicyVersion;
import java.util.List;

/** What shows and changes the ring. Safe for use by many threads. */
public interface KeyRingAdmin {
    /**
     * All key versions by epoch and key id, as this node knows them.
     *
     * @throws AccessDenied if the policy lets the caller do nothing at all on this ring
     */
    List<KeyDescription> keys();

    /**
     * Makes the next epoch, which becomes active after the propagation window. While one is PENDING already, makes
     * nothing and returns that one.
     *
     * @throws AccessDenied if the policy does not let the caller roll over
     * @throws StoreUnavailable if the store cannot be read or written, or its view is incomplete; no key was made, or
     *     one that the next call returns
     * @throws DkmException for whatever else the store or the audit sink refuses
     */
    KeyDescription rollOver();

    /**
     * Revokes one key version because it may be known to somebody. Encryption with it stops at once, decryption of its
     * messages is refused; the master secret starts a new generation, which whoever stole the old one cannot read; and
     * a key of the next epoch is made, active as soon as it was read back. If this fails half-way, call it again: it
     * goes on where it was. Other nodes know of it within the refresh interval, or within the decryption staleness
     * bound if the store is out of their reach.
     *
     * @param reason 1 to 1,000 characters, kept in the ring for all to read
     * @throws AccessDenied if the policy does not let the caller administer
     * @throws UnknownKey if there is no such key
     * @throws StoreUnavailable if the store cannot be read or written, or its view is incomplete
     * @throws DkmException for whatever the root key or the audit sink refuses
     */
    KeyDescription revoke(KeyRef key, String reason);

    /**
     * Asks for the destruction of an archived or revoked key; called again when the delay is over, completes it. Then
     * nothing that the key encrypted can ever be read again. The inventory is asked both times, and any message that it
     * finds refuses the destruction and cancels one that was asked for.
     *
     * @param reason 1 to 1,000 characters, kept in the ring for all to read
     * @return the key, with the time from which its destruction can be completed, or destroyed
     * @throws AccessDenied if the policy does not let the caller destroy
     * @throws DestructionRefused if the key is active or pending, is still used, or there is no inventory to say so
     * @throws UnknownKey if there is no such key
     * @throws StoreUnavailable if the store cannot be read or written, or its view is incomplete
     */
    KeyDescription destroy(KeyRef key, String reason);

    /** As {@link #destroy(KeyRef, String)}, though nobody says that no message uses the key. */
    KeyDescription destroyWithoutInventory(KeyRef key, String reason);

    /**
     * Undoes a destruction that was not completed.
     *
     * @throws AccessDenied if the policy does not let the caller destroy
     * @throws DestructionRefused if there is none
     */
    KeyDescription undoDestruction(KeyRef key, String reason);

    /**
     * Opens a message whose key was revoked. Every such opening is put on record. A message whose key was not revoked is
     * opened for whoever may also decrypt. Where the policy is for services only, both is needed.
     *
     * @throws AccessDenied if the policy does not let the caller administer
     */
    Decrypted decryptDespiteRevocation(byte[] message, EncryptionContext context);

    /**
     * Declares that the store was restored from an older copy and that the records missing since are lost for good, so
     * that the ring works again without them. Keys among them stay lost, and so does what they encrypted.
     *
     * @return how many records were given up
     * @throws AccessDenied if the policy does not let the caller administer
     */
    int acceptRestore(String reason);

    /**
     * The policy in force, and who wrote it when and why, as this node knows it.
     *
     * @throws AccessDenied if the policy lets the caller do nothing at all on this ring
     */
    PolicyVersion policy();

    /**
     * Replaces the policy. Every node goes by the new one within the refresh interval, this one at once. Nothing is written
     * if the policy in force says the same already.
     *
     * @param reason 1 to 1,000 characters, kept in the ring for all to read
     * @return the policy in force, which is the given one
     * @throws AccessDenied if the policy in force does not let the caller administer, or the new one would not: whoever
     *     writes a policy must be able to write the next one
     * @throws StoreUnavailable if the store cannot be read or written, its view is incomplete, or somebody else has changed
     *     the policy at the same time
     */
    PolicyVersion changePolicy(AccessPolicy policy, String reason);

    /**
     * Whether the policy lets somebody do something, by which rule, and through which nested groups. The directory is asked
     * anew; what nodes remember counts up to its time to live longer.
     *
     * @throws AccessDenied if it is about somebody else, and the policy lets the caller do nothing at all on this ring
     * @throws io.github.dkm4j.key.GroupDirectoryUnavailable if the group directory cannot answer
     */
    Decision explain(Caller caller, Operation operation);

    /** What is wrong with the ring, in words; empty if all is well. */
    List<String> problems();

    /** The hash of the ring's genesis: its identity, which other nodes can pin. 64 hexadecimal digits. */
    String identity();
}
