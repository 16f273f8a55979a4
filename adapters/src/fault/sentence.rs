//! The sentences that people read about a failed pass: what happened, and what to do.
//!
//! Owns words only. It must never show an address with its query, a secret or a row's data.

use super::Trouble;
use crate::drift;
use divos_model::Lang;
use std::time::Duration;

impl Trouble {
    /// Says what happened and what to do.
    #[must_use]
    pub fn sentence(&self, lang: Lang) -> String {
        match lang {
            Lang::Id => self.indonesian(),
            Lang::En => self.english(),
        }
    }

    fn indonesian(&self) -> String {
        match self {
            Self::Unauthorized => "Aplikasi menolak kredensial (401). Periksa kunci API atau kata sandi konektor ini.".into(),
            Self::Forbidden => "Kredensial diterima, tetapi tidak berhak membaca data ini (403). Minta hak baca kepada pengelola aplikasi.".into(),
            Self::NotFound { status } => format!("Alamat data tidak ditemukan ({status}). Periksa `base` dan jalur pada konektor."),
            Self::Rejected { status } => format!("Aplikasi menolak permintaan ({status}). Periksa parameter pada konektor."),
            Self::RateLimited { retry_after } => format!("Aplikasi meminta jeda karena terlalu sering diakses (429){}.", again_id(*retry_after)),
            Self::UpstreamError { status, retry_after } => format!("Aplikasi sedang bermasalah ({status}){}. Hubungi pengelolanya bila berlanjut.", again_id(*retry_after)),
            Self::TimedOut { after } => format!("Aplikasi tidak menjawab dalam {}. Hub akan mencoba lagi.", span(*after, "detik")),
            Self::Refused => "Aplikasi tidak menerima sambungan. Pastikan aplikasi hidup dan alamatnya benar.".into(),
            Self::Dns => "Nama host aplikasi tidak dikenal. Periksa ejaan alamat atau DNS.".into(),
            Self::Tls { why } => format!("Sambungan aman gagal ({why}). Periksa sertifikat aplikasi."),
            Self::BadHttp => "Jawaban bukan HTTP yang sah. Periksa alamat dan porta.".into(),
            Self::TooLarge { limit } => format!("Jawaban lebih besar dari batas {}. Kecilkan ukuran halaman atau naikkan `limits.body`.", bytes(*limit)),
            Self::RedirectedAway { host } => format!("Aplikasi mengalihkan ke host lain, {host}. Bila itu memang miliknya, tambahkan pada `app.hosts`."),
            Self::TooManyRedirects { limit } => format!("Aplikasi mengalihkan lebih dari {limit} kali. Periksa alamat `base`."),
            Self::AddressRefused { address } => format!("Alamat {address} bukan alamat publik sehingga tidak dihubungi. Operator dapat mengizinkannya lewat `app.networks` pada overlay."),
            Self::BreakerOpen { retry_after } => format!("Aplikasi berkali-kali gagal, jadi hub memberinya jeda; dicoba lagi dalam {}.", span(*retry_after, "detik")),
            Self::NotJson { came } => format!("Diharapkan JSON, yang datang {}. Periksa alamat dan kredensial pada konektor.", came.indonesian()),
            Self::NotFeed { came } => format!("Diharapkan RSS, Atom atau JSON Feed, yang datang {}. Periksa alamat dan kredensial pada konektor.", came.indonesian()),
            Self::Truncated => "Jawaban terputus di tengah. Hub akan mencoba lagi.".into(),
            Self::BadEncoding { charset, at } => format!("Isi jawaban tidak sesuai dengan {charset} pada bita ke-{at}. Tetapkan `charset` yang benar pada konektor."),
            Self::Empty => "Aplikasi menjawab tanpa isi. Hubungi pengelolanya bila berlanjut.".into(),
            Self::ErrorInside { message } if message.is_empty() => "Aplikasi melaporkan kesalahan di dalam jawabannya. Hubungi pengelolanya bila berlanjut.".into(),
            Self::ErrorInside { message } => format!("Aplikasi melaporkan kesalahan: {message}. Hubungi pengelolanya bila pesan itu tidak cukup."),
            Self::Drifted { changes } => format!("Bentuk data berubah: {}. Sumber ini dikarantina: butir yang ada tetap, yang baru tidak diambil. Sesuaikan konektor, atau terima bentuk yang baru.", drift::list(changes, Lang::Id)),
            Self::SelectMissed { path } => format!("Tidak ada daftar data di `{path}`. Bentuk jawaban mungkin berubah; periksa `select`."),
            Self::PagingLoop { page } => format!("Halaman yang sama datang dua kali (halaman {page}). Periksa `paginate`."),
            Self::PagingAway { host } => format!("Tautan halaman berikut menuju host lain, {host}. Bila itu memang miliknya, tambahkan pada `app.hosts`."),
            Self::TooManyPages { limit } => format!("Masih ada data setelah {limit} halaman. Naikkan `max_pages` atau pakai `cursor`."),
            Self::PagingUnclear { what } => format!("Jawaban tidak memuat {what} yang diperlukan untuk halaman berikut. Periksa `paginate`."),
            Self::SecretMissing { reference } => format!("Rahasia {reference} belum diberikan. Isi pada hub.yaml."),
            Self::LoginRefused { why, retry_after } => format!("Aplikasi menolak hub masuk ({}); dicoba lagi dalam {}. Periksa `auth` pada konektor dan rahasianya.", why.indonesian(), span(*retry_after, "detik")),
            Self::Unreadable { fault } => super::format::sentence(fault, Lang::Id),
            Self::SoapFault { code, reason, .. } => format!("Layanan melaporkan kesalahan {code}: {}. Periksa isi permintaan atau hubungi pengelolanya.", reason.trim_end_matches('.')),
            Self::Database { fault } => super::format::database(fault, Lang::Id),
            Self::Mail { why } => format!("Kotak surat tidak dapat dibaca ({why}). Periksa `imap` pada konektor."),
            Self::Folder { name, why } => format!("Folder atau berkas {name} tidak dapat dibaca ({why}). Periksa `files` pada overlay dan izin bacanya."),
            Self::Disk { why } => format!("Diska hub tidak dapat dipakai ({why}). Periksa ruang kosong dan folder sementara."),
            Self::NotConnected { what } => format!("Hub ini belum dapat membaca {what}. Pakai cara lain pada konektor."),
            Self::BadRequest { why } => format!("Permintaan tidak dapat disusun: {why}. Periksa konektor."),
        }
    }

    fn english(&self) -> String {
        match self {
            Self::Unauthorized => "The app does not accept the credentials (401). Check this connector's API key or password.".into(),
            Self::Forbidden => "The credentials are accepted but may not read this (403). Ask the app's administrator for the right to read.".into(),
            Self::NotFound { status } => format!("There is nothing at this address ({status}). Check the connector's `base` and path."),
            Self::Rejected { status } => format!("The app refuses the request ({status}). Check the connector's parameters."),
            Self::RateLimited { retry_after } => format!("The app asks to be asked less often (429){}.", again_en(*retry_after)),
            Self::UpstreamError { status, retry_after } => format!("The app fails ({status}){}. Tell its administrator if this goes on.", again_en(*retry_after)),
            Self::TimedOut { after } => format!("The app did not answer within {}. The hub will try again.", span(*after, "s")),
            Self::Refused => "The app does not accept connections. Make sure that it runs and that its address is right.".into(),
            Self::Dns => "The app's host name is not known. Check its spelling, or DNS.".into(),
            Self::Tls { why } => format!("No secure connection ({why}). Check the app's certificate."),
            Self::BadHttp => "The answer is not valid HTTP. Check address and port.".into(),
            Self::TooLarge { limit } => format!("The answer is larger than {}. Ask for smaller pages or raise `limits.body`.", bytes(*limit)),
            Self::RedirectedAway { host } => format!("The app redirects to another host, {host}. If that is its own, add it to `app.hosts`."),
            Self::TooManyRedirects { limit } => format!("The app redirects more than {limit} times. Check `base`."),
            Self::AddressRefused { address } => format!("The address {address} is not public, so it is not called. The operator may allow it by `app.networks` in the overlay."),
            Self::BreakerOpen { retry_after } => format!("The app failed repeatedly, so the hub leaves it alone; next try in {}.", span(*retry_after, "s")),
            Self::NotJson { came } => format!("Expected JSON, got {}. Check the connector's address and credentials.", came),
            Self::NotFeed { came } => format!("Expected RSS, Atom or JSON Feed, got {}. Check the connector's address and credentials.", came),
            Self::Truncated => "The answer broke off. The hub will try again.".into(),
            Self::BadEncoding { charset, at } => format!("Byte {at} of the answer does not fit {charset}. State the right `charset` in the connector."),
            Self::Empty => "The app answered with nothing. Tell its administrator if this goes on.".into(),
            Self::ErrorInside { message } if message.is_empty() => "The app reports an error inside its answer. Tell its administrator if this goes on.".into(),
            Self::ErrorInside { message } => format!("The app reports an error: {message}. Ask its administrator if that is not enough to go on."),
            Self::Drifted { changes } => format!("The data has another shape: {}. This source is in quarantine: its items stay, new ones are not taken. Adapt the connector, or accept the new shape.", drift::list(changes, Lang::En)),
            Self::SelectMissed { path } => format!("There is no list of records at `{path}`. The answer's shape may have changed; check `select`."),
            Self::PagingLoop { page } => format!("The same page came twice (page {page}). Check `paginate`."),
            Self::PagingAway { host } => format!("The link to the next page leads to another host, {host}. If that is its own, add it to `app.hosts`."),
            Self::TooManyPages { limit } => format!("There is more after {limit} pages. Raise `max_pages` or use a `cursor`."),
            Self::PagingUnclear { what } => format!("The answer lacks {what}, which the next page needs. Check `paginate`."),
            Self::SecretMissing { reference } => format!("Secret {reference} was not given. Set it in hub.yaml."),
            Self::LoginRefused { why, retry_after } => format!("The app does not let the hub sign in ({why}); next try in {}. Check the connector's `auth` and its secrets.", span(*retry_after, "s")),
            Self::Unreadable { fault } => super::format::sentence(fault, Lang::En),
            Self::SoapFault { code, reason, .. } => format!("The service reports the fault {code}: {}. Check the request or tell its administrator.", reason.trim_end_matches('.')),
            Self::Database { fault } => super::format::database(fault, Lang::En),
            Self::Mail { why } => format!("The mailbox cannot be read ({why}). Check `imap` in the connector."),
            Self::Folder { name, why } => format!("The folder or file {name} cannot be read ({why}). Check `files` in the overlay and the right to read it."),
            Self::Disk { why } => format!("The hub's disk cannot be used ({why}). Check its free space and the temporary folder."),
            Self::NotConnected { what } => format!("This hub cannot read {what} yet. Use another way in the connector."),
            Self::BadRequest { why } => format!("The request cannot be written: {why}. Check the connector."),
        }
    }
}

fn again_id(after: Option<Duration>) -> String {
    after
        .map(|d| format!("; dicoba lagi dalam {}", span(d, "detik")))
        .unwrap_or_default()
}

fn again_en(after: Option<Duration>) -> String {
    after
        .map(|d| format!("; next try in {}", span(d, "s")))
        .unwrap_or_default()
}

fn span(duration: Duration, unit: &str) -> String {
    let seconds = duration.as_secs_f64();
    if seconds < 10.0 && duration.subsec_millis() > 0 {
        format!("{seconds:.1} {unit}")
    } else {
        format!("{seconds:.0} {unit}")
    }
}

fn bytes(limit: u64) -> String {
    match limit {
        0..1_000 => format!("{limit} B"),
        1_000..1_000_000 => format!("{} kB", limit / 1_000),
        _ => format!("{} MB", limit / 1_000_000),
    }
}
