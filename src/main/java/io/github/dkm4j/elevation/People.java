package io.github.dkm4j.elevation;

import io.github.dkm4j.crypto.NoteKey;
import io.github.dkm4j.crypto.SignedNote;
import java.util.Collection;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Who is enrolled, and with which key. Immutable. */
final class People {
    private final Map<String, NoteKey> keys;

    /**
     * The people of these keys, who are called as their keys are.
     *
     * @throws IllegalArgumentException if two have the same name or the same key
     */
    People(Collection<NoteKey> keys) {
        Set<String> different = new HashSet<>();
        for (NoteKey key : keys) {
            if (!different.add(HexFormat.of().formatHex(key.publicKey()))) {
                throw new IllegalArgumentException("two people have the same key, one of them is " + key.name());
            }
        }
        try {
            this.keys = keys.stream().collect(Collectors.toUnmodifiableMap(NoteKey::name, key -> key));
        } catch (IllegalStateException e) {
            throw new IllegalArgumentException("two people have the same name", e);
        }
    }

    /**
     * What a note states, if whoever it says made it has signed it.
     *
     * @param reader reads the statement
     * @param maker who is said to have made it
     * @throws IllegalArgumentException if it is no such note, or nobody who is enrolled signed it
     */
    <T> T signed(String text, Function<String, T> reader, Function<T, String> maker) {
        SignedNote note = SignedNote.parse(text);
        T stated = reader.apply(note.text());
        NoteKey key = keys.get(maker.apply(stated));
        if (key == null) {
            throw new IllegalArgumentException(maker.apply(stated) + " is not enrolled");
        }
        if (!note.isSignedBy(key)) {
            throw new IllegalArgumentException("it is not signed by " + key.name());
        }
        return stated;
    }
}
