/**
 * The facade: a {@link io.github.dkm4j.KeyRing} gives an {@link io.github.dkm4j.Encryptor} that writes with the active
 * key and a {@link io.github.dkm4j.Decryptor} that picks the right archived key for older messages.
 */
@NullMarked
package io.github.dkm4j;

import org.jspecify.annotations.NullMarked;
