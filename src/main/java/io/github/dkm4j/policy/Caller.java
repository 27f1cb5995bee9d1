package io.github.dkm4j.policy;

import com.sun.security.auth.module.UnixSystem;
import java.io.File;
import java.security.Principal;
import java.util.List;
import java.util.Set;
import javax.security.auth.Subject;
import javax.security.auth.kerberos.KerberosPrincipal;

/**
 * The identity on whose behalf an operation runs, normally the service account.
 *
 * @param name the account's name; 1 to 256 characters, none of them a control character
 * @param account who acts: the same name, or that of another account which acts for it and needs
 *     {@link Operation#ACT_AS}
 */
public record Caller(String name, String account) {
    private static final String THROUGH = " (through ";

    /**
     * @throws IllegalArgumentException if a name is not of the form above, or has {@code " (through "} in it
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

    /** Whoever the application has authenticated: a web server its user, for instance. */
    public static Caller authenticated(Principal principal) {
        return new Caller(principal.getName(), principal.getName());
    }

    /**
     * Whom JAAS has logged in: the subject's Kerberos principal or, where it has none, its only principal.
     *
     * @throws IllegalArgumentException if the subject has no principal, or several to choose from
     */
    public static Caller of(Subject subject) {
        Set<? extends Principal> kerberos = subject.getPrincipals(KerberosPrincipal.class);
        List<Principal> candidates = List.copyOf(kerberos.isEmpty() ? subject.getPrincipals() : kerberos);
        if (candidates.size() != 1) {
            throw new IllegalArgumentException("the subject has " + candidates.size()
                    + " principals to choose from: it takes one, or one of Kerberos among others");
        }
        return authenticated(candidates.get(0));
    }

    /** Whether somebody acts for another. */
    public boolean isActing() {
        return !name.equals(account);
    }

    private static void check(String name) {
        if (name.isEmpty() || name.length() > 256 || name.chars().anyMatch(Character::isISOControl)) {
            throw new IllegalArgumentException("a caller's name has 1 to 256 characters and no control characters");
        }
        if (name.contains(THROUGH)) {
            throw new IllegalArgumentException("a caller's name must not read as if somebody acted for somebody");
        }
    }

    /** The name, and the account that acts for it where that is another. */
    @Override
    public String toString() {
        return isActing() ? name + THROUGH + account + ")" : name;
    }
}
