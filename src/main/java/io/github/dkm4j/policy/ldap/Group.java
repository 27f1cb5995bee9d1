package io.github.dkm4j.policy.ldap;

import com.unboundid.ldap.sdk.DN;

/**
 * A group of the directory.
 *
 * @param dn where it is
 * @param name what the directory calls it
 * @param key what tells it from others: its security identifier, or where it is
 */
record Group(DN dn, String name, String key) {}
