# Counts the checks of a shell runner and prints its closing line. Source it, call `check`, end with `closing NAME`.

tally_passed=0
tally_failed=0

pass() { tally_passed=$((tally_passed + 1)); }
fail() { tally_failed=$((tally_failed + 1)); echo "FAILED: $*"; }

# check WHAT COMMAND...: counts one check; shows what the command printed when it fails.
check() {
  local what=$1 said
  shift
  if said=$("$@" 2>&1 </dev/null); then pass; else fail "$what"; printf '%s\n' "$said" | tail -n 40 | sed 's/^/    /'; fi
}

# The closing line; returns 1 when a check failed, or when none ran.
closing() {
  echo "$1: $tally_passed passed, $tally_failed failed"
  [ "$tally_failed" -eq 0 ] && [ "$tally_passed" -gt 0 ]
}
