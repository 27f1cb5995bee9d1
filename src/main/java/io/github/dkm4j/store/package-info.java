/** The key ring store SPI and the local stores. Records are opaque here: they are authenticated by the ring, not by the store. Imports {@code .key} only. */
@NullMarked
package io.github.dkm4j.store;

import org.jspecify.annotations.NullMarked;
