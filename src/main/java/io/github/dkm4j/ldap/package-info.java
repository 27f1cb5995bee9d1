/**
 * Connections to directories that are safe by default, for who has none of his own: {@link
 * io.github.dkm4j.ldap.LdapConnections}. The adapters take any connections and do not know this package. Imports {@code .key} only.
 */
@NullMarked
package io.github.dkm4j.ldap;

import org.jspecify.annotations.NullMarked;
