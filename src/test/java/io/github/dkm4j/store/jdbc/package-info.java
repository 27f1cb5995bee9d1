@NullMarked
package io.github.dkm4j.store.jdbc;

import org.jspecify.annotations.NullMarked;
