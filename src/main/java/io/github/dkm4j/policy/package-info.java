/** Who may do what: operations, callers, security groups and the policy that ties them together. Imports {@code .key} only. */
@NullMarked
package io.github.dkm4j.policy;

import org.jspecify.annotations.NullMarked;
