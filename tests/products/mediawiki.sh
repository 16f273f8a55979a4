#!/bin/bash
# MediaWiki (Debian) on SQLite: a public wiki on PORT, and the same wiki closed to strangers on PORT + 1.
. "$(dirname "$(readlink -f "$0")")/lib.sh"
need /usr/share/mediawiki/maintenance/install.php
export MW_CONFIG_FILE=$here/LocalSettings.php
mkdir -p data
php /usr/share/mediawiki/maintenance/install.php --confpath "$here" --dbtype sqlite --dbpath "$here/data" --dbname wiki \
  --server "$base" --scriptpath '' --lang id --pass 'Rahasia-contoh-1' 'Wiki Contoh' Admin >install.log
cat >>LocalSettings.php <<'EOL'
if ( getenv( 'WIKI_SERVER' ) ) { $wgServer = getenv( 'WIKI_SERVER' ); $wgGroupPermissions['*']['read'] = false; }
EOL
for title in 'Halaman Utama' 'Tata naskah dinas' 'Jadwal pelayanan'; do
  echo "Data contoh, buatan: $title." | php /usr/share/mediawiki/maintenance/edit.php --user Admin --summary 'contoh' "$title" >>install.log
done
php -S "127.0.0.1:$port" -t /usr/share/mediawiki >public.log 2>&1 &
closed=$((port + 1))
WIKI_SERVER=http://127.0.0.1:$closed php -S "127.0.0.1:$closed" -t /usr/share/mediawiki >closed.log 2>&1 &
answers "$base/api.php"
answers "http://127.0.0.1:$closed/api.php"
touch ready
wait
