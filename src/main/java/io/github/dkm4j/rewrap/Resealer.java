package io.github.dkm4j.rewrap;

import io.github.dkm4j.Decrypted;
import io.github.dkm4j.Decryptor;
import io.github.dkm4j.KeyDescription;
import io.github.dkm4j.KeyRingView;
import io.github.dkm4j.key.AuthenticationFailed;
import io.github.dkm4j.key.EncryptionContext;
import io.github.dkm4j.key.KeyDestroyed;
import io.github.dkm4j.key.KeyRef;
import io.github.dkm4j.key.KeyRevoked;
import io.github.dkm4j.key.KeyStatus;
import io.github.dkm4j.key.MalformedMessage;
import io.github.dkm4j.key.NoActiveKey;
import io.github.dkm4j.key.TruncatedMessage;
import io.github.dkm4j.key.UnknownKey;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** Makes messages of the active key out of older ones, by the ring's keys as they stood when it was made. */
final class Resealer {
    private final KeyRingView ring;
    private final boolean despiteRevocation;
    private final boolean dryRun;
    private final Map<KeyRef, KeyStatus> keys = new HashMap<>();

    /**
     * Asks the ring for its keys.
     *
     * @param despiteRevocation open messages of revoked keys too
     * @param dryRun open what would be sealed again, and make nothing
     */
    Resealer(KeyRingView ring, boolean despiteRevocation, boolean dryRun) {
        this.ring = ring;
        this.despiteRevocation = despiteRevocation;
        this.dryRun = dryRun;
        for (KeyDescription key : ring.admin().keys()) {
            keys.put(key.metadata().ref(), key.status());
        }
    }

    /** The key that new messages are made with. */
    KeyRef active() {
        return keys.entrySet().stream()
                .filter(key -> key.getValue() == KeyStatus.ACTIVE)
                .map(Map.Entry::getKey)
                .findFirst()
                .orElseThrow(() -> new NoActiveKey("the ring has no active key to move messages to: look at its keys"));
    }

    /** Whether a message is to be moved: never one whose key is newer than what this node knows as active. */
    boolean isOld(KeyRef key) {
        KeyStatus status = keys.get(key);
        return status != null && status != KeyStatus.ACTIVE && status != KeyStatus.PENDING;
    }

    /** Makes a row's new message; empty if the row is to be left, for a reason that is then counted. */
    Optional<Move> move(Row row, Tally tally) {
        if (!Decryptor.isMessage(row.message())) {
            tally.left(row, Optional.empty(), RewrapReport.Reason.NOT_A_MESSAGE, "it is no message");
            return Optional.empty();
        }
        Optional<KeyRef> under = Optional.empty();
        try {
            KeyRef key = Decryptor.keyOf(row.message());
            under = Optional.of(key);
            if (keys.get(key) == KeyStatus.ACTIVE) {
                tally.inPlace();
                return Optional.empty();
            }
            EncryptionContext context = row.context();
            if (context == null) {
                tally.left(row, under, RewrapReport.Reason.UNREADABLE, "its context has a column without a value");
                return Optional.empty();
            }
            return move(row, key, context, tally);
        } catch (KeyRevoked e) {
            tally.left(row, under, RewrapReport.Reason.REVOKED, String.valueOf(e.getMessage()));
        } catch (MalformedMessage | TruncatedMessage | AuthenticationFailed | UnknownKey | KeyDestroyed e) {
            tally.left(row, under, RewrapReport.Reason.UNREADABLE, String.valueOf(e.getMessage()));
        }
        return Optional.empty();
    }

    private Optional<Move> move(Row row, KeyRef key, EncryptionContext context, Tally tally) {
        boolean revoked = false;
        Decrypted opened;
        try {
            opened = ring.decryptor().open(row.message(), context);
        } catch (KeyRevoked e) {
            if (!despiteRevocation) {
                throw e;
            }
            revoked = true;
            opened = ring.admin().decryptDespiteRevocation(row.message(), context);
        }
        try {
            if (!isOld(key)) {
                tally.inPlace(); // a newer key than this node's active one, and it opens
                return Optional.empty();
            }
            byte[] message = dryRun ? row.message() : ring.encryptor().encrypt(opened.plaintext(), context);
            return Optional.of(
                    new Move(row, row.storable(message), revoked ? Optional.of(listed(row, key)) : Optional.empty()));
        } finally {
            Arrays.fill(opened.plaintext(), (byte) 0);
        }
    }

    private static RewrapReport.Row listed(Row row, KeyRef key) {
        return new RewrapReport.Row(
                row.keyText(),
                Optional.of(key),
                RewrapReport.Reason.MOVED_DESPITE_REVOCATION,
                "its key was revoked: whoever had the key may have written it");
    }
}
