package io.github.dkm4j.store.ldap;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;
import java.util.UUID;

/**
 * An access control entry: allows or denies somebody something. Immutable. What follows the identifier of a conditional
 * entry, namely its condition, is not kept.
 *
 * @param type 0, 5, 9, 11 allow; 1, 6, 10, 12 deny; 9 to 12 under a condition
 * @param flags how it is inherited
 * @param mask what is allowed or denied, see {@link Rights}
 * @param objectType the class of children or the property that it is about, if not all
 * @param heirType the class of objects that inherit it, if not all
 */
record Ace(int type, int flags, int mask, Optional<UUID> objectType, Optional<UUID> heirType, Sid sid) {
    /** Length of the shortest one, in bytes. */
    static final int LEAST = 16;

    private static final int ALLOW = 0;
    private static final int DENY = 1;
    private static final int ALLOW_OBJECT = 5;
    private static final int DENY_OBJECT = 6;
    private static final int ALLOW_CONDITIONAL = 9;
    private static final int DENY_CONDITIONAL_OBJECT = 12;
    private static final int INHERITED = 0x10;
    private static final int HAS_OBJECT_TYPE = 1;
    private static final int HAS_HEIR_TYPE = 2;
    private static final int GUID = 16;
    private static final String[] FLAGS = {"OI", "CI", "NP", "IO", "ID"};

    /** Allows somebody something, on this object alone. */
    static Ace allow(int mask, Sid sid) {
        return new Ace(ALLOW, 0, mask, Optional.empty(), Optional.empty(), sid);
    }

    /** Allows somebody to make children of one class, on this object alone. */
    static Ace allowChildren(UUID ofClass, Sid sid) {
        return new Ace(ALLOW_OBJECT, 0, Rights.CREATE_CHILD, Optional.of(ofClass), Optional.empty(), sid);
    }

    /**
     * Reads one that fills the buffer, little-endian.
     *
     * @throws MalformedDescriptor if it is none, or of another type than those above
     */
    static Ace read(ByteBuffer in) throws MalformedDescriptor {
        if (in.remaining() < LEAST) {
            throw new MalformedDescriptor("an access control entry is cut off");
        }
        int type = in.get() & 0xFF;
        int flags = in.get() & 0xFF;
        in.getShort();
        int mask = in.getInt();
        boolean known = type == ALLOW
                || type == DENY
                || type == ALLOW_OBJECT
                || type == DENY_OBJECT
                || (type >= ALLOW_CONDITIONAL && type <= DENY_CONDITIONAL_OBJECT);
        if (!known) {
            throw new MalformedDescriptor("an access control entry of type " + type);
        }
        Optional<UUID> objectType = Optional.empty();
        Optional<UUID> heirType = Optional.empty();
        if (isObject(type)) {
            int has = in.getInt();
            objectType = (has & HAS_OBJECT_TYPE) == 0 ? Optional.empty() : Optional.of(guid(in));
            heirType = (has & HAS_HEIR_TYPE) == 0 ? Optional.empty() : Optional.of(guid(in));
        }
        return new Ace(type, flags, mask, objectType, heirType, Sid.read(in));
    }

    /**
     * Its binary form.
     *
     * @throws IllegalStateException if it is conditional
     */
    byte[] bytes() {
        if (type >= ALLOW_CONDITIONAL) {
            throw new IllegalStateException("the condition of an access control entry is not kept");
        }
        byte[] who = sid.bytes();
        int guids = (objectType.isPresent() ? GUID : 0) + (heirType.isPresent() ? GUID : 0);
        int length = 8 + (isObject(type) ? Integer.BYTES + guids : 0) + who.length;
        ByteBuffer out = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
        out.put((byte) type).put((byte) flags).putShort((short) length).putInt(mask);
        if (isObject(type)) {
            out.putInt((objectType.isPresent() ? HAS_OBJECT_TYPE : 0) | (heirType.isPresent() ? HAS_HEIR_TYPE : 0));
            objectType.ifPresent(guid -> put(out, guid));
            heirType.ifPresent(guid -> put(out, guid));
        }
        return out.put(who).array();
    }

    /** Whether it is about a property or a class of children. */
    boolean isObject() {
        return isObject(type);
    }

    /** Whether it denies. */
    boolean denies() {
        return type == DENY || type == DENY_OBJECT || type == 10 || type == DENY_CONDITIONAL_OBJECT;
    }

    /** Whether the object's parent has given it. */
    boolean isInherited() {
        return (flags & INHERITED) != 0;
    }

    /** The same with another mask. */
    Ace with(int otherMask) {
        return new Ace(type, flags, otherMask, objectType, heirType, sid);
    }

    /** As SDDL writes it. */
    String sddl() {
        StringBuilder text = new StringBuilder("(");
        String letter = denies() ? "D" : "A";
        text.append(type >= ALLOW_CONDITIONAL ? "X" : "").append(isObject(type) ? "O" + letter : letter);
        text.append(';');
        for (int bit = 0; bit < FLAGS.length; bit++) {
            text.append((flags >> bit & 1) == 0 ? "" : FLAGS[bit]);
        }
        text.append(';').append(Rights.sddl(Rights.specific(mask)));
        text.append(';').append(objectType.map(UUID::toString).orElse(""));
        text.append(';').append(heirType.map(UUID::toString).orElse(""));
        return text.append(';').append(sid.sddl()).append(')').toString();
    }

    private static boolean isObject(int type) {
        return type == ALLOW_OBJECT || type == DENY_OBJECT || type == 11 || type == DENY_CONDITIONAL_OBJECT;
    }

    private static UUID guid(ByteBuffer in) throws MalformedDescriptor {
        if (in.remaining() < GUID) {
            throw new MalformedDescriptor("an access control entry is cut off");
        }
        long high =
                ((in.getInt() & 0xFFFF_FFFFL) << 32) | ((in.getShort() & 0xFFFFL) << 16) | (in.getShort() & 0xFFFFL);
        return new UUID(high, Long.reverseBytes(in.getLong()));
    }

    private static void put(ByteBuffer out, UUID guid) {
        long high = guid.getMostSignificantBits();
        out.putInt((int) (high >>> 32)).putShort((short) (high >>> 16)).putShort((short) high);
        out.putLong(Long.reverseBytes(guid.getLeastSignificantBits()));
    }
}
