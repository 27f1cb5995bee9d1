#!/usr/bin/env bash
# active-directory.sh start|stop|kill|discard
#
# A real Active Directory domain controller (Samba) for tests, from nothing, on one loopback address. LDAP's and Kerberos'
# ports are its own, so a second one needs another address and state folder. As root, or by sudo without a password.
#
#   STATE      folder of everything that it keeps; made if absent. start on an existing one starts that server again
#   ADDR       loopback address to listen on
#   PARENT     process whose end ends the server, however it comes
#   PASSWORDS  folder to take the accounts' passwords from, instead of making them up
#
# Left in STATE for tests: ca.pem, krb5.conf, ACCOUNT.password and ACCOUNT.keytab, readable by their owner only.
set -euo pipefail

action=${1:-}
STATE=${STATE:?is the folder that the server keeps its state in}
ADDR=${ADDR:-127.0.0.21}
case $ADDR in 127.*) ;; *) echo "$ADDR is not a loopback address" >&2; exit 2 ;; esac
if [ "$(id -u)" -ne 0 ]; then
  exec sudo -n STATE="$STATE" ADDR="$ADDR" PARENT="${PARENT:-}" PASSWORDS="${PASSWORDS:-}" OWNER="$(id -u)" "$0" "$action"
fi
OWNER=${OWNER:-0}

domain=ad.dkm4j.test
realm=AD.DKM4J.TEST
base=DC=ad,DC=dkm4j,DC=test
users=CN=Users,$base
accounts=(svc-mail svc-other dkm-admin alice svc-disabled)
private=$STATE/dc
database=$private/private/sam.ldb
configuration=$private/etc/smb.conf
pid_file=$STATE/samba.pid
umask 077

# Whether a process of the group is there; one that only waits to be buried does not count.
running() {
  [ -s "$pid_file" ] && ps -e -o pgid=,stat= | awk -v group="$(cat "$pid_file")" '$1 == group && $2 !~ /^Z/ { found = 1 } END { exit !found }'
}

await_end() {
  for _ in $(seq 200); do running || break; sleep 0.05; done
  ! running
}

# Runs a command that tells its output only if it fails.
quietly() {
  local log=$STATE/setup.log
  "$@" > "$log" 2>&1 || { cat "$log" >&2; echo "failed: $1 $2" >&2; exit 1; }
}

certificates() {
  mkdir -p "$private/tls"
  (
    cd "$private/tls"
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 30 -subj "/CN=CA of $domain at $ADDR" \
      -addext keyUsage=critical,keyCertSign -keyout ca.key -out ca.pem
    openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj "/CN=dc1.$domain" -keyout key.pem -out request.pem
    # Java does not look at the common name. localhost is there for tests that go through a tunnel.
    printf 'subjectAltName=DNS:dc1.%s,DNS:localhost,IP:%s\nextendedKeyUsage=serverAuth\n' "$domain" "$ADDR" > extensions
    openssl x509 -req -in request.pem -CA ca.pem -CAkey ca.key -CAcreateserial -days 30 -extfile extensions -out cert.pem
  ) 2> "$STATE/setup.log" || { cat "$STATE/setup.log" >&2; exit 1; }
  cp "$private/tls/ca.pem" "$STATE/ca.pem"
}

password() { cat "$STATE/$1.password"; }

passwords() {
  for account in administrator "${accounts[@]}"; do
    if [ -n "${PASSWORDS:-}" ]; then
      cp "$PASSWORDS/$account.password" "$STATE/$account.password"
    else
      # The prefix has what the domain's rule asks for.
      printf 'Aa1-%s' "$(openssl rand -hex 12)" > "$STATE/$account.password"
    fi
  done
}

samba_configuration() {
  cat > "$configuration" <<END
[global]
	netbios name = DC1
	realm = $realm
	workgroup = DKM4J
	server role = active directory domain controller
	server services = ldap, cldap, kdc
	interfaces = $ADDR/8
	bind interfaces only = yes
	disable netbios = yes
	private dir = $private/private
	state directory = $private/state
	cache directory = $private/cache
	lock directory = $private
	pid directory = $private
	ncalrpc dir = $private/ncalrpc
	winbindd socket directory = $private/winbindd
	ntp signd socket directory = $private/ntp_signd
	binddns dir = $private/bind-dns
	log file = $private/log
	tls enabled = yes
	tls keyfile = $private/tls/key.pem
	tls certfile = $private/tls/cert.pem
	tls cafile = $private/tls/ca.pem
	ldap server require strong auth = allow_sasl_over_tls
END
}

kerberos_configuration() {
  cat > "$STATE/krb5.conf" <<END
[libdefaults]
	default_realm = $realm
	dns_lookup_realm = false
	dns_lookup_kdc = false
	dns_canonicalize_hostname = false
	rdns = false
	udp_preference_limit = 1
[realms]
	$realm = {
		kdc = $ADDR:88
	}
[domain_realm]
	.$domain = $realm
	localhost = $realm
END
}

user_entry() {
  local name=$1 control=$2
  printf 'dn: CN=%s,%s\nobjectClass: user\nsAMAccountName: %s\nuserPrincipalName: %s@%s\nuserAccountControl: %s\n' \
    "$name" "$users" "$name" "$name" "$domain" "$control"
  # The attribute takes the quoted password in UTF-16.
  printf 'unicodePwd:: %s\n\n' "$(printf '"%s"' "$(password "$name")" | iconv -f UTF-8 -t UTF-16LE | base64 -w0)"
}

group_entry() { printf 'dn: CN=%s,%s\nobjectClass: group\nsAMAccountName: %s\n\n' "$1" "$users" "$1"; }

member_change() {
  printf 'dn: CN=%s,%s\nchangetype: modify\nadd: member\nmember: CN=%s,%s\n\n' "$1" "$users" "$2" "$users"
}

populate() {
  {
    for account in svc-mail svc-other dkm-admin alice; do user_entry "$account" 512; done
    user_entry svc-disabled 514
    group_entry 'Mail Services'
    group_entry 'DKM Readers'
    group_entry 'DKM Rollers'
    group_entry 'DKM Admins'
  } > "$STATE/entries.ldif"
  {
    member_change 'Mail Services' svc-mail
    member_change 'Mail Services' svc-disabled
    member_change 'DKM Readers' 'Mail Services'
    member_change 'DKM Rollers' dkm-admin
    member_change 'DKM Admins' dkm-admin
    # The names of the directory's own service, which a task of a full server would register.
    printf 'dn: CN=DC1,OU=Domain Controllers,%s\nchangetype: modify\nadd: servicePrincipalName\n' "$base"
    for host in "dc1.$domain" dc1 localhost "$ADDR"; do printf 'servicePrincipalName: ldap/%s\n' "$host"; done
  } > "$STATE/changes.ldif"
  quietly ldbadd -H "$database" --configfile="$configuration" "$STATE/entries.ldif"
  quietly ldbmodify -H "$database" --configfile="$configuration" "$STATE/changes.ldif"
  rm "$STATE/entries.ldif" "$STATE/changes.ldif"
  # Exports at once could leave half a file behind, so they follow each other.
  for account in svc-mail svc-other dkm-admin; do
    quietly samba-tool domain exportkeytab "$STATE/$account.keytab" --principal="$account@$realm" -s "$configuration"
  done
}

build() {
  mkdir -p "$private"
  printf '[global]\n' > "$private/empty.conf"
  passwords
  # From a file of ours, so that the machine's own configuration is not touched.
  quietly samba-tool domain provision -s "$private/empty.conf" --targetdir="$private" --server-role=dc --dns-backend=NONE \
    --realm="$realm" --domain=DKM4J --host-name=dc1 --host-ip="$ADDR" --adminpass="$(password administrator)" \
    --option="interfaces=$ADDR/8" --option='bind interfaces only=yes'
  mkdir -p "$private"/{cache,winbindd,ntp_signd,ncalrpc}
  certificates
  samba_configuration
  populate
  kerberos_configuration
  chown "$OWNER" "$STATE" "$STATE"/*.password "$STATE"/*.keytab "$STATE"/{ca.pem,krb5.conf}
  touch "$private/complete"
}

answers() {
  LDAPTLS_CACERT=$STATE/ca.pem LDAPTLS_REQCERT=demand \
    ldapsearch -x -LLL -o nettimeout=2 -H "ldap://$ADDR" -ZZ -b '' -s base defaultNamingContext >/dev/null 2>&1
}

watch() {
  if [ -z "${PARENT:-}" ]; then return; fi
  # A later server has another number, so that this does not touch it.
  setsid bash -c 'tail --pid="$1" -f /dev/null; if [ "$(cat "$2")" = "$3" ]; then kill -KILL -- "-$3"; fi' \
    watch "$PARENT" "$pid_file" "$(cat "$pid_file")" < /dev/null > /dev/null 2>&1 &
}

start() {
  if running; then
    echo "it runs already" >&2
    exit 1
  fi
  if [ ! -e "$private/complete" ]; then
    rm -rf "$private"
    build
  fi
  # One process, in a process group of its own, whose number is the process's.
  setsid samba -F --no-process-group -M single -s "$configuration" --debug-stdout < /dev/null > "$STATE/samba.log" 2>&1 &
  echo $! > "$pid_file"
  for _ in $(seq 600); do
    if answers; then watch; return; fi
    if ! running; then break; fi
    sleep 0.05
  done
  echo "it does not answer:" >&2
  tail -5 "$STATE/samba.log" >&2
  exit 1
}

end() {
  if running; then
    kill "-$1" -- "-$(cat "$pid_file")" 2>/dev/null || true
    if ! await_end; then
      echo "it does not end" >&2
      exit 1
    fi
  fi
  rm -f "$pid_file"
}

case $action in
  start) start ;;
  stop) end TERM ;;
  kill) end KILL ;;
  discard) end KILL && rm -rf "$private" ;;
  *) echo "usage: STATE=folder [ADDR=address] $0 start|stop|kill|discard" >&2; exit 2 ;;
esac
