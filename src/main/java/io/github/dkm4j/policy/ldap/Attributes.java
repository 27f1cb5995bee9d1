package io.github.dkm4j.policy.ldap;

import com.unboundid.ldap.sdk.DN;
import com.unboundid.ldap.sdk.LDAPException;
import com.unboundid.ldap.sdk.SearchResultEntry;
import io.github.dkm4j.key.GroupDirectoryUnavailable;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Reads attributes of entries, none of which need be there. */
final class Attributes {
    private static final int FIRST_BEYOND_ASCII = 0x80;

    private Attributes() {}

    static Optional<String> text(SearchResultEntry entry, String attribute) {
        return Optional.ofNullable(entry.getAttributeValue(attribute));
    }

    static List<String> texts(SearchResultEntry entry, String attribute) {
        String @Nullable [] values = entry.getAttributeValues(attribute);
        return values == null ? List.of() : List.of(values);
    }

    static List<byte[]> binaries(SearchResultEntry entry, String attribute) {
        byte @Nullable [][] values = entry.getAttributeValueByteArrays(attribute);
        return values == null ? List.of() : List.of(values);
    }

    /** A whole number; empty if there is none or it is none. */
    static Optional<Long> number(SearchResultEntry entry, String attribute) {
        return Optional.ofNullable(entry.getAttributeValueAsLong(attribute));
    }

    static boolean isTrue(SearchResultEntry entry, String attribute) {
        return text(entry, attribute).filter(value -> isSame("TRUE", value)).isPresent();
    }

    static boolean hasClass(SearchResultEntry entry, String... classes) {
        return texts(entry, "objectClass").stream()
                .anyMatch(value -> Arrays.stream(classes).anyMatch(name -> isSame(name, value)));
    }

    /**
     * Whether two names are the same but for the case of the letters A to Z. Directories and Java take more letters for the
     * same, as the Kelvin sign and K.
     */
    static boolean isSame(String one, String other) {
        return one.length() == other.length()
                && IntStream.range(0, one.length()).allMatch(i -> lower(one.charAt(i)) == lower(other.charAt(i)));
    }

    /** Whether two places are the same but for the case of the letters A to Z, and for blanks. */
    static boolean isSame(DN one, DN other) {
        return one.equals(other) && beyondAscii(one).equals(beyondAscii(other));
    }

    private static char lower(char c) {
        return c >= 'A' && c <= 'Z' ? (char) (c + ('a' - 'A')) : c;
    }

    private static String beyondAscii(DN dn) {
        return Arrays.stream(dn.getRDNs())
                .flatMap(rdn -> Arrays.stream(rdn.getAttributeValues()))
                .flatMapToInt(String::chars)
                .filter(c -> c >= FIRST_BEYOND_ASCII)
                .mapToObj(Character::toString)
                .collect(Collectors.joining());
    }

    static DN dn(SearchResultEntry entry) {
        try {
            return entry.getParsedDN();
        } catch (LDAPException e) {
            throw new GroupDirectoryUnavailable("the directory names an entry in a way that cannot be read", e);
        }
    }

    /** The name as a place below others; empty if it has not the form of one. */
    static Optional<DN> asDn(String name) {
        if (name.indexOf('=') < 0 || !DN.isValidDN(name)) {
            return Optional.empty();
        }
        try {
            return Optional.of(new DN(name)).filter(dn -> !dn.isNullDN());
        } catch (LDAPException e) {
            return Optional.empty();
        }
    }
}
