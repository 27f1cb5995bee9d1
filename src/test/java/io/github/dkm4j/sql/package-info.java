/** Real database servers for tests. */
@NullMarked
package io.github.dkm4j.sql;

import org.jspecify.annotations.NullMarked;
