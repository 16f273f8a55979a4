<?php

// A made-up register of letters on the real CodeIgniter 4: sessions and CSRF are the framework's own, with a token that
// changes with every form that is sent. Everything in it is invented.

namespace App\Controllers;

class Surat extends BaseController
{
    private function page($title, $body)
    {
        return "<!doctype html><html lang=\"id\"><head><meta charset=\"utf-8\"><title>$title</title></head><body>$body</body></html>";
    }

    public function login()
    {
        helper('form');

        return $this->page('Masuk', form_open('login') . '<input name="username"><input name="password" type="password"><button>Masuk</button></form>');
    }

    public function masuk()
    {
        if ($this->request->getPost('username') !== 'hub' || $this->request->getPost('password') !== 'rahasia-contoh') {
            return redirect()->to('/login');
        }
        session()->regenerate();
        session()->set('user', 'hub');

        return redirect()->to('/surat');
    }

    public function keluar()
    {
        session()->destroy();

        return redirect()->to('/login');
    }

    public function index()
    {
        if (session('user') === null) {
            return redirect()->to('/login');
        }
        $rows = '';
        foreach ([1, 2, 3] as $n) {
            $rows .= "<tr><td>$n</td><td>005/$n/CONTOH</td><td>Undangan rapat (contoh $n)</td><td>0$n-11-2026</td></tr>";
        }

        return $this->page('Surat masuk', "<a href=\"/keluar\">Keluar</a><table id=\"surat\"><thead><tr><th>No</th><th>Nomor Surat</th><th>Perihal</th><th>Tanggal</th></tr></thead><tbody>$rows</tbody></table>");
    }
}
