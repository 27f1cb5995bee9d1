package io.github.dkm4j.store.ldap;

import com.unboundid.ldap.sdk.DN;
import com.unboundid.ldap.sdk.LDAPException;
import com.unboundid.ldap.sdk.ResultCode;
import io.github.dkm4j.key.AccessDenied;
import io.github.dkm4j.key.DkmException;
import io.github.dkm4j.key.StoreUnavailable;

/** What an LDAP server's errors mean. */
final class Failures {
    private Failures() {}

    /** Something asked of the directory. */
    interface Work<T> {
        T run() throws LDAPException;
    }

    /** Asks, and throws what the server says as an exception of the store's. */
    static <T> T ask(String what, Work<T> work) {
        try {
            return work.run();
        } catch (LDAPException e) {
            throw of(what, e);
        }
    }

    /** The exception that tells that something could not be done, and what the server said. */
    static DkmException of(String what, LDAPException e) {
        String message = "cannot " + what + ": the directory says: " + e.getResultCode() + " "
                + String.valueOf(e.getMessage()).lines().findFirst().orElse("");
        if (e.getResultCode().equals(ResultCode.NOT_ALLOWED_ON_NONLEAF)) {
            return new AccessDenied(
                    message
                            + "; there are objects below it: a domain administrator takes ownership of what is below and"
                            + " deletes it",
                    e);
        }
        return isRefusal(e) ? new AccessDenied(message, e) : new StoreUnavailable(message, e);
    }

    /** The same failure, told of an object. */
    static LDAPException at(DN dn, LDAPException e) {
        return new LDAPException(e.getResultCode(), Printed.escaped(dn + ": " + e.getMessage()), e);
    }

    /** Whether the server refuses because of who is asking. */
    static boolean isRefusal(LDAPException e) {
        return e.getResultCode().equals(ResultCode.INSUFFICIENT_ACCESS_RIGHTS);
    }

    /** Whether the name is taken. */
    static boolean isTaken(LDAPException e) {
        return e.getResultCode().equals(ResultCode.ENTRY_ALREADY_EXISTS);
    }

    /** Whether the server refuses a descriptor for its owner, as Windows does for one whom the caller may not name. */
    static boolean mayBeForTheOwner(LDAPException e) {
        return isRefusal(e)
                || e.getResultCode().equals(ResultCode.CONSTRAINT_VIOLATION)
                || e.getResultCode().equals(ResultCode.UNWILLING_TO_PERFORM);
    }

    /** Whether the server has answered, so that what was asked for is known not to have been done. */
    static boolean isAnswer(LDAPException e) {
        return !ResultCode.isClientSideResultCode(e.getResultCode());
    }
}
