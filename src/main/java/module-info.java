/** A distributed key manager for Java services: versioned key rings behind a security group. */
module io.github.dkm4j {
    requires org.slf4j;
    requires org.bouncycastle.provider;
    requires java.security.sasl;
    requires jdk.security.auth;
    requires java.security.jgss;
    requires java.logging;
    requires transitive java.net.http;
    requires transitive java.sql;

    uses java.sql.Driver;

    requires static org.jspecify;
    requires static info.picocli;
    requires static unboundid.ldapsdk;
    requires static com.fasterxml.jackson.databind;

    exports io.github.dkm4j;
    exports io.github.dkm4j.audit;
    exports io.github.dkm4j.audit.http;
    exports io.github.dkm4j.key;
    exports io.github.dkm4j.ldap;
    exports io.github.dkm4j.policy;
    exports io.github.dkm4j.policy.ldap;
    exports io.github.dkm4j.rewrap;
    exports io.github.dkm4j.root;
    exports io.github.dkm4j.store;
    exports io.github.dkm4j.store.jdbc;
    exports io.github.dkm4j.store.ldap;

    opens io.github.dkm4j.cli to
            info.picocli;
}
