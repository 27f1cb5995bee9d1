#!/usr/bin/env bash
# Installs the directory servers that the tests run: Samba's Active Directory domain controller and OpenLDAP. Debian or
# Ubuntu; as root, or by sudo. Does nothing where they are installed. No service is started by it.
set -euo pipefail

# samba-ad-provision is only recommended by samba-ad-dc where it is a package of its own.
packages=(samba samba-dsdb-modules winbind krb5-user ldap-utils ldb-tools slapd openssl)
for optional in samba-ad-dc samba-ad-provision; do
  if apt-cache show "$optional" >/dev/null 2>&1; then packages+=("$optional"); fi
done

installed() { dpkg-query -W -f '${Status}\n' "$@" 2>/dev/null | grep -c '^install ok installed$' || true; }

if [ -x /usr/sbin/samba ] && [ -x /usr/sbin/slapd ] && [ "$(installed "${packages[@]}")" -eq "${#packages[@]}" ]; then
  exit 0
fi
if [ "$(id -u)" -ne 0 ]; then
  exec sudo "$0"
fi

# A started slapd would take port 389 of every address.
policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
  trap 'rm -f "$policy"' EXIT
  printf '#!/bin/sh\nexit 101\n' > "$policy"
  chmod 755 "$policy"
fi
export DEBIAN_FRONTEND=noninteractive
apt-get -o DPkg::Lock::Timeout=300 update -q
# Asked again, since the lists may have been empty.
for optional in samba-ad-dc samba-ad-provision; do
  if apt-cache show "$optional" >/dev/null 2>&1; then packages+=("$optional"); fi
done
apt-get -o DPkg::Lock::Timeout=300 install -y -q --no-install-recommends "${packages[@]}"
