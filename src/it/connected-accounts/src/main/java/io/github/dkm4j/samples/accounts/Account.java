package io.github.dkm4j.samples.accounts;

import java.util.Arrays;

/** An account at a mail provider that a user has connected. */
public final class Account {
    /** What the secret is. */
    public enum Kind {
        PASSWORD,
        OAUTH_REFRESH
    }

    private final String id;
    private final String provider;
    private final String user;
    private final Kind kind;
    private final char[] secret;

    public Account(String id, String provider, String user, Kind kind, char[] secret) {
        this.id = id;
        this.provider = provider;
        this.user = user;
        this.kind = kind;
        this.secret = secret.clone();
    }

    public String id() {
        return id;
    }

    public String provider() {
        return provider;
    }

    public String user() {
        return user;
    }

    public Kind kind() {
        return kind;
    }

    /** A copy, which the caller may wipe. */
    public char[] secret() {
        return secret.clone();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Account account
                && id.equals(account.id)
                && provider.equals(account.provider)
                && user.equals(account.user)
                && kind == account.kind
                && Arrays.equals(secret, account.secret);
    }

    @Override
    public int hashCode() {
        return id.hashCode();
    }

    @Override
    public String toString() {
        return "Account[" + id + ", " + provider + ", " + user + ", " + kind + ", secret redacted]";
    }
}
