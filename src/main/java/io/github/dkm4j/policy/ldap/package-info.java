/**
 * Groups in Active Directory and other LDAP directories, through anybody's connections: {@link
 * io.github.dkm4j.policy.ldap.LdapGroupDirectory}. Imports {@code .policy} and {@code .key} only.
 */
@NullMarked
package io.github.dkm4j.policy.ldap;

import org.jspecify.annotations.NullMarked;
