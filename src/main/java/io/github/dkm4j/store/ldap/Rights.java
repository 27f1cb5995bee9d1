package io.github.dkm4j.store.ldap;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The bits of an access mask on directory objects, and what they are called. */
final class Rights {
    static final int CREATE_CHILD = 0x1;
    static final int LIST = 0x4;
    static final int READ_PROPERTY = 0x10;
    static final int WRITE_PROPERTY = 0x20;
    static final int DELETE = 0x1_0000;
    static final int READ_CONTROL = 0x2_0000;
    static final int WRITE_DAC = 0x4_0000;
    static final int WRITE_OWNER = 0x8_0000;

    /** Everything. */
    static final int FULL = 0xF_01FF;

    /** List the children, read the properties, read the security descriptor. */
    static final int READ = LIST | READ_PROPERTY | READ_CONTROL;

    private static final int GENERIC_ALL = 0x1000_0000;
    private static final int GENERIC_EXECUTE = 0x2000_0000;
    private static final int GENERIC_WRITE = 0x4000_0000;
    private static final int GENERIC_READ = 0x8000_0000;

    private static final Map<Integer, String> NAMES = new LinkedHashMap<>();
    private static final Map<Integer, String> WORDS = new LinkedHashMap<>();

    static {
        name(CREATE_CHILD, "CC", "create children");
        name(0x2, "DC", "delete children");
        name(LIST, "LC", "list children");
        name(0x8, "SW", "write to itself");
        name(READ_PROPERTY, "RP", "read properties");
        name(WRITE_PROPERTY, "WP", "write properties");
        name(0x40, "DT", "delete the tree");
        name(0x80, "LO", "list the object");
        name(0x100, "CR", "extended rights");
        name(DELETE, "SD", "delete");
        name(READ_CONTROL, "RC", "read the security descriptor");
        name(WRITE_DAC, "WD", "change the access control list");
        name(WRITE_OWNER, "WO", "take ownership");
    }

    private Rights() {}

    private static void name(int bit, String letters, String words) {
        NAMES.put(bit, letters);
        WORDS.put(bit, words);
    }

    /** The mask with generic rights replaced by what they stand for. */
    static int specific(int mask) {
        int result = mask & 0x0FFF_FFFF;
        result |= (mask & GENERIC_ALL) == 0 ? 0 : FULL;
        result |= (mask & GENERIC_READ) == 0 ? 0 : READ | 0x80;
        result |= (mask & GENERIC_WRITE) == 0 ? 0 : READ_CONTROL | WRITE_PROPERTY | 0x8;
        result |= (mask & GENERIC_EXECUTE) == 0 ? 0 : READ_CONTROL | LIST;
        return result;
    }

    /** As SDDL writes it: pairs of letters, or a number if there are bits without. */
    static String sddl(int mask) {
        int named = NAMES.keySet().stream().reduce(0, (a, b) -> a | b);
        return (mask & ~named) == 0 ? String.join("", select(NAMES, mask)) : "0x" + Integer.toHexString(mask);
    }

    /** In words, with commas. */
    static String words(int mask) {
        if (mask == FULL) {
            return "everything";
        }
        List<String> words = select(WORDS, mask);
        int rest = WORDS.keySet().stream().reduce(mask, (a, bit) -> a & ~bit);
        if (rest != 0) {
            words.add("0x" + Integer.toHexString(rest));
        }
        return String.join(", ", words);
    }

    private static List<String> select(Map<Integer, String> names, int mask) {
        List<String> found = new ArrayList<>();
        names.forEach((bit, name) -> {
            if ((mask & bit) != 0) {
                found.add(name);
            }
        });
        return found;
    }
}
