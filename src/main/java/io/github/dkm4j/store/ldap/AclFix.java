package io.github.dkm4j.store.ldap;

import com.unboundid.ldap.sdk.DN;
import com.unboundid.ldap.sdk.Entry;
import com.unboundid.ldap.sdk.LDAPException;
import com.unboundid.ldap.sdk.ResultCode;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/** Sets the baseline on every object that differs, as far as the account may. Not safe for use by threads. */
final class AclFix {
    /** Most objects that are named because they could not be set. */
    static final int MOST_TOLD = 100;

    /** Each pass may show one level more: the container of rings, rings, what is in them; and one to see that all is done. */
    private static final int MOST_PASSES = 4;

    private final Directory directory;
    private final AclCheck check;
    private final List<String> told = new ArrayList<>();
    private int refused;
    private int set;

    AclFix(Directory directory, AclCheck check) {
        this.directory = directory;
        this.check = check;
    }

    /** Which objects could not be set, in words. */
    List<String> run() throws LDAPException {
        int passes = 0;
        do {
            pass();
            passes++;
        } while (set > 0 && passes < MOST_PASSES);
        List<String> lines = new ArrayList<>(told);
        if (refused > told.size()) {
            lines.add("and " + (refused - told.size()) + " more, which this account may not set either");
        }
        return lines;
    }

    private void pass() throws LDAPException {
        told.clear();
        refused = 0;
        set = 0;
        // The container comes last: where it is as it should be, what is below is taken to be so too, as provisioning
        // does.
        Deque<Entry> above = new ArrayDeque<>();
        check.forEach(entry -> {
            if (check.isInARing(entry)) {
                mend(entry);
            } else {
                above.push(entry);
            }
        });
        for (Entry entry : above) {
            mend(entry);
        }
    }

    private void mend(Entry entry) throws LDAPException {
        if (!check.drifts(entry)) {
            return;
        }
        try {
            protect(entry.getParsedDN(), check.demanded(entry));
            set++;
        } catch (LDAPException e) {
            if (e.getResultCode().equals(ResultCode.NO_SUCH_OBJECT)) {
                return;
            }
            if (!Failures.mayBeForTheOwner(e)) {
                throw e;
            }
            refused++;
            if (told.size() < MOST_TOLD) {
                told.add(Printed.escaped(entry.getParsedDN() + ": " + remedy(entry) + "; "
                        + Failures.of("set its access control list", e).getMessage()));
            }
        }
    }

    private String remedy(Entry entry) throws LDAPException {
        return check.isInARing(entry)
                ? "delete it: it was put there with a list that keeps the administrators out"
                : "let one of the domain's administrators take ownership of it";
    }

    private void protect(DN dn, SecurityDescriptor descriptor) throws LDAPException {
        try {
            directory.protect(dn, descriptor);
        } catch (LDAPException e) {
            if (!Failures.mayBeForTheOwner(e)) {
                throw e;
            }
            directory.protect(dn, descriptor.ownerless());
        }
    }
}
