/**
 * Key values: what a key version is called ({@link io.github.dkm4j.key.KeyRef}), what may be said about it
 * ({@link io.github.dkm4j.key.KeyMetadata}), the encryption context that is bound to a message, and the one family of
 * errors ({@link io.github.dkm4j.key.DkmException}). Nothing here holds key material. Imports no other package.
 */
@NullMarked
package io.github.dkm4j.key;

import org.jspecify.annotations.NullMarked;
