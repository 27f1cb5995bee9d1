/**
 * Checkpoints of audit trails by HTTPS: {@link io.github.dkm4j.audit.http.HttpWitness}. Imports {@code .audit} and {@code
 * .key} only.
 */
@NullMarked
package io.github.dkm4j.audit.http;

import org.jspecify.annotations.NullMarked;
