package io.github.dkm4j.policy.ldap;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Security identifiers, in the text form {@code S-1-authority-sub…} and in the binary one (MS-DTYP 2.4.2): revision, count, six
 * bytes of authority in big-endian order, and count times four bytes in little-endian order.
 */
final class Sid {
    private static final Pattern TEXT = Pattern.compile("S-1-([0-9]{1,15})((?:-[0-9]{1,10}){1,15})");
    private static final int HEADER = 8;
    private static final int MAX_COUNT = 15;
    private static final long MAX_SUB = 0xFFFF_FFFFL;
    private static final long MAX_AUTHORITY = 0xFFFF_FFFF_FFFFL;

    private Sid() {}

    /** The text of a binary form; empty if it is none. */
    static Optional<String> text(byte[] binary) {
        if (binary.length < HEADER
                || binary[0] != 1
                || binary[1] < 1
                || binary[1] > MAX_COUNT
                || binary.length != HEADER + 4 * binary[1]) {
            return Optional.empty();
        }
        long authority = ByteBuffer.wrap(binary).getLong() & MAX_AUTHORITY;
        StringBuilder text = new StringBuilder("S-1-").append(authority);
        ByteBuffer subs =
                ByteBuffer.wrap(binary, HEADER, binary.length - HEADER).order(ByteOrder.LITTLE_ENDIAN);
        while (subs.hasRemaining()) {
            text.append('-').append(Integer.toUnsignedString(subs.getInt()));
        }
        return Optional.of(text.toString());
    }

    /** The binary form of a text; empty if it is none. */
    static Optional<byte[]> binary(String text) {
        Matcher matcher = TEXT.matcher(text);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        String[] subs = matcher.group(2).substring(1).split("-", -1);
        long authority = Long.parseLong(matcher.group(1));
        ByteBuffer binary = ByteBuffer.allocate(HEADER + 4 * subs.length);
        binary.putLong(authority | 1L << 56 | (long) subs.length << 48).order(ByteOrder.LITTLE_ENDIAN);
        for (String sub : subs) {
            long value = Long.parseLong(sub);
            if (value > MAX_SUB) {
                return Optional.empty();
            }
            binary.putInt((int) value);
        }
        return authority > MAX_AUTHORITY ? Optional.empty() : Optional.of(binary.array());
    }

    /** The identifier of what has the given number in the domain of another. */
    static String sibling(String sid, String number) {
        return sid.substring(0, sid.lastIndexOf('-') + 1) + number;
    }
}
