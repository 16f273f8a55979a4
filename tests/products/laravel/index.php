<?php
// A made-up register of letters on the real Laravel (Debian's php-laravel-framework): sessions, CSRF and guards are the
// framework's own. Everything in it is invented. Started by the tests: STATE=folder php -S 127.0.0.1:PORT index.php
require_once 'Illuminate/autoload.php';
require_once 'Illuminate/Foundation/helpers.php';

use Illuminate\Auth\GenericUser;
use Illuminate\Contracts\Debug\ExceptionHandler;
use Illuminate\Contracts\Http\Kernel as HttpKernel;
use Illuminate\Foundation\Application;
use Illuminate\Support\Facades\Auth;
use Illuminate\Support\Facades\Facade;
use Illuminate\Support\Facades\Route;

$state = getenv('STATE');
foreach (['storage/framework/sessions', 'storage/framework/views', 'storage/logs', 'bootstrap/cache'] as $folder) {
    @mkdir("$state/$folder", 0700, true);
}

class Kernel extends Illuminate\Foundation\Http\Kernel
{
    protected $bootstrappers = [
        Illuminate\Foundation\Bootstrap\HandleExceptions::class,
        Illuminate\Foundation\Bootstrap\RegisterFacades::class,
        Illuminate\Foundation\Bootstrap\RegisterProviders::class,
        Illuminate\Foundation\Bootstrap\BootProviders::class,
    ];
    protected $middlewareGroups = ['web' => [
        Illuminate\Cookie\Middleware\EncryptCookies::class,
        Illuminate\Cookie\Middleware\AddQueuedCookiesToResponse::class,
        Illuminate\Session\Middleware\StartSession::class,
        Illuminate\Foundation\Http\Middleware\VerifyCsrfToken::class,
        Illuminate\Routing\Middleware\SubstituteBindings::class,
    ]];
    protected $routeMiddleware = ['auth' => Authenticate::class];
}

class Authenticate extends Illuminate\Auth\Middleware\Authenticate
{
    protected function redirectTo($request)
    {
        return '/login';
    }
}

// Laravel's own page for 419 is a view; this one says the same words.
class Handler extends Illuminate\Foundation\Exceptions\Handler
{
    protected function registerErrorViewPaths()
    {
    }

    protected function renderHttpException(Symfony\Component\HttpKernel\Exception\HttpExceptionInterface $e)
    {
        $words = [419 => 'Page Expired', 404 => 'Not Found'][$e->getStatusCode()] ?? 'Error';
        return new Illuminate\Http\Response("<!doctype html><title>$words</title><p>{$e->getStatusCode()} | $words</p>", $e->getStatusCode(), $e->getHeaders());
    }
}

// One person, as a table of users would give.
class Accounts implements Illuminate\Contracts\Auth\UserProvider
{
    private function account()
    {
        return new GenericUser(['id' => 1, 'email' => 'hub@contoh.example', 'password' => password_hash('rahasia-contoh', PASSWORD_BCRYPT, ['cost' => 4]), 'remember_token' => null]);
    }

    public function retrieveById($id)
    {
        return $id == 1 ? $this->account() : null;
    }

    public function retrieveByToken($id, $token)
    {
        return null;
    }

    public function updateRememberToken(Illuminate\Contracts\Auth\Authenticatable $user, $token)
    {
    }

    public function retrieveByCredentials(array $given)
    {
        return ($given['email'] ?? '') === 'hub@contoh.example' ? $this->account() : null;
    }

    public function validateCredentials(Illuminate\Contracts\Auth\Authenticatable $user, array $given)
    {
        return password_verify($given['password'], $user->getAuthPassword());
    }
}

$app = new Application($state);
Facade::setFacadeApplication($app);
$app->instance('config', new Illuminate\Config\Repository([
    'app' => [
        'env' => 'production', 'debug' => false, 'url' => 'http://127.0.0.1', 'timezone' => 'Asia/Makassar', 'locale' => 'id', 'fallback_locale' => 'en',
        'key' => 'base64:' . base64_encode(str_repeat('contoh-buatan-16', 2)), 'cipher' => 'AES-256-CBC',
        'providers' => [
            Illuminate\Auth\AuthServiceProvider::class, Illuminate\Cookie\CookieServiceProvider::class, Illuminate\Encryption\EncryptionServiceProvider::class,
            Illuminate\Filesystem\FilesystemServiceProvider::class, Illuminate\Foundation\Providers\FormRequestServiceProvider::class,
            Illuminate\Hashing\HashServiceProvider::class, Illuminate\Session\SessionServiceProvider::class,
            Illuminate\Translation\TranslationServiceProvider::class, Illuminate\Validation\ValidationServiceProvider::class,
            Illuminate\View\ViewServiceProvider::class,
        ],
    ],
    'auth' => ['defaults' => ['guard' => 'web'], 'guards' => ['web' => ['driver' => 'session', 'provider' => 'made']], 'providers' => ['made' => ['driver' => 'made']]],
    'session' => [
        'driver' => 'file', 'lifetime' => 120, 'expire_on_close' => false, 'encrypt' => false, 'files' => "$state/storage/framework/sessions", 'lottery' => [0, 100],
        'cookie' => 'laravel_session', 'path' => '/', 'domain' => null, 'secure' => false, 'http_only' => true, 'same_site' => 'lax',
    ],
    'hashing' => ['driver' => 'bcrypt', 'bcrypt' => ['rounds' => 4]],
    'view' => ['paths' => [], 'compiled' => "$state/storage/framework/views"],
    'logging' => ['default' => 'errorlog', 'channels' => ['errorlog' => ['driver' => 'errorlog']]],
]));
$app->detectEnvironment(fn () => 'production');
date_default_timezone_set('Asia/Makassar');
mb_internal_encoding('UTF-8');
$app->singleton(HttpKernel::class, Kernel::class);
$app->singleton(ExceptionHandler::class, Handler::class);

function page($title, $body)
{
    $token = csrf_token();
    return "<!doctype html><html lang=\"id\"><head><meta charset=\"utf-8\"><meta name=\"csrf-token\" content=\"$token\"><title>$title</title></head><body>$body</body></html>";
}

$app->booted(function () {
    Auth::provider('made', fn () => new Accounts());
    Route::middleware('web')->group(function () {
        Route::get('/login', fn () => page('Masuk', '<form method="POST" action="/login">' . csrf_field() . '<input name="email" type="email"><input name="password" type="password"><input type="checkbox" name="remember"><button>Masuk</button></form>'));
        Route::post('/login', function (Illuminate\Http\Request $request) {
            if (!Auth::attempt($request->only('email', 'password'))) {
                return redirect('/login');
            }
            $request->session()->regenerate();
            return redirect()->intended('/surat');
        });
        Route::post('/logout', function (Illuminate\Http\Request $request) {
            Auth::logout();
            $request->session()->invalidate();
            return redirect('/login');
        });
        Route::middleware('auth')->get('/surat', function (Illuminate\Http\Request $request) {
            $page = max(1, (int) $request->query('page', 1));
            $rows = '';
            for ($n = ($page - 1) * 2 + 1; $n <= min($page * 2, 3); $n++) {
                $rows .= "<tr><td>$n</td><td>005/$n/CONTOH</td><td>Undangan rapat (contoh $n)</td><td>0$n November 2026</td><td><a href=\"/surat/$n\">Lihat</a></td></tr>";
            }
            $out = '<form method="POST" action="/logout">' . csrf_field() . '<button>Keluar</button></form>';
            return page('Surat masuk', "$out<table class=\"table\"><thead><tr><th>No</th><th>Nomor</th><th>Perihal</th><th>Tanggal</th><th></th></tr></thead><tbody>$rows</tbody></table>");
        });
    });
});

$kernel = $app->make(HttpKernel::class);
$response = $kernel->handle($request = Illuminate\Http\Request::capture());
$response->send();
$kernel->terminate($request, $response);
