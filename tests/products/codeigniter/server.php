<?php

// Serves the application in `$APP`: every request goes to the framework's own front controller.
$app = getenv('APP');
chdir("$app/public");
define('FCPATH', "$app/public/");
require "$app/app/Config/Paths.php";
$paths = new Config\Paths();
(require "$app/system/bootstrap.php")->run();
