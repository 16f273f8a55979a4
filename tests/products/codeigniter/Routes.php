<?php

// The routes of the made-up register; laid over the framework's own `app/Config`.

namespace Config;

$routes = Services::routes(true);
$routes->setDefaultNamespace('App\Controllers');
$routes->setAutoRoute(false);
$routes->get('login', 'Surat::login');
$routes->post('login', 'Surat::masuk');
$routes->get('keluar', 'Surat::keluar');
$routes->get('surat', 'Surat::index');
