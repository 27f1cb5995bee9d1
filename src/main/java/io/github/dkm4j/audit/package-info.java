/** Audit events and where they go. Imports {@code .key} and {@code .crypto} only. */
@NullMarked
package io.github.dkm4j.audit;

import org.jspecify.annotations.NullMarked;
