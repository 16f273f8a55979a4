<?php

// The framework's own CSRF filter before every request; laid over the framework's own `app/Config`.

namespace Config;

use CodeIgniter\Config\BaseConfig;
use CodeIgniter\Filters\CSRF;

class Filters extends BaseConfig
{
    public $aliases = ['csrf' => CSRF::class];
    public $globals = ['before' => ['csrf'], 'after' => []];
    public $methods = [];
    public $filters = [];
}
