package io.github.dkm4j.store.ldap;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;

/**
 * A security identifier: who an access control entry is about. Immutable.
 *
 * @param authority 48 bits
 * @param parts at most 15, of 32 bits each
 */
record Sid(long authority, List<Long> parts) {
    private static final Pattern FORM = Pattern.compile("S-1-[0-9]{1,15}(-[0-9]{1,10}){0,15}");
    private static final int MOST_PARTS = 15;
    private static final int HEADER = 8;
    private static final int TEXT_HEADER = 3;
    private static final long LAST_PART = 0xFFFF_FFFFL;
    private static final long DOMAIN_ADMINS = 512;

    static final Sid EVERYONE = of("S-1-1-0");
    static final Sid OWNER_RIGHTS = of("S-1-3-4");
    static final Sid AUTHENTICATED_USERS = of("S-1-5-11");
    static final Sid SYSTEM = of("S-1-5-18");
    static final Sid BUILTIN_ADMINISTRATORS = of("S-1-5-32-544");

    /**
     * @throws IllegalArgumentException if a number is out of range
     */
    Sid {
        parts = List.copyOf(parts);
        boolean outOfRange = parts.stream().anyMatch(part -> part < 0 || part > LAST_PART);
        if (authority < 0 || authority >>> 48 != 0 || parts.size() > MOST_PARTS || outOfRange) {
            throw new IllegalArgumentException("not a security identifier: a number is out of range");
        }
    }

    /**
     * From its text, {@code S-1-5-…}.
     *
     * @throws IllegalArgumentException if it is not of that form
     */
    static Sid of(String text) {
        if (!isSid(text)) {
            throw new IllegalArgumentException("not a security identifier: " + text);
        }
        String[] numbers = text.split("-");
        List<Long> parts =
                Arrays.stream(numbers).skip(TEXT_HEADER).map(Long::valueOf).toList();
        return new Sid(Long.parseLong(numbers[2]), parts);
    }

    /** Whether the text looks like one. */
    static boolean isSid(String text) {
        return FORM.matcher(text).matches();
    }

    /**
     * From its binary form, which must fill the bytes.
     *
     * @throws MalformedDescriptor if it is none
     */
    static Sid of(byte[] bytes) throws MalformedDescriptor {
        ByteBuffer in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        Sid sid = read(in);
        if (in.hasRemaining()) {
            throw new MalformedDescriptor("there are bytes behind the security identifier");
        }
        return sid;
    }

    /**
     * Reads the binary form at the buffer's position, little-endian, and leaves the position behind it.
     *
     * @throws MalformedDescriptor if there is none
     */
    static Sid read(ByteBuffer in) throws MalformedDescriptor {
        if (in.remaining() < HEADER) {
            throw new MalformedDescriptor("a security identifier is cut off");
        }
        int revision = in.get() & 0xFF;
        int count = in.get() & 0xFF;
        if (revision != 1 || count > MOST_PARTS) {
            throw new MalformedDescriptor(
                    "a security identifier of revision " + revision + " with " + count + " parts");
        }
        long authority = 0;
        for (int i = 0; i < 6; i++) {
            authority = (authority << 8) | (in.get() & 0xFF);
        }
        if (in.remaining() < count * Integer.BYTES) {
            throw new MalformedDescriptor("a security identifier is cut off");
        }
        List<Long> parts = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            parts.add(in.getInt() & LAST_PART);
        }
        return new Sid(authority, parts);
    }

    /** Its binary form. */
    byte[] bytes() {
        ByteBuffer out =
                ByteBuffer.allocate(HEADER + parts.size() * Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        out.put((byte) 1).put((byte) parts.size());
        for (int shift = 40; shift >= 0; shift -= 8) {
            out.put((byte) (authority >>> shift));
        }
        parts.forEach(part -> out.putInt(part.intValue()));
        return out.array();
    }

    /** Whether it is the group of some domain's administrators. */
    boolean isDomainAdmins() {
        return authority == 5 && parts.size() == 5 && parts.get(0) == 21 && parts.get(4) == DOMAIN_ADMINS;
    }

    /** The group of administrators of the domain that this is the identifier of. */
    Sid domainAdmins() {
        List<Long> all = new ArrayList<>(parts);
        all.add(DOMAIN_ADMINS);
        return new Sid(authority, all);
    }

    /** {@code S-1-5-…}. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder("S-1-").append(authority);
        parts.forEach(part -> text.append('-').append(part));
        return text.toString();
    }

    /** As SDDL writes it: two letters for the best-known ones. */
    String sddl() {
        return switch (toString()) {
            case "S-1-1-0" -> "WD";
            case "S-1-3-4" -> "OW";
            case "S-1-5-11" -> "AU";
            case "S-1-5-18" -> "SY";
            case "S-1-5-32-544" -> "BA";
            default -> toString();
        };
    }
}
