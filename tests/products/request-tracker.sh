#!/bin/bash
# Request Tracker 5 (Debian) on SQLite: three tickets, and in `token` the token of a user who may see them.
. "$(dirname "$(readlink -f "$0")")/lib.sh"
need /usr/share/request-tracker5/libexec/rt-server
mkdir -p mason session conf.d
cat >RT_SiteConfig.pm <<EOL
Set(\$rtname, 'contoh');
Set(\$Organization, 'contoh.example');
Set(\$DatabaseType, 'SQLite');
Set(\$DatabaseName, '$here/rt.db');
Set(\$WebDomain, '127.0.0.1');
Set(\$WebPort, $port);
Set(\$WebPath, '');
Set(\$WebBaseURL, '$base');
Set(\$MasonDataDir, '$here/mason');
Set(\$MasonSessionDir, '$here/session');
Set(\$MailCommand, 'testfile');
Set(\$LogToSyslog, undef);
Set(\$LogToSTDERR, 'warning');
Set(\$Timezone, 'Asia/Makassar');
1;
EOL
export RT_SITE_CONFIG=$here/RT_SiteConfig.pm RT_SITE_CONFIG_DIR=$here/conf.d
rt-setup-database --action init --skip-create >install.log 2>&1 || { cat install.log >&2; exit 1; }
perl "$products/request-tracker.pl" >token
perl /usr/share/request-tracker5/libexec/rt-server --host 127.0.0.1 --port "$port" >server.log 2>&1 &
answers "$base/REST/2.0/rt"
touch ready
wait
