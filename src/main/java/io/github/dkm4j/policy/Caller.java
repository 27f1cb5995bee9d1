package io.github.dkm4j.policy;

import com.sun.security.auth.module.UnixSystem;
import java.io.File;

/**
 * The identity on whose behalf an operation runs, normally the service account.
 *
 * @param name the account's name; 1 to 256 characters, none of them a control character
 * @param account the account of the process that speaks for it, as the operating system reports it; differs from
 *     the name where one is asserted
 */
public record Caller(String name, String account) {
    /**
     * @throws IllegalArgumentException if a name is not of the form above
     */
    public Caller {
        check(name);
        check(account);
    }

    /**
     * The account that this process runs under, as the operating system reports it: never the {@code user.name}
     * property, which anyone can set.
     */
    public static Caller processAccount() {
        String account = File.separatorChar == '/'
                ? new UnixSystem().getUsername()
                : ProcessHandle.current()
                        .info()
                        .user()
                        .orElseThrow(() -> new IllegalStateException(
                                "the operating system does not say which account this process runs under"));
        return new Caller(account, account);
    }

    /** Another name, asserted by this process's account; both are recorded. */
    public static Caller asserted(String name) {
        return new Caller(name, processAccount().account());
    }

    /** Whether the name is the process's own account. */
    public boolean isProcessAccount() {
        return name.equals(account);
    }

    private static void check(String name) {
        if (name.isEmpty() || name.length() > 256 || name.chars().anyMatch(Character::isISOControl)) {
            throw new IllegalArgumentException("a caller's name has 1 to 256 characters and no control characters");
        }
    }

    /** The name, and the account that asserts it where that is another. */
    @Override
    public String toString() {
        return isProcessAccount() ? name : name + " (asserted by " + account + ")";
    }
}
