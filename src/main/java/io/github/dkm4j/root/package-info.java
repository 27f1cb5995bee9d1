/**
 * Root keys: what wraps a ring's master secret from outside the ring. The SPI {@link io.github.dkm4j.root.RootKey} and
 * the local roots. Imports {@code .key} and {@code .crypto}.
 */
@NullMarked
package io.github.dkm4j.root;

import org.jspecify.annotations.NullMarked;
