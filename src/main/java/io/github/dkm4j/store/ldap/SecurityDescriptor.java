package io.github.dkm4j.store.ldap;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Who owns an object of the directory and who may do what with it, as MS-DTYP has it: owner, group and discretionary
 * access control list; a system access control list is passed over. Immutable.
 *
 * @param control flags
 * @param dacl empty if there is none, which lets everybody do everything
 */
record SecurityDescriptor(int control, Optional<Sid> owner, Optional<Sid> group, Optional<List<Ace>> dacl) {
    private static final int DACL_PRESENT = 0x0004;
    private static final int DACL_PROTECTED = 0x1000;
    private static final int SELF_RELATIVE = 0x8000;
    private static final int HEADER = 20;
    private static final int ACL_HEADER = 8;
    private static final int ACL_REVISION = 2;
    private static final int ACL_REVISION_OBJECTS = 4;
    private static final int MOST = 1 << 17;

    SecurityDescriptor {
        dacl = dacl.map(List::copyOf);
    }

    /** One that inherits nothing. */
    static SecurityDescriptor isolated(Sid owner, List<Ace> dacl) {
        int control = SELF_RELATIVE | DACL_PRESENT | DACL_PROTECTED;
        return new SecurityDescriptor(control, Optional.of(owner), Optional.of(owner), Optional.of(dacl));
    }

    /**
     * Reads the self-relative binary form.
     *
     * @throws MalformedDescriptor if it is none, whatever else the bytes are
     */
    static SecurityDescriptor read(byte[] bytes) throws MalformedDescriptor {
        if (bytes.length < HEADER || bytes.length > MOST) {
            throw new MalformedDescriptor("a security descriptor of " + bytes.length + " bytes");
        }
        ByteBuffer in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        int revision = in.get() & 0xFF;
        in.get();
        int control = in.getShort() & 0xFFFF;
        if (revision != 1 || (control & SELF_RELATIVE) == 0) {
            throw new MalformedDescriptor("a security descriptor of revision " + revision + " or not self-relative");
        }
        int owner = in.getInt();
        int group = in.getInt();
        in.getInt();
        int dacl = in.getInt();
        boolean present = (control & DACL_PRESENT) != 0 && dacl != 0;
        return new SecurityDescriptor(
                control,
                owner == 0 ? Optional.empty() : Optional.of(Sid.read(at(in, owner))),
                group == 0 ? Optional.empty() : Optional.of(Sid.read(at(in, group))),
                present ? Optional.of(acl(at(in, dacl))) : Optional.empty());
    }

    private static ByteBuffer at(ByteBuffer in, int offset) throws MalformedDescriptor {
        if (offset < HEADER || offset > in.limit()) {
            throw new MalformedDescriptor("a part of a security descriptor is outside of it");
        }
        return slice(in, offset, in.limit() - offset);
    }

    private static ByteBuffer slice(ByteBuffer in, int offset, int length) {
        return in.slice(offset, length).order(ByteOrder.LITTLE_ENDIAN);
    }

    private static List<Ace> acl(ByteBuffer in) throws MalformedDescriptor {
        if (in.remaining() < ACL_HEADER) {
            throw new MalformedDescriptor("an access control list is cut off");
        }
        in.getShort();
        int size = in.getShort() & 0xFFFF;
        int count = in.getShort() & 0xFFFF;
        if (size < ACL_HEADER || size > in.limit()) {
            throw new MalformedDescriptor("an access control list is cut off");
        }
        List<Ace> entries = new ArrayList<>();
        int offset = ACL_HEADER;
        for (int i = 0; i < count; i++) {
            int length = size - offset < Integer.BYTES ? 0 : in.getShort(offset + 2) & 0xFFFF;
            if (length < Ace.LEAST || length > size - offset) {
                throw new MalformedDescriptor("an access control entry is cut off");
            }
            entries.add(Ace.read(slice(in, offset, length)));
            offset += length;
        }
        return entries;
    }

    /** The self-relative binary form. */
    byte[] bytes() {
        byte[] ownerBytes = owner.map(Sid::bytes).orElse(new byte[0]);
        byte[] groupBytes = group.map(Sid::bytes).orElse(new byte[0]);
        byte[] daclBytes = dacl.map(SecurityDescriptor::bytes).orElse(new byte[0]);
        int ownerAt = HEADER;
        int groupAt = ownerAt + ownerBytes.length;
        int daclAt = groupAt + groupBytes.length;
        ByteBuffer out = ByteBuffer.allocate(daclAt + daclBytes.length).order(ByteOrder.LITTLE_ENDIAN);
        out.put((byte) 1).put((byte) 0).putShort((short) control);
        out.putInt(owner.isPresent() ? ownerAt : 0)
                .putInt(group.isPresent() ? groupAt : 0)
                .putInt(0)
                .putInt(dacl.isPresent() ? daclAt : 0);
        return out.put(ownerBytes).put(groupBytes).put(daclBytes).array();
    }

    private static byte[] bytes(List<Ace> entries) {
        List<byte[]> all = entries.stream().map(Ace::bytes).toList();
        int size = ACL_HEADER + all.stream().mapToInt(entry -> entry.length).sum();
        int revision = entries.stream().anyMatch(Ace::isObject) ? ACL_REVISION_OBJECTS : ACL_REVISION;
        ByteBuffer out = ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
        out.putShort((short) revision)
                .putShort((short) size)
                .putShort((short) all.size())
                .putShort((short) 0);
        all.forEach(out::put);
        return out.array();
    }

    /** The same, without owner and group: the server's choice. */
    SecurityDescriptor ownerless() {
        return new SecurityDescriptor(control, Optional.empty(), Optional.empty(), dacl);
    }

    /** Whether its access control list inherits nothing from the object's parent. */
    boolean isProtected() {
        return (control & DACL_PROTECTED) != 0;
    }

    /** As SDDL writes it. */
    String sddl() {
        return owner.map(sid -> "O:" + sid.sddl()).orElse("")
                + group.map(sid -> "G:" + sid.sddl()).orElse("")
                + (isProtected() ? "D:P" : "D:")
                + dacl.map(entries -> entries.stream().map(Ace::sddl).collect(Collectors.joining()))
                        .orElse("NO_ACCESS_CONTROL");
    }

    @Override
    public String toString() {
        return sddl();
    }
}
