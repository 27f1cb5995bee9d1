package io.github.dkm4j.elevation;

import io.github.dkm4j.crypto.NoteKey;
import io.github.dkm4j.crypto.SignedNote;
import java.util.Collection;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** Who is enrolled, and with which key. Immutable. */
final class People {
    private final Map<String, NoteKey> keys;

    /**
     * The people of these keys, who are called as their keys are.
     *
     * @throws IllegalArgumentException if two have the same name, but for upper and lower case, or the same key
     */
    People(Collection<NoteKey> keys) {
        Set<String> different = new HashSet<>();
        for (NoteKey key : keys) {
            if (!different.add(HexFormat.of().formatHex(key.publicKey()))) {
                throw new IllegalArgumentException("two people have the same key, one of them is " + key.name());
            }
            // Directories do not tell names by the case of their letters.
            if (!different.add(key.name().toLowerCase(Locale.ROOT))) {
                throw new IllegalArgumentException("two people have the name " + key.name());
            }
        }
        this.keys = keys.stream().collect(Collectors.toUnmodifiableMap(NoteKey::name, key -> key));
    }

    /**
     * What a note states, if whoever it says made it has signed it.
     *
     * @param reader reads the statement
     * @param maker who is said to have made it
     * @throws IllegalArgumentException if it is no such note, or nobody who is enrolled signed it
     */
    <T> T signed(String text, Function<String, T> reader, Function<T, String> maker) {
        return signed(text, reader, maker, anything -> true).orElseThrow();
    }

    /**
     * The same, if it is of interest at all: signatures are costly to verify.
     *
     * @param wanted of what it must be
     */
    <T> Optional<T> signed(String text, Function<String, T> reader, Function<T, String> maker, Predicate<T> wanted) {
        SignedNote note = SignedNote.parse(text);
        T stated = reader.apply(note.text());
        if (!wanted.test(stated)) {
            return Optional.empty();
        }
        NoteKey key = keys.get(maker.apply(stated));
        if (key == null) {
            throw new IllegalArgumentException(maker.apply(stated) + " is not enrolled");
        }
        if (!note.isSignedBy(key)) {
            throw new IllegalArgumentException("it is not signed by " + key.name());
        }
        return Optional.of(stated);
    }
}
