#!/usr/bin/env bash
# openldap.sh start|stop|kill|discard
#
# A real OpenLDAP server for tests, from nothing, on a loopback address: LDAP with StartTLS on PORT, LDAPS on the port after
# it. Passwords are taken over TLS only. Any user may run it.
#
#   STATE   folder of everything that it keeps; made if absent. start on an existing one starts that server again
#   ADDR    loopback address to listen on
#   PORT    a free port before a free port
#   PARENT  process whose end ends the server, however it comes
#
# Left in STATE for tests: ca.pem and ACCOUNT.password, readable by their owner only.
set -euo pipefail

action=${1:-}
STATE=${STATE:?is the folder that the server keeps its state in}
ADDR=${ADDR:-127.0.0.1}
PORT=${PORT:-10389}
case $ADDR in 127.*) ;; *) echo "$ADDR is not a loopback address" >&2; exit 2 ;; esac

base=dc=dkm4j,dc=test
people=ou=people,$base
groups=ou=groups,$base
administrator=cn=administrator,$base
accounts=(svc-mail svc-other dkm-admin alice)
pid_file=$STATE/slapd.pid
umask 077

running() {
  [ -s "$pid_file" ] && ps -e -o pid=,stat= | awk -v pid="$(cat "$pid_file")" '$1 == pid && $2 !~ /^Z/ { found = 1 } END { exit !found }'
}

certificates() {
  (
    cd "$STATE"
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 30 -subj "/CN=CA of OpenLDAP at $ADDR:$PORT" \
      -addext keyUsage=critical,keyCertSign -keyout ca.key -out ca.pem
    openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=ldap.dkm4j.test -keyout key.pem -out request.pem
    printf 'subjectAltName=DNS:ldap.dkm4j.test,IP:%s\nextendedKeyUsage=serverAuth\n' "$ADDR" > extensions
    openssl x509 -req -in request.pem -CA ca.pem -CAkey ca.key -CAcreateserial -days 30 -extfile extensions -out cert.pem
  ) 2> "$STATE/setup.log" || { cat "$STATE/setup.log" >&2; exit 1; }
}

configuration() {
  cat > "$STATE/slapd.conf" <<END
include /etc/ldap/schema/core.schema
include /etc/ldap/schema/cosine.schema
include /etc/ldap/schema/nis.schema
include /etc/ldap/schema/inetorgperson.schema
modulepath /usr/lib/ldap
moduleload back_mdb
moduleload ppolicy
pidfile $pid_file
TLSCACertificateFile $STATE/ca.pem
TLSCertificateFile $STATE/cert.pem
TLSCertificateKeyFile $STATE/key.pem
security simple_bind=128
sizelimit size.soft=500 size.hard=500 size.prtotal=unlimited
database mdb
suffix $base
rootdn $administrator
rootpw $(cat "$STATE/administrator.password")
directory $STATE/data
maxsize 268435456
dbnosync
index objectClass,uid,cn,member,uniqueMember,memberUid eq
overlay ppolicy
access to attrs=userPassword by anonymous auth by * none
access to * by users read by anonymous auth
END
}

entries() {
  printf 'dn: %s\nobjectClass: domain\ndc: dkm4j\n\n' "$base"
  for unit in people groups; do printf 'dn: ou=%s,%s\nobjectClass: organizationalUnit\nou: %s\n\n' "$unit" "$base" "$unit"; done
  for account in "${accounts[@]}"; do
    printf 'dn: uid=%s,%s\nobjectClass: inetOrgPerson\nuid: %s\ncn: %s\nsn: %s\nuserPassword: %s\n\n' \
      "$account" "$people" "$account" "$account" "$account" "$(cat "$STATE/$account.password")"
  done
  while IFS='=' read -r group member; do
    printf 'dn: cn=%s,%s\nobjectClass: groupOfNames\ncn: %s\nmember: %s\n\n' "$group" "$groups" "$group" "$member"
  done <<END
Mail Services=uid=svc-mail,$people
DKM Readers=cn=Mail Services,$groups
DKM Rollers=uid=dkm-admin,$people
DKM Admins=uid=dkm-admin,$people
END
}

build() {
  mkdir -p "$STATE/data"
  for account in administrator "${accounts[@]}"; do printf '%s' "$(openssl rand -hex 16)" > "$STATE/$account.password"; done
  certificates
  configuration
  entries > "$STATE/entries.ldif"
  /usr/sbin/slapadd -q -f "$STATE/slapd.conf" -l "$STATE/entries.ldif" > "$STATE/setup.log" 2>&1 || { cat "$STATE/setup.log" >&2; exit 1; }
  rm "$STATE/entries.ldif"
  # Where AppArmor confines the installed program to its own folders, that holds for its path.
  cp /usr/sbin/slapd "$STATE/slapd"
  touch "$STATE/complete"
}

answers() {
  LDAPTLS_CACERT=$STATE/ca.pem LDAPTLS_REQCERT=demand ldapwhoami -x -o nettimeout=2 -H "ldap://$ADDR:$PORT" -ZZ \
    -D "$administrator" -y "$STATE/administrator.password" >/dev/null 2>&1
}

watch() {
  if [ -z "${PARENT:-}" ]; then return; fi
  # A later server has another number, so that this does not touch it.
  setsid bash -c 'tail --pid="$1" -f /dev/null; if [ "$(cat "$2")" = "$3" ]; then kill -KILL "$3"; fi' \
    watch "$PARENT" "$pid_file" "$(cat "$pid_file")" < /dev/null > /dev/null 2>&1 &
}

start() {
  if running; then
    echo "it runs already" >&2
    exit 1
  fi
  if [ ! -e "$STATE/complete" ]; then build; fi
  # The option keeps it in the foreground of its session.
  setsid "$STATE/slapd" -f "$STATE/slapd.conf" -h "ldap://$ADDR:$PORT ldaps://$ADDR:$((PORT + 1))" -d 0 < /dev/null > "$STATE/slapd.log" 2>&1 &
  local started=$!
  for _ in $(seq 600); do
    if answers; then watch; return; fi
    if ! kill -0 "$started" 2>/dev/null; then break; fi
    sleep 0.05
  done
  echo "it does not answer:" >&2
  tail -5 "$STATE/slapd.log" >&2
  exit 1
}

end() {
  if running; then
    kill "-$1" "$(cat "$pid_file")" 2>/dev/null || true
    for _ in $(seq 200); do running || break; sleep 0.05; done
    if running; then
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
  discard) end KILL && rm -rf "$STATE/data" ;;
  *) echo "usage: STATE=folder [ADDR=address] [PORT=port] $0 start|stop|kill|discard" >&2; exit 2 ;;
esac
