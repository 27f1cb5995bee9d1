#!/usr/bin/env bash
# Checks roll-over.pml: what must hold is searched exhaustively, and each mutation must break what it says it breaks.
# One line per run; exit status 1 if any run ends otherwise than it should. Needs spin and gcc.
set -euo pipefail

model=$(cd "$(dirname "$0")" && pwd)/roll-over.pml
for tool in spin gcc; do
  command -v "$tool" >/dev/null || { echo "$tool is missing" >&2; exit 1; }
done
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# name | holds, or the property that must be found broken (W: the state that must be found) | flags
runs=$(cat <<'RUNS'
roll-over            | holds | -DNO_REVOCATION -DEPOCHS=5
revocation           | holds | -DEPOCHS=3
long-refresh         | holds | -DNO_REVOCATION -DR=2 -DW=4 -DPERIOD=5
slow-read            | holds | -DNO_REVOCATION -DSLOW_READ -DW=4 -DPERIOD=5
identity             | holds | -DNO_REVOCATION -DIDENTITY
rivals               | holds | -DNO_REVOCATION -DRIVALS -DEPOCHS=2
rivals-revocation    | holds | -DRIVALS -DEPOCHS=2 -DMINTERS=2
liveness             | holds | -DNO_REVOCATION -DEPOCHS=3 -DCALM=6
liveness-revocation  | holds | -DEPOCHS=3 -DMINTERS=2 -DCALM=6
reach-third-epoch    | W1 | -DWITNESS_ROLL_OVER
reach-emergency      | W2 | -DWITNESS_EMERGENCY
reach-rivals         | W3 | -DRIVALS -DWITNESS_RIVALS
short-window         | P2 | -DNO_REVOCATION -DW=2
short-window-refresh | P2 | -DNO_REVOCATION -DR=2 -DW=3
slow-read-window     | P2 | -DNO_REVOCATION -DSLOW_READ
signed-time-only     | P2 | -DNO_REVOCATION -DSIGNED_TIME_ONLY
one-lock             | P2 | -DNO_REVOCATION -DONE_LOCK
fall-back            | P5 | -DFALL_BACK
clock-steps-back     | P5 | -DNO_REVOCATION -DCLOCK_STEPS_BACK
mint-on-failed-read  | P4 | -DNO_REVOCATION -DMINT_ON_FAILED_READ
emergency-storm      | P4 | -DEMERGENCY_STORM
revoke-pending       | P4 | -DREVOKE_PENDING
no-read-back         | P1 | -DNO_REVOCATION -DNO_READ_BACK -DIDENTITY
sticky-rival         | P3 | -DNO_REVOCATION -DRIVALS -DSTICKY_RIVAL -DEPOCHS=2
rival-comes-back     | P5 | -DRIVALS -DRIVALS_ARE_SUCCESSORS -DEPOCHS=2 -DMINTERS=2
give-up              | P6 | -DNO_REVOCATION -DGIVE_UP -DCALM=6
RUNS
)

surprise=0
printf '%-21s %-6s %10s %7s  %s\n' run want states seconds verdict
while IFS='|' read -r name want flags; do
  name=${name// /} want=${want// /}
  mkdir "$work/$name"
  cd "$work/$name"
  cp "$model" .
  # shellcheck disable=SC2086
  spin -a $flags roll-over.pml >spin.txt 2>&1 || { cat spin.txt >&2; exit 1; }
  gcc -O2 -w -DSAFETY -DNOREDUCE -DMEMLIM=2000 -o pan pan.c
  begun=$(date +%s%N)
  ./pan -m100000 -w24 >pan.txt 2>&1 || true
  seconds=$(awk -v ns=$(($(date +%s%N) - begun)) 'BEGIN { printf "%.1f", ns / 1e9 }')
  states=$(awk '/states, stored/ { print $1; exit }' pan.txt)
  got=unfinished
  if grep -q 'assertion violated' pan.txt; then
    got=$(sed -n 's/.*assertion violated *[(!]*\([PW][1-6]\).*/\1/p' pan.txt | head -1)
    got=${got:-unknown}
  elif grep -q 'errors: 0' pan.txt && ! grep -qE 'max search depth too small|out of memory|reached -DMEMLIM|Search not completed' pan.txt; then
    got=holds
  fi
  verdict=$got
  if [ "$got" != holds ] && [[ $got == [PW]* ]]; then verdict="$got broken"; fi
  case $got in W*) verdict="reached" ;; esac
  if [ "$got" != "$want" ]; then
    verdict="SURPRISE: $verdict"
    surprise=1
    tail -20 pan.txt >&2
  fi
  printf '%-21s %-6s %10s %7s  %s\n' "$name" "$want" "$states" "$seconds" "$verdict"
  cd "$work"
  rm -rf "${work:?}/$name"
done <<<"$runs"
exit "$surprise"
