/** Connections to directories, safe by default. Imports {@code .key} only. */
@NullMarked
package io.github.dkm4j.ldap;

import org.jspecify.annotations.NullMarked;
