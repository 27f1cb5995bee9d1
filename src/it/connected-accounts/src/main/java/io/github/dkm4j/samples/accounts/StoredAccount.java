package io.github.dkm4j.samples.accounts;

/** A row of the table: all of an account but its secret, which is there only encrypted. */
public record StoredAccount(String id, String provider, String user, Account.Kind kind, byte[] credential) {}
