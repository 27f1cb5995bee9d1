package io.github.dkm4j.store.ldap;

import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/** What a baseline demands of each kind of object, its groups being known by their identifiers. Immutable. */
record Demands(Sid readers, Sid rollers, Sid administrators) {
    private static final UUID CONTACT = UUID.fromString("5cb41ed0-0e4c-11d0-a286-00aa003049e2");

    /** Of the container of all rings, and of a record. */
    SecurityDescriptor plain() {
        return SecurityDescriptor.isolated(administrators, entries());
    }

    /** Of a ring's container. */
    SecurityDescriptor ring() {
        List<Ace> entries = entries();
        entries.add(Ace.allowChildren(CONTACT, rollers));
        return SecurityDescriptor.isolated(administrators, entries);
    }

    private List<Ace> entries() {
        List<Ace> entries = new ArrayList<>();
        entries.add(Ace.allow(Rights.FULL, Sid.SYSTEM));
        entries.add(Ace.allow(Rights.FULL, administrators));
        entries.add(Ace.allow(Rights.READ, readers));
        if (!rollers.equals(readers)) {
            entries.add(Ace.allow(Rights.READ, rollers));
        }
        entries.add(Ace.allow(Rights.READ_CONTROL, Sid.OWNER_RIGHTS));
        return entries;
    }
}
