#!/bin/bash
# The running hub against its own OpenAPI description, with schemathesis. The demo must be running (tests/run starts it).
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")"
origin=https://divos.localhost:${DIVOS_DEMO_PORT:-18443}
resolve=divos.localhost:${DIVOS_DEMO_PORT:-18443}:127.0.0.1
ca=$DIVOS_DEMO_CA
export PYTHONPATH=$PWD/tools/loopback

jar=$(mktemp)
trap 'rm -f "$jar" "$jar.html"' EXIT
ask() { curl -sS --fail-with-body --cacert "$ca" --resolve "$resolve" -b "$jar" -c "$jar" "$@"; }

# A session as a browser gets one; its cookie goes with every request.
ask "$origin/login" >"$jar.html"
csrf=$(grep -o 'name="csrf" value="[^"]*"' "$jar.html" | head -1 | cut -d'"' -f4)
ask -o /dev/null -H "Origin: $origin" --data-urlencode "csrf=$csrf" --data-urlencode 'login=wirawan@denpasar.example' \
  --data-urlencode 'password=Contoh-Denpasar-2026' --data-urlencode 'return=/feed' "$origin/login"
cookie=$(awk '$6 ~ /^__Host-/ { printf "%s%s=%s", sep, $6, $7; sep = "; " }' "$jar")
[ -n "$cookie" ] || { echo 'no session cookie'; exit 1; }

against() {
  .venv/bin/schemathesis run "$origin/openapi.json" \
    --header "Cookie: $cookie" --header "Origin: $origin" \
    --tls-verify "$ca" --checks all --max-examples 40 --seed 1 --request-timeout 20 --no-color "$@"
}

# A cursor is opaque and signed, so a made-up one is rightly refused (positive_data_acceptance would mind).
# The stream never ends and the exports have tests of their own (tests/suites/exports.rs).
against --exclude-path /api/v1/me/data \
  --exclude-path /api/v1/feed/stream --exclude-path /feed.json --exclude-path /feed.atom --exclude-path /agenda.ics \
  --exclude-checks ignored_auth,missing_required_header,unsupported_method,positive_data_acceptance

# One's own data opens with a session alone, which goes with every request here, also where it is left out on purpose.
against --include-path /api/v1/me/data --exclude-checks ignored_auth,missing_required_header,unsupported_method,negative_data_rejection
