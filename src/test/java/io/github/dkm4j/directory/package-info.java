/** Real directory servers for tests. */
@NullMarked
package io.github.dkm4j.directory;

import org.jspecify.annotations.NullMarked;
