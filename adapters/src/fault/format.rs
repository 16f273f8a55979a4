//! What is told of documents and databases that cannot be read: codes, blame, sentences with the exact place.
//!
//! Owns words only. It must never show a row's data.

use super::Blame;
use crate::formats::JSON_PATH;
use divos_database::{DatabaseFault, FaultKind};
use divos_formats::{FormatFault, Reason};
use divos_model::Lang;

/// The most names that are suggested.
const SHOWN: usize = 8;

pub(super) fn code(reason: &Reason) -> &'static str {
    match reason {
        Reason::NotThis { .. } => "not_this_format",
        Reason::Truncated => "truncated",
        Reason::TooMuch { .. } => "too_much",
        Reason::Missing { .. } => "part_missing",
        Reason::TooFew { .. } => "too_few",
        Reason::Encrypted => "encrypted",
        Reason::Io(_) => "disk",
        _ => "malformed",
    }
}

pub(super) fn blame(reason: &Reason) -> Blame {
    match reason {
        Reason::Missing { .. } | Reason::Encrypted | Reason::TooMuch { of: JSON_PATH, .. } => {
            Blame::Operator
        }
        Reason::Io(_) => Blame::Hub,
        _ => Blame::Upstream,
    }
}

/// Tells whether a SOAP fault says that the request is wrong (SOAP 1.1, section 4.4.1; SOAP 1.2, section 5.4.6).
pub(super) fn is_callers(code: &str) -> bool {
    let first = code.split('.').next().unwrap_or_default();
    matches!(
        first,
        "Client" | "Sender" | "VersionMismatch" | "MustUnderstand"
    )
}

/// Says where and why a document cannot be read, and what to do.
pub(super) fn sentence(fault: &FormatFault, lang: Lang) -> String {
    let place = place(fault, lang);
    let said = match lang {
        Lang::Id => indonesian(&fault.reason),
        Lang::En => english(&fault.reason),
    };
    match place.is_empty() {
        true => said,
        false => format!("{place}: {said}"),
    }
}

fn place(fault: &FormatFault, lang: Lang) -> String {
    match (fault.line, fault.byte, lang) {
        (Some(line), _, Lang::Id) => format!("Baris {line}"),
        (Some(line), _, Lang::En) => format!("Line {line}"),
        (None, Some(byte), Lang::Id) => format!("Bita ke-{byte}"),
        (None, Some(byte), Lang::En) => format!("Byte {byte}"),
        (None, None, _) => String::new(),
    }
}

fn indonesian(reason: &Reason) -> String {
    match reason {
        Reason::NotThis { expected, found } => {
            format!("diharapkan {expected}, yang datang {found}. Periksa alamat dan kredensial.")
        }
        Reason::Truncated => "dokumen terputus di tengah. Hub akan mencoba lagi.".into(),
        Reason::Malformed(why) => format!("dokumen rusak ({why}). Hubungi pengelola aplikasi."),
        Reason::TooMuch {
            of: JSON_PATH,
            limit,
        } => format!(
            "untuk JSONPath (`$…`) seluruh dokumen dibaca sekaligus, paling besar {} MB, dan dokumen ini lebih besar. Tulis `select` sebagai jalur bertitik seperti `data.items[*]`: dokumen lalu dibaca baris demi baris, sebesar apa pun.",
            limit >> 20
        ),
        Reason::TooMuch { of, limit } => {
            format!("terlalu banyak {of}, batasnya {limit}. Hubungi pengelola aplikasi.")
        }
        Reason::Missing { what, name, found } => format!(
            "{} `{name}` tidak ada{}. Bentuk dokumen mungkin berubah; periksa konektor.",
            part(what),
            instead(found, "yang ada")
        ),
        Reason::TooFew { found, expected } => format!(
            "hanya {found} baris, padahal paling sedikit {expected}. Periksa sumbernya atau `min_rows`."
        ),
        Reason::Encrypted => "dokumen dilindungi kata sandi. Minta versi tanpa kata sandi.".into(),
        Reason::Io(why) => format!("dokumen tidak dapat dibaca dari diska ({why})."),
        _ => "dokumen tidak dapat dibaca.".into(),
    }
}

fn english(reason: &Reason) -> String {
    match reason {
        Reason::NotThis { expected, found } => {
            format!("expected {expected}, got {found}. Check the address and the credentials.")
        }
        Reason::Truncated => "the document breaks off. The hub will try again.".into(),
        Reason::Malformed(why) => {
            format!("the document is malformed ({why}). Tell the app's administrator.")
        }
        Reason::TooMuch {
            of: JSON_PATH,
            limit,
        } => format!(
            "for a JSONPath (`$…`) the whole document is read at once, at most {} MB, and this one is larger. Write `select` as a dotted path such as `data.items[*]`: the document is then read row by row, however large.",
            limit >> 20
        ),
        Reason::TooMuch { of, limit } => {
            format!("too much of {of}, the limit is {limit}. Tell the app's administrator.")
        }
        Reason::Missing { what, name, found } => format!(
            "there is no {what} `{name}`{}. The document's shape may have changed; check the connector.",
            instead(found, "there is")
        ),
        Reason::TooFew { found, expected } => format!(
            "only {found} rows, at least {expected} are expected. Check the source or `min_rows`."
        ),
        Reason::Encrypted => "the document is protected by a password. Ask for one without.".into(),
        Reason::Io(why) => format!("the document cannot be read from disk ({why})."),
        _ => "the document cannot be read.".into(),
    }
}

fn part(what: &str) -> &str {
    match what {
        "column" => "kolom",
        "sheet" => "lembar",
        "table" => "tabel",
        "element" => "elemen",
        other => other,
    }
}

fn instead(found: &[String], words: &str) -> String {
    if found.is_empty() {
        return String::new();
    }
    let names: Vec<String> = found
        .iter()
        .take(SHOWN)
        .map(|name| format!("`{name}`"))
        .collect();
    format!("; {words} {}", names.join(", "))
}

pub(super) fn database_code(kind: FaultKind) -> &'static str {
    match kind {
        FaultKind::RefusedAddress => "address_refused",
        FaultKind::Unreachable => "refused",
        FaultKind::Tls => "tls",
        FaultKind::AuthFailed => "unauthorized",
        FaultKind::PermissionDenied => "forbidden",
        FaultKind::NotReadOnly => "not_read_only",
        FaultKind::Timeout => "timed_out",
        FaultKind::TooManyRows => "too_many_rows",
        FaultKind::TooLarge => "too_large",
        FaultKind::NoSuchDatabase
        | FaultKind::UnknownTable
        | FaultKind::UnknownColumn
        | FaultKind::Syntax { .. }
        | FaultKind::BadValue
        | FaultKind::MissingParameter => "bad_query",
        _ => "database",
    }
}

pub(super) fn database_blame(kind: FaultKind) -> Blame {
    match kind {
        FaultKind::Unreachable | FaultKind::Timeout | FaultKind::Other | FaultKind::Lost => {
            Blame::Upstream
        }
        _ => Blame::Operator,
    }
}

/// Says what the database says, where in the query, and what to do.
pub(super) fn database(fault: &DatabaseFault, lang: Lang) -> String {
    let words = fault.message.trim_end_matches('.');
    let at = match (fault.kind, lang) {
        (FaultKind::Syntax { at: Some(at) }, Lang::Id) => format!(" pada huruf ke-{at} kueri"),
        (FaultKind::Syntax { at: Some(at) }, Lang::En) => {
            format!(" at character {at} of the query")
        }
        _ => String::new(),
    };
    match (database_blame(fault.kind), lang) {
        (Blame::Operator, Lang::Id) => format!(
            "Basis data menolak{at}: {words}. Periksa alamat, akun atau kueri pada konektor."
        ),
        (Blame::Operator, Lang::En) => format!(
            "The database refuses{at}: {words}. Check the address, the account or the query in the connector."
        ),
        (_, Lang::Id) => format!(
            "Basis data tidak menjawab sebagaimana mestinya: {words}. Hub akan mencoba lagi."
        ),
        (_, Lang::En) => {
            format!("The database does not answer as it should: {words}. The hub will try again.")
        }
    }
}
