/** Tests of the stores: one contract for all of them, and what is special to each. */
@NullMarked
package io.github.dkm4j.store;

import org.jspecify.annotations.NullMarked;
