#!/bin/bash
# A made-up register of letters on Laravel (Debian), behind its sign-in.
. "$(dirname "$(readlink -f "$0")")/lib.sh"
need /usr/share/php/Illuminate/Foundation/Application.php
STATE=$here php -S "127.0.0.1:$port" "$products/laravel/index.php" >server.log 2>&1 &
answers "$base/login"
touch ready
wait
