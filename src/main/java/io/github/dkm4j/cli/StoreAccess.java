package io.github.dkm4j.cli;

import io.github.dkm4j.store.KeyRingStore;
import io.github.dkm4j.store.jdbc.JdbcKeyRingStore;
import io.github.dkm4j.store.ldap.LdapKeyRingStore;
import java.util.List;

/** What a kind of store can say about who may reach its rings. */
interface StoreAccess {
    /** Where somebody may do more or less than the baseline says, in words. */
    List<String> findings();

    /**
     * Puts right what the configuration's account can.
     *
     * @return what is left, in words
     * @throws UsageError if nothing of the kind can be put right by the tool
     */
    List<String> fix();

    /**
     * That of a store.
     *
     * @throws UsageError if there is nothing to be checked
     */
    static StoreAccess of(KeyRingStore store) {
        if (store instanceof JdbcKeyRingStore database) {
            return new InDatabase(database);
        }
        if (store instanceof LdapKeyRingStore directory) {
            return new InDirectory(directory);
        }
        throw new UsageError(
                "a store of this kind has no access list: a file store has the modes of its files alone, and"
                        + " checks these with every use");
    }

    /** A directory's owners and access control lists. */
    record InDirectory(LdapKeyRingStore store) implements StoreAccess {
        @Override
        public List<String> findings() {
            return store.checkAcl();
        }

        @Override
        public List<String> fix() {
            return store.fixAcl();
        }
    }

    /** A database's grants, roles and row security. */
    record InDatabase(JdbcKeyRingStore store) implements StoreAccess {
        @Override
        public List<String> findings() {
            return store.checkAccess();
        }

        @Override
        public List<String> fix() {
            try {
                store.restoreAccess();
                return store.checkAccess();
            } catch (UnsupportedOperationException e) {
                throw new UsageError("--fix is for PostgreSQL: " + e.getMessage());
            }
        }
    }
}
