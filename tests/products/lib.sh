# What the recipes share. Each is started in a folder of its own: bash NAME.sh PORT. It sets the product up there, with made-up data,
# writes `ready` when it answers, and serves on the loopback until its process group is ended.
set -euo pipefail
products=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")
port=$1
here=$PWD
base=http://127.0.0.1:$port

need() { [ -e "$1" ] || { echo "$1 is missing: tests/run --install" >&2; exit 1; }; }

# Waits until an address answers at all, for a minute at most.
answers() {
  for _ in $(seq 300); do
    curl -s -o /dev/null -m 30 "$1" && return 0
    sleep 0.2
  done
  echo "$1 does not answer" >&2
  exit 1
}

# Starts a PostgreSQL of this folder's own, on a port.
postgres() {
  local bin data=$here/postgres as=()
  bin=$(ls -d /usr/lib/postgresql/*/bin | sort -V | tail -1)
  need "$bin/initdb"
  mkdir -p "$data"
  if [ "$(id -u)" = 0 ]; then
    as=(runuser -u postgres --)
    chmod 755 "$here"
    chown postgres "$data"
  fi
  "${as[@]}" "$bin/initdb" -D "$data" -U postgres -A trust -E UTF8 --no-sync >initdb.log 2>&1 || { cat initdb.log >&2; exit 1; }
  "${as[@]}" "$bin/postgres" -D "$data" -p "$1" -k "$data" -c listen_addresses=127.0.0.1 -c fsync=off >postgres.log 2>&1 &
  for _ in $(seq 100); do "$bin/pg_isready" -q -h 127.0.0.1 -p "$1" && break; sleep 0.1; done
}
