/** A key ring store in an SQL database. Imports {@code .store} and {@code .key} only. */
@NullMarked
package io.github.dkm4j.store.jdbc;

import org.jspecify.annotations.NullMarked;
