/** Elevated access: time-boxed, approved in levels, and of plaintexts only. */
@NullMarked
package io.github.dkm4j.elevation;

import org.jspecify.annotations.NullMarked;
