@NullMarked
package io.github.dkm4j.store.ldap;

import org.jspecify.annotations.NullMarked;
