//! Reading answers: every fault at once, field by field, in plain words.
//!
//! Owns those words. Pure.

use super::{
    AnswerFault, Answers, Columns, KINDS, Known, PARAM, Personal, Readers, SignIn, Typed, Way,
    suggest_id,
};
use crate::registration::Product;
use divos_model::{AppId, Kind, UnitCode};
use url::Url;

/// The longest answer, in characters; `about` may be longer.
const LONGEST: usize = 200;
const ABOUT_LONGEST: usize = 1_000;
/// Ids that would be taken for the hub's own places.
const RESERVED: &[&str] = &[
    "hub",
    "register",
    "registrations",
    "templates",
    "www",
    "admin",
    "api",
    "divos",
];

/// Gives the answers their meaning, or lists every fault at once.
///
/// # Errors
/// What cannot be taken, field by field.
pub fn read(typed: &Typed, known: Known<'_>) -> Result<Answers, Vec<AnswerFault>> {
    let mut reading = Reading {
        typed,
        faults: Vec::new(),
    };
    reading.bounds();
    let name = reading.must("name", "Tulis nama aplikasinya.", "Write the app's name.");
    let id = reading.id(known.taken);
    let unit = reading.unit(known.units);
    let capability = reading.capability();
    let address = reading.address();
    let sign_in = reading.choose(
        "sign_in",
        &[
            ("own", SignIn::Own),
            ("open", SignIn::Open),
            ("hub", SignIn::Hub),
        ],
    );
    let readers = reading.choose(
        "readers",
        &[
            ("public", Readers::Public),
            ("everyone", Readers::Everyone),
            ("unit", Readers::Unit),
        ],
    );
    let personal = reading.choose(
        "personal",
        &[
            ("none", Personal::None),
            ("general", Personal::General),
            ("specific", Personal::Specific),
        ],
    );
    let way = reading.way(known.products);
    reading.contradictions(sign_in, readers, personal);
    let about = reading.text("about").to_owned();
    let all = (|| {
        Some(Answers {
            name: name?,
            id: id?,
            unit: unit?,
            capability: capability?,
            about,
            address: address?,
            sign_in: sign_in?,
            readers: readers?,
            personal: personal?,
            way: way?,
        })
    })();
    match (all, reading.faults) {
        (Some(answers), faults) if faults.is_empty() => Ok(answers),
        (_, faults) => Err(faults),
    }
}

struct Reading<'a> {
    typed: &'a Typed,
    faults: Vec<AnswerFault>,
}

impl<'a> Reading<'a> {
    fn text(&self, field: &str) -> &'a str {
        self.typed.get(field).map_or("", |text| text.trim())
    }

    fn fault(&mut self, field: &str, id: impl Into<String>, en: impl Into<String>) {
        self.faults.push(AnswerFault::new(field, id, en));
    }

    /// Reads what must be answered.
    fn must(&mut self, field: &str, id: &str, en: &str) -> Option<String> {
        let text = self.text(field);
        if text.is_empty() {
            self.fault(field, id, en);
            return None;
        }
        Some(text.to_owned())
    }

    /// What no answer may be: too long, of several lines, or a reference of the definitions' grammar.
    fn bounds(&mut self) {
        for (field, text) in self.typed {
            let most = if field == "about" {
                ABOUT_LONGEST
            } else {
                LONGEST
            };
            let length = text.chars().count();
            if length > most {
                self.fault(
                    field,
                    format!("Terlalu panjang: {length} karakter, paling banyak {most}."),
                    format!("Too long: {length} characters, {most} at most."),
                );
            }
            if text.contains("${") {
                self.fault(
                    field,
                    "Jangan memakai tanda ${ di sini.",
                    "Do not use the sign ${ here.",
                );
            }
            if field != "about" && text.chars().any(char::is_control) {
                self.fault(
                    field,
                    "Tulis dalam satu baris, tanpa karakter kendali.",
                    "Write it in one line, without control characters.",
                );
            }
        }
    }

    fn id(&mut self, taken: &[AppId]) -> Option<AppId> {
        let text = match self.text("id") {
            "" => suggest_id(self.text("name")),
            text => text.to_owned(),
        };
        if text.is_empty() {
            self.fault(
                "id",
                "Tulis nama pendek: huruf kecil, angka dan tanda hubung.",
                "Write a short name: lower-case letters, digits and hyphens.",
            );
            return None;
        }
        let Ok(id) = text.parse::<AppId>() else {
            self.fault(
                "id",
                format!("`{text}` tidak bisa dipakai: hanya huruf kecil, angka dan tanda hubung, paling banyak 63."),
                format!("`{text}` cannot be used: lower-case letters, digits and hyphens only, 63 at most."),
            );
            return None;
        };
        if RESERVED.contains(&id.as_str()) || taken.contains(&id) {
            self.fault(
                "id",
                format!("Nama pendek `{id}` sudah dipakai; pilih yang lain."),
                format!("The short name `{id}` is taken; choose another."),
            );
            return None;
        }
        Some(id)
    }

    fn unit(&mut self, units: &[UnitCode]) -> Option<UnitCode> {
        let found = self.text("unit").parse::<UnitCode>().ok();
        let found = found.filter(|unit| units.contains(unit));
        if found.is_none() {
            self.fault(
                "unit",
                "Pilih unit kerja tempat Anda menjabat sekarang; hanya untuk unit itu Anda dapat mendaftar.",
                "Choose a unit in which you hold a post now; you can register for those alone.",
            );
        }
        found
    }

    fn capability(&mut self) -> Option<String> {
        let text = self.text("capability");
        let is_word = |c: u8| c.is_ascii_lowercase() || c.is_ascii_digit() || c == b'-';
        if text.is_empty() || !text.bytes().all(is_word) {
            self.fault(
                "capability",
                "Pilih untuk apa aplikasi ini dipakai.",
                "Choose what the app is for.",
            );
            return None;
        }
        Some(text.to_owned())
    }

    /// Reads where the app runs: an origin, perhaps with a path; whoever only pushes needs none.
    fn address(&mut self) -> Option<Option<Url>> {
        let text = self.text("address");
        if text.is_empty() {
            if self.text("way") == "push" {
                return Some(None);
            }
            self.fault(
                "address",
                "Tulis alamat aplikasi, misalnya https://surat.denpasar.example.",
                "Write the app's address, for example https://surat.denpasar.example.",
            );
            return None;
        }
        let whole = match text.contains("://") {
            true => text.to_owned(),
            false => format!("https://{text}"),
        };
        let url = Url::parse(&whole).ok().filter(|url| {
            matches!(url.scheme(), "http" | "https")
                && url.has_host()
                && url.username().is_empty()
                && url.password().is_none()
        });
        if url.is_none() {
            self.fault(
                "address",
                "Ini bukan alamat web. Salin dari baris alamat peramban, tanpa nama pengguna dan kata sandi.",
                "This is no web address. Copy it from the browser, without a user name and a password.",
            );
        }
        url.map(Some)
    }

    fn choose<T: Copy>(&mut self, field: &str, words: &[(&str, T)]) -> Option<T> {
        let text = self.text(field);
        let found = words.iter().find(|(word, _)| *word == text);
        if found.is_none() {
            let all: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
            let all = all.join(", ");
            self.fault(
                field,
                format!("Pilih salah satu ({all})."),
                format!("Choose one ({all})."),
            );
        }
        found.map(|(_, meant)| *meant)
    }

    fn kind(&mut self) -> Option<Kind> {
        let words: Vec<(&str, Kind)> = KINDS.iter().map(|kind| (kind.as_str(), *kind)).collect();
        self.choose("kind", &words)
    }

    fn way(&mut self, products: &[Product]) -> Option<Way> {
        match self.text("way") {
            "product" => self.product(products),
            "file" => self.file(),
            "push" => Some(Way::Push { kind: self.kind()? }),
            "launcher" => Some(Way::Launcher),
            _ => {
                self.fault(
                    "way",
                    "Pilih bagaimana data aplikasi dapat dibaca; kalau belum tahu, pilih “hanya dibuka”.",
                    "Choose how the app's data can be read; if you do not know yet, choose “only opened”.",
                );
                None
            }
        }
    }

    fn product(&mut self, products: &[Product]) -> Option<Way> {
        let named = self.text("product");
        let Some(product) = products.iter().find(|known| known.template == named) else {
            self.fault(
                "product",
                "Pilih produknya dari daftar.",
                "Choose the product from the list.",
            );
            return None;
        };
        let mut params = Vec::new();
        for param in &product.params {
            let field = format!("{PARAM}{}", param.name);
            match self.text(&field) {
                "" if param.required => self.fault(
                    &field,
                    "Bagian ini harus diisi.",
                    "This has to be filled in.",
                ),
                "" => {}
                text => params.push((param.name.clone(), text.to_owned())),
            }
        }
        Some(Way::Product {
            template: product.template.clone(),
            params,
        })
    }

    fn file(&mut self) -> Option<Way> {
        let kind = self.kind();
        let path = self.path();
        let id = self.column("column_id", true);
        let title = self.column("column_title", true);
        let time = self.column("column_time", false);
        let columns = Columns {
            id: id?,
            title: title?,
            time: time.filter(|time| !time.is_empty()),
        };
        Some(Way::File {
            path: path?,
            kind: kind?,
            columns,
        })
    }

    fn path(&mut self) -> Option<String> {
        let text = self.text("path");
        let ending = text
            .split(['?', '#'])
            .next()
            .unwrap_or_default()
            .to_ascii_lowercase();
        let is_path =
            text.starts_with('/') && !text.starts_with("//") && !text.contains(['\\', ' ']);
        let known = [".csv", ".xlsx", ".xls"];
        if !is_path || !known.iter().any(|known| ending.ends_with(known)) {
            self.fault(
                "path",
                "Tulis jalur berkasnya seperti /ekspor/surat.csv: mulai dengan / dan berakhir dengan .csv, .xlsx atau .xls.",
                "Write the file's path like /export/letters.csv: it begins with / and ends in .csv, .xlsx or .xls.",
            );
            return None;
        }
        Some(text.to_owned())
    }

    /// Reads the header of a column; it comes into an expression between quotes.
    fn column(&mut self, field: &str, required: bool) -> Option<String> {
        let text = self.text(field);
        if text.is_empty() && required {
            self.fault(
                field,
                "Tulis judul kolomnya persis seperti di berkas.",
                "Write the column's header exactly as in the file.",
            );
            return None;
        }
        if text.contains(['\'', '"', '\\', '{', '}']) {
            self.fault(
                field,
                "Judul kolom tidak boleh memuat tanda kutip, garis miring terbalik atau kurung kurawal.",
                "A column's header must not have quotes, backslashes or braces.",
            );
            return None;
        }
        Some(text.to_owned())
    }

    /// Answers that are good alone and not together.
    fn contradictions(
        &mut self,
        sign_in: Option<SignIn>,
        readers: Option<Readers>,
        personal: Option<Personal>,
    ) {
        if readers == Some(Readers::Public)
            && matches!(personal, Some(Personal::General | Personal::Specific))
        {
            self.fault(
                "readers",
                "Data pribadi tidak boleh dibuka untuk umum (UU 27/2022). Pilih pegawai atau unit.",
                "Personal data must not be open to the public (UU 27/2022). Choose civil servants or the unit.",
            );
        }
        if personal == Some(Personal::Specific) && readers == Some(Readers::Everyone) {
            self.fault(
                "readers",
                "Data pribadi spesifik hanya untuk unit yang berwenang. Pilih unit.",
                "Specific personal data is for the unit in charge alone. Choose the unit.",
            );
        }
        if sign_in == Some(SignIn::Open) && readers == Some(Readers::Unit) {
            self.fault(
                "sign_in",
                "Aplikasi tanpa masuk terbuka bagi siapa pun, jadi tidak bisa hanya untuk unit.",
                "An app without sign-in is open to anyone, so it cannot be for the unit alone.",
            );
        }
    }
}
