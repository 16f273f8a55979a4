#!/bin/bash
# What `divos connector infer` makes of real applications: WordPress, Redmine, Radicale, two SOAP stacks, PostgreSQL,
# MariaDB, SQLite, a workbook of openpyxl and separated text as Excel writes it in Indonesia. Writes the table of
# docs/infer.md to tests/.state/infer.md and fails where a draft is not what it has to be.
#   bash tests/infer.sh            the applications must be running (tests/run starts them)
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")/.."
divos=${DIVOS_BIN:-$PWD/target/debug/divos}
run=${DIVOS_REAL_RUN:-${RA:-/tmp/realapps}/run}
state=$PWD/tests/.state
work=$(mktemp -d)
stop=()
trap 'for it in "${stop[@]}"; do kill "$it" 2>/dev/null || true; done; rm -rf "$work"' EXIT
mkdir -p "$state"
table=$state/infer.md
printf '| what | recognised or proposed | kind | lines | items | check, test | below 60 %% |\n| --- | --- | --- | --- | --- | --- | --- |\n' >"$table"
wrong=0

miss() { echo "WRONG: $*" >&2; wrong=1; }

# Further words for the next drafts.
more=()

# label id target wanted-in-the-file… : drafts, tells, and looks for what has to be there
draft() {
  local label=$1 id=$2 target=$3 json code=0
  shift 3
  json=$("$divos" connector infer "$target" --id "$id" "${more[@]}" --connectors "$work/d" -c "$work/hub.yaml" --allow-private --json --lang en 2>"$work/err") || code=$?
  local file=$work/d/$id.yaml
  if [ ! -f "$file" ]; then miss "$label: no file (exit $code): $(tail -1 "$work/err")"; return; fi
  local how kind items verdict doubts
  how=$(jq -rs '.[0] | .template // (.findings[] | select(.field == "source") | .from)' <<<"$json")
  kind=$(jq -rs '.[0] | (.findings // [])[] | select(.field == "to") | .from' <<<"$json")
  items=$(jq -rs '.[1].items // 0' <<<"$json")
  doubts=$(jq -rs '[.[0] | (.findings // [])[] | select(.confidence < 60) | "\(.field) \(.confidence)"] | join(", ")' <<<"$json")
  verdict=$([ $code = 0 ] && echo "fine, passed" || echo "exit $code")
  [ $code = 0 ] || { miss "$label: exit $code"; cat "$work/err" >&2; }
  printf '| %s | %s | %s | %s | %s | %s | %s |\n' "$label" "$how" "${kind:-template}" "$(wc -l <"$file")" "$items" "$verdict" "$doubts" >>"$table"
  local want
  for want in "$@"; do
    grep -qF -- "$want" "$file" || { miss "$label: lacks: $want"; cat "$file" >&2; }
  done
}

cat >"$work/hub.yaml" <<YAML
connectors:
  secrets:
    agenda/user: "\${env:AGENDA_USER}"
    agenda/password: "\${env:AGENDA_PASSWORD}"
    simpeg/dsn: "\${env:SIMPEG_DSN}"
    aduan/dsn: "\${env:ADUAN_DSN}"
    perizinan/dsn: "\${env:PERIZINAN_DSN}"
    buku-tamu/user: "\${env:CITY_USER}"
    buku-tamu/password: "\${env:CITY_PASSWORD}"
YAML
export CITY_USER=hub-contoh CITY_PASSWORD=kunci-contoh-buku-tamu
export AGENDA_USER=agenda AGENDA_PASSWORD=Agenda-123

# --- databases, each a server of its own ----------------------------------------------------------------------------
rows() { # the same made-up complaints for each product
  local n
  for n in 1 2 3 4 5 6; do
    echo "INSERT INTO pengaduan VALUES ('AD-$n', 'Lampu jalan padam $n (contoh)', 'Wayan Buatan $n', '081234567$n$n$n', '$( ((n % 2)) && echo Baru || echo Selesai)', '2026-11-0$n 08:00:00', '2026-11-1$n 09:00:00');"
  done
}
create="CREATE TABLE pengaduan (kode varchar(20) PRIMARY KEY, judul_aduan text, nama_pelapor text, telepon text, status text, dibuat timestamp NULL, diubah timestamp NULL);"

postgres() {
  local bin data=$work/pg port=55439
  bin=$(dirname "$(ls -d /usr/lib/postgresql/*/bin/postgres | tail -1)")
  mkdir -p "$data" && chown postgres "$work" "$data" && chmod 755 "$work"
  runuser -u postgres -- "$bin/initdb" -D "$data" -A trust -U hub >/dev/null
  runuser -u postgres -- "$bin/postgres" -D "$data" -p $port -k "$data" -c listen_addresses=127.0.0.1 >"$work/pg.log" 2>&1 &
  stop+=($!)
  for _ in $(seq 60); do "$bin/pg_isready" -q -h 127.0.0.1 -p $port && break; sleep 0.5; done
  { echo "$create"; rows; echo "CREATE VIEW v_hub_pengaduan AS SELECT * FROM pengaduan;"; } | psql -q -h 127.0.0.1 -p $port -U hub -d postgres
  export ADUAN_DSN="postgres://hub@127.0.0.1:$port/postgres?sslmode=disable"
}

mariadb() {
  local data=$work/my port=33439
  mkdir -p "$data" "$data.tmp" && chown mysql "$data" "$data.tmp"
  mariadb-install-db --user=mysql --datadir="$data" --tmpdir="$data.tmp" --auth-root-authentication-method=normal >/dev/null 2>&1
  mariadbd --user=mysql --datadir="$data" --tmpdir="$data.tmp" --port=$port --bind-address=127.0.0.1 --socket="$data/s" --pid-file="$data/pid" >"$work/my.log" 2>&1 &
  stop+=($!)
  for _ in $(seq 60); do mariadb-admin --socket="$data/s" ping >/dev/null 2>&1 && break; sleep 0.5; done
  { echo "CREATE DATABASE izin; USE izin;"; echo "$create"; rows; echo "CREATE USER hub@'127.0.0.1' IDENTIFIED BY 'contoh'; GRANT SELECT ON izin.* TO hub@'127.0.0.1';"; } | command mariadb --socket="$data/s" -u root
  export PERIZINAN_DSN="mysql://hub:contoh@127.0.0.1:$port/izin?ssl-mode=disabled"
}

python() { if [ -x tests/.venv/bin/python ]; then tests/.venv/bin/python "$@"; else python3 "$@"; fi; }

files() {
  SIMPEG=$work/simpeg.db python - <<'PY'
import os, sqlite3
db = sqlite3.connect(os.environ["SIMPEG"])
db.execute("CREATE TABLE agenda_rapat (id INTEGER PRIMARY KEY, judul TEXT, tempat TEXT, waktu_mulai TEXT, waktu_selesai TEXT, diubah TEXT)")
for n in range(1, 6):
    db.execute("INSERT INTO agenda_rapat VALUES (?, ?, 'Ruang Contoh', ?, ?, ?)", (n, f"Rapat koordinasi {n} (contoh)", f"2026-11-0{n} 09:00:00", f"2026-11-0{n} 11:00:00", f"2026-11-0{n} 07:00:00"))
db.commit()
PY
  export SIMPEG_DSN="sqlite://$work/simpeg.db"
  WORKBOOK=$work/realisasi.xlsx python - <<'PY'
import datetime, os
from openpyxl import Workbook
book = Workbook()
sheet = book.active
sheet.title = "Realisasi"
sheet.append(["Kode", "Nama Kegiatan", "Triwulan", "Realisasi", "Tanggal"])
for n in range(1, 6):
    sheet.append([f"K-{n:03}", f"Kegiatan {n} (contoh)", "III", 1250000.5 * n, datetime.datetime(2026, 11, n, 8)])
book.save(os.environ["WORKBOOK"])
PY
  { printf 'Kode;Nama Kegiatan;Realisasi Anggaran;Tgl Ubah;Keterangan\r\n'
    printf 'A-1;Pelatihan caf\351 (contoh);1.250.000,50;24/11/2026;Baik\r\nA-2;Pengadaan (contoh);2.000,00;03/11/2026;Kurang\r\nA-3;Rapat (contoh);3.000,00;04/11/2026;Baik\r\n'
  } >"$work/anggaran.csv"
}

# --- the simulated city: ten makes of apps, each at the address that its overlay names --------------------------------
city() {
  "$divos" demo --city --data "$work/demo" --port 18943 --json >"$work/city.out" 2>"$work/city.err" </dev/null &
  stop+=($!)
  for _ in $(seq 240); do [ -s "$work/demo/overlay/buku-tamu.yaml" ] && break; sleep 0.5; done
}
# The address of a source of a city's app: where its overlay says it runs, and the path that its connector asks for.
at() { # id path
  local origin
  origin=$(grep -ho 'http://127[^" ,}\]*' "$work/demo/overlay/$1.yaml" | head -1)
  printf '%s%s' "${origin%/}" "$2"
}

files
postgres
mariadb
city

draft "WordPress 6.1" berita http://127.0.0.1:18081/ 'extends: wordpress@1'
more=(--template none)
draft "WordPress 6.1, no template" kabar 'http://127.0.0.1:18081/wp-json/wp/v2/posts?page=1' 'rest:' 'to: announcement' 'x-wp-totalpages' "modified_gmt | datetime(tz='UTC')"
draft "Redmine 5.0, no template" isu 'http://127.0.0.1:18082/issues.json?limit=100&offset=0' 'select: "issues[*]"' 'offset:' 'to: ticket' 'title: subject'
more=()
draft "Redmine 5.0" tiket http://127.0.0.1:18082/ 'extends: redmine@1'
draft "Radicale 3" agenda http://127.0.0.1:18090/agenda/walikota/ 'extends: caldav@1'
draft "spyne (SOAP)" pajak 'http://127.0.0.1:18088/?wsdl' 'soap:' 'TagihanPBB[*]'
draft "PostgreSQL" aduan "$ADUAN_DSN" 'FROM v_hub_pengaduan' 'ORDER BY diubah, kode' 'to: ticket' 'title: judul_aduan' 'pii: { reporter: mask }' 'count: 6'
draft "MariaDB" perizinan "$PERIZINAN_DSN" 'FROM pengaduan' 'keyset: { key: kode' 'to: ticket' 'count: 6'
draft "SQLite" simpeg "$work/simpeg.db" 'FROM agenda_rapat' 'to: event' 'starts_at: waktu_mulai' 'count: 5'
draft "XLSX (openpyxl)" realisasi "$work/realisasi.xlsx" 'xlsx:' 'to: report' "row['Nama Kegiatan'] | text" 'id: Kode'
draft "CSV (Excel, Indonesia)" anggaran "$work/anggaran.csv" 'csv:' 'to: report' 'id: Kode'

# Apps of the simulated city, one of each make. What has to be found is what their shipped connectors say.
draft "city: table behind a sign-in form" buku-tamu "$(at buku-tamu /tamu.php)" 'form:' 'csrf:' 'html:' 'rows: "table#data tbody tr"' 'guard:'
draft "city: JSON by page" harga-pasar "$(at harga-pasar /api/v1/harga)" 'rest:' 'data.items[*]'
draft "city: XML" kualitas-udara "$(at kualitas-udara /ekspor/pantauan.xml)" 'xml:' 'select:'
draft "city: iCalendar" sipoint "$(at sipoint /kalender.ics)" 'ical:' 'to: event'
draft "city: RSS" bus-sekolah "$(at bus-sekolah /feed)" 'extends: rss@1'
draft "city: OAI-PMH" smart-arsip "$(at smart-arsip /oai)" 'extends: oai-pmh@1'
draft "city: CKAN" pusat-data "$(at pusat-data /)" 'extends: ckan@1'
draft "city: JDIH" sidandaniti "$(at sidandaniti /)" 'extends: jdih@1'
draft "city: JSON by offset" rumah-belanja "$(at rumah-belanja /index.php/api/penawaran)" 'rest:' 'hasil[*]'

# Nothing personal or secret may have been written.
for secret in 'Wayan Buatan' 081234567 Agenda-123 'hub:contoh@'; do
  if grep -rqF -- "$secret" "$work/d"; then miss "written down: $secret"; grep -rnF -- "$secret" "$work/d" >&2 | head -3; fi
done
# What is no list is said and not invented.
if "$divos" connector infer 'http://127.0.0.1:18087/nik.php?wsdl' --id nik --connectors "$work/d" --allow-private --lang en >"$work/out" 2>&1; then
  miss "PHP ext-soap has no operation that lists"
fi
grep -q 'CekNIK' "$work/out" || miss "PHP ext-soap: its operations are not told"
printf '| PHP ext-soap | none: its one operation asks for one person | | | | refused with the reason | |\n' >>"$table"

cat "$table"
exit $wrong
