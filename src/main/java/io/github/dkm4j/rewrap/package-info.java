/** Moves messages in SQL tables to the active key, and counts them by key. Imports the facade and {@code .key} only. */
@NullMarked
package io.github.dkm4j.rewrap;

import org.jspecify.annotations.NullMarked;
