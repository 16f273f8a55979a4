//! What to change in a definition that does not stand a fault.

use super::Injected;
use divos_manifest::{Fetch, Source};
use divos_model::Lang;

/// What to change, in Indonesian and English.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Remedy(&'static str, &'static str);

impl Remedy {
    /// Says it.
    #[must_use]
    pub fn sentence(self, lang: Lang) -> &'static str {
        lang.pick(self.0, self.1)
    }
}

const COLUMNS: Remedy = Remedy(
    "Tulis kolom yang harus ada: `guard: { columns: […] }`, dan `min_rows: 1` bila tidak pernah kosong.",
    "Write the columns that must be there: `guard: { columns: […] }`, and `min_rows: 1` if it is never empty.",
);
const NO_DEFAULT: Remedy = Remedy(
    "Jangan memberi nilai pengganti (`default`, `coalesce`) pada `id`, `title` dan `tombstone`.",
    "Give no substitute (`default`, `coalesce`) to `id`, `title` and `tombstone`.",
);
const PLACE: Remedy = Remedy(
    "Sebut tempat datanya pada `select`, atau cara mengenali galat pada `fail: { when: … }`.",
    "Name where the records are by `select`, or how an error is recognised by `fail: { when: … }`.",
);
const TOTAL: Remedy = Remedy(
    "Bila aplikasi menyebut jumlah data, pakai `until: total`; bila tidak, `deletes: never` atau `tombstone`.",
    "If the app states a total, use `until: total`; if not, `deletes: never` or `tombstone`.",
);
const CHARSET: Remedy = Remedy(
    "Tulis set karakternya, misalnya `charset: windows-1252`.",
    "State its character set, for example `charset: windows-1252`.",
);
const OURS: Remedy = Remedy(
    "Ini bukan kesalahan definisi; laporkan kepada pembuat hub.",
    "This is no fault of the definition; report it to the hub's makers.",
);
const TEST: Remedy = Remedy(
    "Perbaiki rekaman atau definisinya dulu; lihat `divos connector test`.",
    "Mend the recording or the definition first; see `divos connector test`.",
);

/// Says what to change.
pub(super) fn of(fault: Injected, source: Option<&Source>) -> Remedy {
    let is_table = source.is_some_and(|source| {
        matches!(
            source.fetch,
            Fetch::Html(..) | Fetch::Csv(..) | Fetch::Xlsx(..)
        )
    });
    match fault {
        Injected::Nothing => TEST,
        Injected::WrongCharset => CHARSET,
        Injected::RenamedField if !is_table => NO_DEFAULT,
        Injected::LoginPage
        | Injected::ErrorPage
        | Injected::EmptyAnswer
        | Injected::RenamedField
        | Injected::MovedColumn
            if is_table =>
        {
            COLUMNS
        }
        Injected::LoginPage | Injected::ErrorPage | Injected::EmptyAnswer => PLACE,
        Injected::Truncated | Injected::DuplicatePage | Injected::EndlessPages => TOTAL,
        _ => OURS,
    }
}
