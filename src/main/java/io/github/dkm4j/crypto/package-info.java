/**
 * The message format and its suites, key material, persons' keys and what is sealed to them, and the few primitives
 * that records need. The only place that touches ciphers. Not exported. Imports {@code .key} only.
 */
@NullMarked
package io.github.dkm4j.crypto;

import org.jspecify.annotations.NullMarked;
