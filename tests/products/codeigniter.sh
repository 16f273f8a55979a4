#!/bin/bash
# A made-up register of letters on CodeIgniter 4 (npm), behind a sign-in with a token that changes with each form.
. "$(dirname "$(readlink -f "$0")")/lib.sh"
need "$products/node_modules/codeigniter4/system/bootstrap.php"
cp -r "$products/node_modules/codeigniter4" app
cp "$products"/codeigniter/{Routes,Filters}.php app/app/Config/
cp "$products/codeigniter/Surat.php" app/app/Controllers/
env CI_ENVIRONMENT=production APP="$here/app" app.baseURL="$base/" app.indexPage= \
  php -S "127.0.0.1:$port" "$products/codeigniter/server.php" >server.log 2>&1 &
answers "$base/login"
touch ready
wait
