package io.github.dkm4j.crypto;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;

/**
 * A text with signatures under it, in the form of C2SP signed-note: the text, whose last line ends, an empty line, and for each
 * signature a line {@code — NAME BASE64}. Who signed is known only by trying keys. Immutable.
 */
public final class SignedNote {
    private static final String DASH = "\u2014 ";
    private static final int MOST_SIGNATURES = 100;

    private final String text;
    private final List<String> signatures;

    private SignedNote(String text, List<String> signatures) {
        this.text = text;
        this.signatures = List.copyOf(signatures);
    }

    /**
     * A text that nobody has signed yet.
     *
     * @param text some lines, each with its end
     */
    public static SignedNote of(String text) {
        if (!text.endsWith("\n")) {
            throw new IllegalArgumentException("a note's last line has an end");
        }
        return new SignedNote(text, List.of());
    }

    /**
     * Reads a note.
     *
     * @throws IllegalArgumentException if it is none, or has more than 100 signatures
     */
    public static SignedNote parse(String note) {
        int end = note.lastIndexOf("\n\n");
        if (end < 0 || !note.endsWith("\n")) {
            throw new IllegalArgumentException("it is no signed note");
        }
        String[] lines = note.substring(end + 2).split("\n", -1);
        List<String> signatures = Arrays.asList(lines).subList(0, lines.length - 1);
        if (signatures.isEmpty()
                || signatures.size() > MOST_SIGNATURES
                || !signatures.stream().allMatch(line -> line.startsWith(DASH))) {
            throw new IllegalArgumentException("it is no signed note");
        }
        return new SignedNote(note.substring(0, end + 1), signatures);
    }

    /** What is signed. */
    public String text() {
        return text;
    }

    /** The same with one more signature. */
    public SignedNote signedWith(NoteKey name, SigningKey key) {
        byte[] signature = key.sign(text.getBytes(StandardCharsets.UTF_8));
        byte[] line = Arrays.copyOf(name.id(), NoteKey.ID_LENGTH + signature.length);
        System.arraycopy(signature, 0, line, NoteKey.ID_LENGTH, signature.length);
        List<String> all = new ArrayList<>(signatures);
        all.add(prefix(name) + Base64.getEncoder().encodeToString(line));
        return new SignedNote(text, all);
    }

    /** The same with the other's signatures too, if it is of the same text. */
    public SignedNote with(SignedNote other) {
        if (!other.text.equals(text)) {
            throw new IllegalArgumentException("the other note is of another text");
        }
        List<String> all = new ArrayList<>(signatures);
        other.signatures.stream().filter(line -> !all.contains(line)).forEach(all::add);
        return new SignedNote(text, all);
    }

    /** Whether one of the signatures is by that key. */
    public boolean isSignedBy(NoteKey key) {
        String prefix = prefix(key);
        return signatures.stream()
                .filter(line -> line.startsWith(prefix))
                .anyMatch(line -> isBy(key, line.substring(prefix.length())));
    }

    private boolean isBy(NoteKey key, String base64) {
        byte[] signed;
        try {
            signed = Base64.getDecoder().decode(base64);
        } catch (IllegalArgumentException e) {
            return false;
        }
        return signed.length == NoteKey.ID_LENGTH + SigningKey.SIGNATURE_LENGTH
                && Arrays.equals(key.id(), Arrays.copyOf(signed, NoteKey.ID_LENGTH))
                && Base64.getEncoder().encodeToString(signed).equals(base64)
                && SigningKey.isSigned(
                        key.publicKey(),
                        text.getBytes(StandardCharsets.UTF_8),
                        Arrays.copyOfRange(signed, NoteKey.ID_LENGTH, signed.length));
    }

    private static String prefix(NoteKey key) {
        return DASH + key.name() + " ";
    }

    /** The note. */
    @Override
    public String toString() {
        return text + "\n" + String.join("\n", signatures) + (signatures.isEmpty() ? "" : "\n");
    }
}
