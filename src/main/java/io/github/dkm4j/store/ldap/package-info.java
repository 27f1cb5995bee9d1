/** Rings in Active Directory. Imports {@code .store} and {@code .key} only. */
@NullMarked
package io.github.dkm4j.store.ldap;

import org.jspecify.annotations.NullMarked;
