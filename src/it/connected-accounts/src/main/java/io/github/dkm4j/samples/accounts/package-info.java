/** A small service that keeps its users' mail credentials: the sample of dkm4j. */
package io.github.dkm4j.samples.accounts;
