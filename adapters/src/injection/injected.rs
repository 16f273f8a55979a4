//! What goes wrong, one by one, and what a reader must do then.
//!
//! Owns the list and its words.

use divos_model::Lang;

/// Something that goes wrong between the hub and an app.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Injected {
    /// Nothing: the recording as it is.
    Nothing,
    /// Status 401.
    Unauthorized,
    /// Status 403, with a page that says that the session is over.
    SessionExpired,
    /// Status 200, and a page with a form that asks for a password.
    LoginPage,
    /// Status 429 once, with a `Retry-After` that fits into the call.
    RateLimited,
    /// Status 429 with a `Retry-After` that does not.
    RateLimitedLong,
    /// Status 503 once.
    Unavailable,
    /// Status 500 for good.
    ServerError,
    /// No answer.
    TimedOut,
    /// The connection breaks in the middle of the body.
    CutOff,
    /// The body ends in the middle, and nothing says that it should not.
    Truncated,
    /// Status 200, and a page with an error for people.
    ErrorPage,
    /// Status 200, and nothing.
    EmptyAnswer,
    /// The first page comes once more in the place of the second.
    DuplicatePage,
    /// The first page comes for ever.
    EndlessPages,
    /// What the mapping reads has another name.
    RenamedField,
    /// Another column stands before the others.
    MovedColumn,
    /// The bytes are of another character set than stated.
    WrongCharset,
    /// The connection to a database or a mailbox is lost half-way.
    LostConnection,
}

/// A stable code, what goes wrong, and what the reader must do; in Indonesian and English.
struct Words {
    code: &'static str,
    what: [&'static str; 2],
    must: [&'static str; 2],
}

const NOT_READ: [&str; 2] = [
    "kesalahan jelas, tidak ada yang dihapus, halaman sebelumnya tetap dipakai",
    "a clear fault, nothing deleted, the pages before are kept",
];

impl Injected {
    /// All of them, in the order of reports.
    pub const ALL: &'static [Self] = &[
        Self::Unauthorized,
        Self::SessionExpired,
        Self::LoginPage,
        Self::RateLimited,
        Self::RateLimitedLong,
        Self::Unavailable,
        Self::ServerError,
        Self::TimedOut,
        Self::CutOff,
        Self::Truncated,
        Self::ErrorPage,
        Self::EmptyAnswer,
        Self::DuplicatePage,
        Self::EndlessPages,
        Self::RenamedField,
        Self::MovedColumn,
        Self::WrongCharset,
        Self::LostConnection,
    ];

    /// Returns the stable code, for example `rate_limited`.
    #[must_use]
    pub fn code(self) -> &'static str {
        self.words().code
    }

    /// Says what goes wrong.
    #[must_use]
    pub fn what(self, lang: Lang) -> &'static str {
        let [id, en] = self.words().what;
        lang.pick(id, en)
    }

    /// Says what the reader must do.
    #[must_use]
    pub fn must(self, lang: Lang) -> &'static str {
        let [id, en] = self.words().must;
        lang.pick(id, en)
    }

    fn words(self) -> Words {
        let words = |code, what, must| Words { code, what, must };
        match self {
            Self::Nothing => words(
                "nothing",
                ["rekaman apa adanya", "the recording as it is"],
                ["terbaca seluruhnya", "read as a whole"],
            ),
            Self::Unauthorized => words("unauthorized", ["401", "401"], NOT_READ),
            Self::SessionExpired => words(
                "session_expired",
                ["403, sesi berakhir", "403, session over"],
                NOT_READ,
            ),
            Self::LoginPage => words(
                "login_page",
                [
                    "halaman masuk dengan status 200",
                    "a login page with status 200",
                ],
                NOT_READ,
            ),
            Self::RateLimited => words(
                "rate_limited",
                [
                    "429 sekali, Retry-After 1 detik",
                    "429 once, Retry-After 1 s",
                ],
                [
                    "menunggu selama yang diminta, lalu semua terbaca",
                    "waits as long as asked, then reads everything",
                ],
            ),
            Self::RateLimitedLong => words(
                "rate_limited_long",
                ["429, Retry-After 10 menit", "429, Retry-After 10 min"],
                [
                    "tidak mencoba lagi sebelum waktunya, tidak ada yang dihapus",
                    "no further try before that, nothing deleted",
                ],
            ),
            Self::Unavailable => words(
                "unavailable",
                ["503 sekali", "503 once"],
                [
                    "mencoba lagi, lalu semua terbaca",
                    "tries again, then reads everything",
                ],
            ),
            Self::ServerError => words(
                "server_error",
                ["500 terus-menerus", "500 for good"],
                NOT_READ,
            ),
            Self::TimedOut => words("timed_out", ["tidak ada jawaban", "no answer"], NOT_READ),
            Self::CutOff => words(
                "cut_off",
                [
                    "sambungan putus di tengah isi",
                    "connection cut in the body",
                ],
                NOT_READ,
            ),
            Self::Truncated => words(
                "truncated",
                ["isi terpotong tanpa tanda", "body cut short without a sign"],
                [
                    "diketahui terpotong; yang tidak datang tidak dihapus",
                    "seen to be cut; what did not come is not deleted",
                ],
            ),
            Self::ErrorPage => words(
                "error_page",
                [
                    "halaman galat dengan status 200",
                    "an error page with status 200",
                ],
                NOT_READ,
            ),
            Self::EmptyAnswer => words(
                "empty_answer",
                [
                    "jawaban kosong dengan status 200",
                    "nothing, with status 200",
                ],
                NOT_READ,
            ),
            Self::DuplicatePage => words(
                "duplicate_page",
                [
                    "halaman pertama datang dua kali",
                    "the first page comes twice",
                ],
                [
                    "diketahui; tidak ada butir ganda, tidak ada yang dihapus",
                    "noticed; no item twice, nothing deleted",
                ],
            ),
            Self::EndlessPages => words(
                "endless_pages",
                ["halaman yang sama tanpa akhir", "the same page for ever"],
                [
                    "berhenti paling lama pada permintaan ke-3",
                    "stops at the third request at the latest",
                ],
            ),
            Self::RenamedField => words(
                "renamed_field",
                ["kolom atau nama data berganti", "a column or field renamed"],
                [
                    "kesalahan jelas; tidak ada butir yang salah atau terhapus",
                    "a clear fault; no item wrong or deleted",
                ],
            ),
            Self::MovedColumn => words(
                "moved_column",
                ["kolom baru di depan", "a new first column"],
                [
                    "kesalahan jelas; tidak ada butir yang salah",
                    "a clear fault; no item wrong",
                ],
            ),
            Self::WrongCharset => words(
                "wrong_charset",
                [
                    "set karakter lain dari yang disebut",
                    "another character set than stated",
                ],
                ["terbaca benar, atau dikatakan", "read rightly, or told"],
            ),
            Self::LostConnection => words(
                "lost_connection",
                ["sambungan hilang di tengah", "connection lost half-way"],
                NOT_READ,
            ),
        }
    }
}
