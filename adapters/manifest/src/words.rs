//! The sentences of every fault, in Indonesian and English.

mod ways;

use crate::cron::CronFault;
use crate::problem::{Form, Needs, Problem, Shape};
use divos_model::Lang;

fn pick(lang: Lang, id: String, en: String) -> String {
    match lang {
        Lang::Id => id,
        Lang::En => en,
    }
}

macro_rules! say {
    ($lang:expr, $id:literal, $en:literal $(, $arg:expr)?) => {
        pick($lang, format!($id $(, $arg)?), format!($en $(, $arg)?))
    };
}

impl Problem {
    /// Returns the sentence.
    #[must_use]
    #[rustfmt::skip]
    pub fn title(&self, lang: Lang) -> String {
        match self {
            Self::BrokenYaml { says } => pick(lang, format!("YAML tidak dapat dibaca: {}", yaml_in_indonesian(says)), format!("broken YAML: {says}")),
            Self::KeyNotText => say!(lang, "kunci harus berupa teks", "a key must be a text"),
            Self::DuplicateKey { key } => say!(lang, "kunci `{key}` ditulis dua kali", "key `{key}` is written twice"),
            Self::Unreadable { path, says } => say!(lang, "`{path}` tidak dapat dibaca: {says}", "cannot read `{path}`: {says}"),
            Self::WrongFormat { field, expected } => say!(lang, "`{field}` harus `{expected}`", "`{field}` must be `{expected}`"),
            Self::NameIsNotFile { name, file } => say!(lang, "nama `{name}` tidak sama dengan nama berkas `{file}`", "name `{name}` is not the file's name `{file}`"),
            Self::DuplicateId { id } => say!(lang, "`{id}` didefinisikan dua kali", "`{id}` is defined twice"),
            Self::DuplicateHost { host, other } => say!(lang, "host `{host}` sudah dipakai `{other}`", "host `{host}` already belongs to `{other}`"),
            Self::TooMuch => say!(lang, "berkas ini terlalu besar atau terlalu bertingkat untuk sebuah definisi", "too large or too deeply nested for a definition"),
            Self::Missing { field, within } => say!(lang, "`{field}` belum diisi di {}", "missing field `{field}` in {}", place(lang, within)),
            Self::UnknownField { field, within, .. } => say!(lang, "`{field}` tidak dikenal di {}", "unknown field `{field}` in {}", place(lang, within)),
            Self::WrongType { field, expected, .. } => say!(lang, "`{field}` harus berupa {}", "`{field}` must be {}", expected.name(lang)),
            Self::UnknownChoice { field, word, .. } => say!(lang, "`{word}` bukan pilihan untuk `{field}`", "`{word}` is not a choice for `{field}`"),
            Self::NotOneChoice { field, .. } => say!(lang, "`{field}` harus berisi tepat satu pilihan", "`{field}` must hold exactly one choice"),
            Self::BadValue { field, value, form } => say!(lang, "`{field}`: `{value}` bukan {}", "`{field}`: `{value}` is not {}", form.name(lang)),
            Self::OutOfRange { field, min, max } => say!(lang, "`{field}` harus antara {min} dan {max}", "`{field}` must lie between {min} and {max}"),
            Self::UnknownTemplate { name, .. } => say!(lang, "templat `{name}` tidak ada", "there is no template `{name}`"),
            Self::TemplateCycle { chain } => say!(lang, "templat saling memakai: {}", "templates extend each other: {}", chain.join(" → ")),
            Self::TooDeep { chain } => say!(lang, "templat bertingkat lebih dari 4: {}", "templates are nested deeper than 4: {}", chain.join(" → ")),
            Self::NotPinned { name, .. } => say!(lang, "templat `{name}` tanpa nomor versi", "template `{name}` without a version"),
            Self::UnknownParam { name, .. } => say!(lang, "parameter `{name}` tidak dikenal templat", "the template has no parameter `{name}`"),
            Self::MissingParam { name, template, .. } => say!(lang, "parameter `{name}` untuk templat `{template}` belum diisi", "missing parameter `{name}` of template `{template}`"),
            Self::ParamType { name, expected, .. } => say!(lang, "parameter `{name}` harus berupa {}", "parameter `{name}` must be {}", expected.name(lang)),
            Self::UnknownPlaceholder { name, .. } => say!(lang, "`${{{name}}}` tidak dikenal", "unknown placeholder `${{{name}}}`"),
            Self::OpenPlaceholder => say!(lang, "`${{` tanpa `}}` penutup", "`${{` without a closing `}}`"),
            Self::PlaceholderNotHere { name, field } => say!(lang, "`${{{name}}}` tidak berlaku di `{field}`", "`${{{name}}}` means nothing in `{field}`"),
            Self::ParamInText { name } => say!(lang, "parameter `{name}` bukan teks, jadi tidak dapat disisipkan di tengah teks", "parameter `{name}` is not a text and cannot stand inside one"),
            Self::MissingSecret { path } | Self::SecretNotYet { path } => say!(lang, "rahasia `{path}` tidak ada", "there is no secret `{path}`"),
            Self::LiteralSecret { field } => say!(lang, "`{field}` memuat rahasia secara langsung", "`{field}` holds a secret in plain text"),
            Self::SecretNotHere { field } => say!(lang, "rahasia tidak boleh dipakai di `{field}`", "a secret may not be used in `{field}`"),
            Self::ReferenceNotHere { name } => say!(lang, "`${{{name}}}` hanya berlaku di hub.yaml", "`${{{name}}}` is for hub.yaml only"),
            Self::BadExpression { says } => say!(lang, "ekspresi tidak dapat dibaca: {says}", "not an expression: {says}"),
            Self::UnknownFilter { name, .. } => say!(lang, "filter `{name}` tidak ada", "there is no filter `{name}`"),
            Self::UnknownFunction { name, .. } => say!(lang, "fungsi `{name}` tidak ada", "there is no function `{name}`"),
            Self::UnknownTest { name, .. } => say!(lang, "uji `is {name}` tidak ada", "there is no test `is {name}`"),
            Self::WrongArguments { name, .. } => say!(lang, "argumen `{name}` tidak cocok", "`{name}` does not take these arguments"),
            Self::UnknownTarget { target, kind, .. } => say!(lang, "`{kind}` tidak punya isian `{target}`", "a `{kind}` has no field `{target}`"),
            Self::BadPath { path, .. } => say!(lang, "`{path}` bukan jalur bertitik", "`{path}` is not a dotted path"),
            Self::BadJsonPath { path, .. } => say!(lang, "`{path}` bukan JSONPath", "`{path}` is not a JSONPath"),
            Self::NotInVocabulary { target, word, .. } => say!(lang, "`{word}` bukan nilai `{target}`", "`{word}` is not a value of `{target}`"),
            Self::ExpressionTooLong { max } => say!(lang, "ekspresi lebih panjang dari {max} huruf", "the expression is longer than {max} characters"),
            Self::TooNested { max } => say!(lang, "kurung bertingkat lebih dari {max}", "brackets are nested deeper than {max}"),
            Self::PagingNeeds { field, .. } => say!(lang, "`{field}` belum diisi, padahal akhir halaman bergantung padanya", "`{field}` is missing, and the last page depends on it"),
            Self::CursorNotSent => say!(lang, "kursor tidak dikirim ke mana pun", "the cursor is sent nowhere"),
            Self::PageNotSent => say!(lang, "nomor halaman tidak dikirim ke mana pun", "the page number is sent nowhere"),
            Self::NotForThisWay { field, way } => say!(lang, "`{field}` tidak berlaku untuk `{way}`", "`{field}` means nothing for `{way}`"),
            Self::ParentCycle { name } => say!(lang, "sumber `{name}` menjadi induk dirinya sendiri", "the source `{name}` is its own parent"),
            Self::BadCron { why } => cron(lang, why),
            Self::NoParent => say!(lang, "`${{parent}}` dipakai, tetapi sumber ini tidak punya `parent`", "`${{parent}}` is used, but this source has no `parent`"),
            Self::BadElement { name } => say!(lang, "`{name}` bukan nama elemen XML", "`{name}` is not the name of an XML element"),
            Self::UnknownPrefix { prefix, .. } => say!(lang, "awalan `{prefix}` tidak punya namespace", "the prefix `{prefix}` has no namespace"),
            Self::NotAQuery { word } if word.is_empty() => say!(lang, "tidak ada kueri di sini", "there is no query here"),
            Self::NotAQuery { word } => say!(lang, "kueri dimulai dengan `{word}`, padahal hub hanya membaca", "the query begins with `{word}`, but the hub only reads"),
            Self::UnknownFact { name, .. } => say!(lang, "jawaban tidak punya `{name}`", "an answer has no `{name}`"),
            Self::NotBound { name, .. } => say!(lang, "parameter `:{name}` tidak diisi hub", "the hub does not fill the parameter `:{name}`"),
            Self::QueryLacks { name } => say!(lang, "kueri tidak memakai `:{name}`, jadi selalu membaca baris yang sama", "the query does not use `:{name}`, so it would always read the same rows"),
            Self::WrongDsn { product } => say!(lang, "rahasia ini bukan alamat basis data `{product}`", "this secret is not the address of a `{product}` database"),
            Self::NoMessage => say!(lang, "`auth.wsse` menandatangani pesan SOAP, tetapi tidak ada sumber `soap`", "`auth.wsse` signs SOAP messages, but no source is `soap`"),
            Self::NoKeyName => say!(lang, "`message` memuat `{{id}}`, tetapi `id` belum diisi", "`message` holds `{{id}}`, but `id` is missing"),
            Self::ParentNotSent => say!(lang, "nilai induk tidak dikirim ke mana pun", "the parent's value is sent nowhere"),
            Self::NoAddress { source } => say!(lang, "sumber `{source}` tidak punya alamat", "source `{source}` has no address to call"),
            Self::UnknownSource { name, .. } => say!(lang, "sumber `{name}` tidak ada", "there is no source `{name}`"),
            Self::WhichSource { .. } => say!(lang, "uji ini belum menyebut sumbernya", "this test does not say which source it is for"),
            Self::PiiNotMapped { target, .. } => say!(lang, "`privacy.pii` menyebut `{target}`, tetapi tidak ada yang mengisinya", "`privacy.pii` names `{target}`, which nothing maps"),
            Self::NotForOverlay { field } => say!(lang, "`{field}` tidak boleh diubah lewat overlay", "an overlay may not change `{field}`"),
            Self::OverlayForNobody { id, .. } => say!(lang, "overlay untuk `{id}`, tetapi konektornya tidak ada", "an overlay for `{id}`, but there is no such connector"),
            Self::OnlyForOverlay { field } => say!(lang, "`{field}` hanya boleh ditulis operator di overlay", "only the operator's overlay may say `{field}`"),
            Self::Loosened { field, from, to } => say!(lang, "`{field}` dilonggarkan dari {from} menjadi {to}", "`{field}` is loosened from {from} to {to}"),
            Self::ShownElsewhere { target, from, hidden } => say!(lang, "`{target}` menampilkan `{from}`, yang disembunyikan di `{hidden}`", "`{target}` shows `{from}`, which is hidden in `{hidden}`"),
            Self::NobodyMaySee => say!(lang, "kelas `restricted` tanpa `audience`: tidak ada yang dapat melihat", "class `restricted` without an `audience`: nobody could see it"),
        }
    }

    /// Returns the few words that stand under the place itself.
    #[must_use]
    #[rustfmt::skip]
    pub fn label(&self, lang: Lang) -> String {
        match self {
            Self::BrokenYaml { .. } | Self::BadExpression { .. } => say!(lang, "terhenti di sini", "reading stops here"),
            Self::DuplicateKey { .. } | Self::DuplicateId { .. } | Self::DuplicateHost { .. } => say!(lang, "yang kedua", "the second one"),
            Self::Missing { field, .. } => say!(lang, "`{field}` wajib di sini", "`{field}` is required here"),
            Self::UnknownField { .. } => say!(lang, "bukan isian yang dikenal", "not a known field"),
            Self::WrongType { found, .. } | Self::ParamType { found, .. } => say!(lang, "ini {}", "this is {}", found.name(lang)),
            Self::UnknownChoice { .. } | Self::NotInVocabulary { .. } => say!(lang, "bukan salah satu pilihan", "not one of the choices"),
            Self::BadValue { form, .. } => say!(lang, "contoh yang benar: {}", "a right one: {}", form.example()),
            Self::UnknownTemplate { .. } | Self::UnknownFilter { .. } | Self::UnknownFunction { .. } | Self::UnknownTest { .. } | Self::UnknownSource { .. } => say!(lang, "tidak ditemukan", "not found"),
            Self::UnknownTarget { .. } => say!(lang, "bukan isian model", "not a field of the model"),
            Self::MissingParam { about, .. } => about.clone(),
            Self::MissingSecret { .. } | Self::SecretNotYet { .. } => say!(lang, "rahasia ini belum ditetapkan", "this secret is not set"),
            Self::WrongArguments { usage, .. } => say!(lang, "cara pakai: {usage}", "usage: {usage}"),
            Self::BadPath { why, .. } => pick(lang, ways::path_in_indonesian(why).to_owned(), (*why).to_owned()),
            Self::BadJsonPath { says, .. } => says.clone(),
            Self::Loosened { .. } => say!(lang, "lebih longgar dari templatnya", "looser than the template"),
            _ => String::new(),
        }
    }

    /// Returns what would help, where the hub knows.
    #[must_use]
    #[rustfmt::skip]
    pub fn help(&self, lang: Lang) -> Option<String> {
        let help = match self {
            Self::BrokenYaml { says } if says.contains("mapping values") => say!(lang, "nilai yang mengandung `: ` perlu tanda kutip di seluruhnya", "a value that holds `: ` needs quotes around all of it"),
            Self::UnknownChoice { similar: Some(name), word, .. } if name == word => say!(lang, "tulis `{name}` saja, tanpa isian di bawahnya", "write just `{name}`, with nothing under it"),
            Self::UnknownField { similar: Some(name), .. } => say!(lang, "ada isian dengan nama mirip: `{name}`", "a field with a similar name exists: `{name}`"),
            Self::UnknownParam { similar: Some(name), .. } => say!(lang, "ada parameter dengan nama mirip: `{name}`", "a parameter with a similar name exists: `{name}`"),
            Self::UnknownTarget { similar: Some(name), .. } => say!(lang, "ada isian dengan nama mirip: `{name}`", "a field with a similar name exists: `{name}`"),
            Self::UnknownChoice { similar: Some(name), .. } | Self::NotInVocabulary { similar: Some(name), .. } | Self::UnknownPlaceholder { similar: Some(name), .. } => say!(lang, "mungkin maksudnya `{name}`", "did you mean `{name}`?"),
            Self::UnknownTemplate { similar: Some(name), .. } | Self::UnknownFilter { similar: Some(name), .. } | Self::UnknownFunction { similar: Some(name), .. } | Self::UnknownTest { similar: Some(name), .. }
            | Self::UnknownSource { similar: Some(name), .. } | Self::PiiNotMapped { similar: Some(name), .. } | Self::OverlayForNobody { similar: Some(name), .. } => say!(lang, "mungkin maksudnya `{name}`", "did you mean `{name}`?"),
            Self::UnknownField { known, .. } | Self::UnknownParam { known, .. } if !known.is_empty() => say!(lang, "yang dikenal: {}", "known here: {}", list(known)),
            Self::UnknownChoice { known, .. } | Self::NotOneChoice { known, .. } | Self::NotInVocabulary { known, .. } | Self::WhichSource { known } => say!(lang, "pilihannya: {}", "the choices: {}", list(known)),
            Self::UnknownPlaceholder { .. } => say!(lang, "yang dikenal: `${{param.x}}`, `${{secret:path}}`, `${{cursor}}`, `${{page}}`, `${{parent}}`; tulis `$${{` untuk teks biasa", "known: `${{param.x}}`, `${{secret:path}}`, `${{cursor}}`, `${{page}}`, `${{parent}}`; write `$${{` for plain text"),
            Self::OpenPlaceholder => say!(lang, "tulis `$${{` untuk teks biasa", "write `$${{` for plain text"),
            Self::PlaceholderNotHere { .. } => say!(lang, "berlaku di jalur, query, headers, dan body suatu sumber", "it belongs in a source's path, query, headers or body"),
            Self::DuplicateKey { .. } => say!(lang, "hapus salah satu", "remove one of them"),
            Self::NameIsNotFile { name, .. } => say!(lang, "ganti nama berkas menjadi `{name}.yaml`, atau ganti namanya", "rename the file to `{name}.yaml`, or change the name"),
            Self::DuplicateHost { .. } => say!(lang, "beri `app.host` yang lain", "give it another `app.host`"),
            Self::WrongType { expected: Shape::Text, found: Shape::Number | Shape::Flag, .. } => say!(lang, "beri tanda kutip", "put it in quotes"),
            Self::NotPinned { newest: Some(name), .. } => say!(lang, "tulis `{name}`", "write `{name}`"),
            Self::NotPinned { .. } => say!(lang, "tulis nama dan versinya, misalnya `wordpress@1`", "write name and version, for example `wordpress@1`"),
            Self::MissingParam { name, .. } => say!(lang, "tambahkan `with: {{ {name}: … }}`", "add `with: {{ {name}: … }}`"),
            Self::MissingSecret { path } | Self::SecretNotYet { path } => say!(lang, "tambahkan `{path}: \"${{env:NAMA}}\"` atau `\"${{file:/jalur}}\"` di `connectors.secrets` pada hub.yaml", "add `{path}: \"${{env:NAME}}\"` or `\"${{file:/path}}\"` to `connectors.secrets` in hub.yaml"),
            Self::LiteralSecret { .. } | Self::ReferenceNotHere { .. } => say!(lang, "tulis `${{secret:nama/kunci}}`, lalu tetapkan rahasianya di hub.yaml", "write `${{secret:name/key}}` and set the secret in hub.yaml"),
            Self::SecretNotHere { .. } => say!(lang, "rahasia hanya untuk `auth`, `app.sso`, dan kredensial dalam suatu sumber", "secrets are for `auth`, `app.sso` and credentials within a source"),
            Self::PagingNeeds { why: Needs::TotalPath, .. } => say!(lang, "tulis letak jumlah seluruh data, misalnya `total: meta.total`", "say where the document declares its total, for example `total: meta.total`"),
            Self::PagingNeeds { why: Needs::Size, .. } => say!(lang, "tulis jumlah data tiap halaman, misalnya `size: 100`", "say how many records a page has, for example `size: 100`"),
            Self::CursorNotSent => say!(lang, "beri `cursor.param`, atau tulis `${{cursor}}` di query atau isi permintaan", "give `cursor.param`, or write `${{cursor}}` in the query or body"),
            Self::NotForThisWay { field, way } => ways::instead(lang, field, way),
            Self::BadCron { .. } => say!(lang, "menit, jam, tanggal, bulan, hari (0 atau 7 = Minggu), misalnya `*/15 7-17 * * 1-5`", "minute, hour, day of the month, month, day of the week (0 or 7 is Sunday), for example `*/15 7-17 * * 1-5`"),
            Self::NoParent => say!(lang, "tambahkan `parent: {{ source: …, field: … }}`", "add `parent: {{ source: …, field: … }}`"),
            Self::BadElement { .. } => say!(lang, "misalnya `t:sejak` atau `sejak`", "for example `t:since` or `since`"),
            Self::UnknownPrefix { prefix, known } if known.is_empty() => say!(lang, "tambahkan `ns: {{ {prefix}: \"http://…\" }}`", "add `ns: {{ {prefix}: \"http://…\" }}`"),
            Self::UnknownPrefix { known, .. } => say!(lang, "yang dinyatakan di `ns`: {}", "declared in `ns`: {}", list(known)),
            Self::NotAQuery { .. } => say!(lang, "tulis satu `SELECT`", "write one `SELECT`"),
            Self::UnknownFact { similar: Some(name), .. } => say!(lang, "mungkin maksudnya `{name}`", "did you mean `{name}`?"),
            Self::UnknownFact { .. } => say!(lang, "yang ada: {}", "there are: {}", crate::FACTS.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")),
            Self::NotBound { similar: Some(name), .. } => say!(lang, "mungkin maksudnya `{name}`", "did you mean `{name}`?"),
            Self::NotBound { .. } => say!(lang, "yang diisi: `:cursor`, `:last_key`, `:size`", "filled are: `:cursor`, `:last_key`, `:size`"),
            Self::QueryLacks { name: "cursor" } => say!(lang, "misalnya `WHERE diubah > :cursor`, atau hapus `cursor`", "for example `WHERE changed > :cursor`, or remove `cursor`"),
            Self::QueryLacks { .. } => say!(lang, "misalnya `WHERE nip > :last_key ORDER BY nip LIMIT :size`", "for example `WHERE id > :last_key ORDER BY id LIMIT :size`"),
            Self::WrongDsn { product } => say!(lang, "alamatnya dimulai dengan `{product}:`, misalnya `{product}://pembaca:…@10.20.0.5/simpeg`", "it begins with `{product}:`, for example `{product}://reader:…@10.20.0.5/simpeg`"),
            Self::NoMessage => say!(lang, "pilih cara masuk lain, misalnya `basic`", "choose another way to sign in, for example `basic`"),
            Self::NoKeyName => say!(lang, "tambahkan `id`, atau hapus `{{id}}` dari `message`", "add `id`, or remove `{{id}}` from `message`"),
            Self::ParentCycle { .. } => say!(lang, "pilih sumber lain pada `parent.source`", "choose another source in `parent.source`"),
            Self::ParentNotSent => say!(lang, "tulis `${{parent}}` pada jalur, query, header, atau isi", "write `${{parent}}` in the path, query, headers or body"),
            Self::PageNotSent => say!(lang, "beri `param`, atau tulis `${{page}}` di query atau isi permintaan", "give `param`, or write `${{page}}` in the query or body"),
            Self::NoAddress { .. } => say!(lang, "beri `app.upstreams` (untuk `sql` basis datanya, untuk `webhook` tokennya), di sini atau di overlay operator", "give `app.upstreams` (for `sql` its database, for `webhook` its token), here or in the operator's overlay"),
            Self::NotForOverlay { .. } => say!(lang, "overlay hanya untuk alamat, rahasia, jadwal, dan batas", "an overlay is for addresses, secrets, schedules and limits only"),
            Self::OnlyForOverlay { .. } => say!(lang, "pindahkan ke overlay konektor ini", "move it to this connector's overlay"),
            Self::Loosened { .. } => say!(lang, "privasi hanya boleh diperketat", "privacy can only be tightened"),
            Self::ShownElsewhere { target, .. } if matches!(target.as_str(), "id" | "dedupe") => say!(lang, "pakai `| hash` di sini: kode yang sama untuk nilai yang sama", "use `| hash` here: the same code for the same value"),
            Self::ShownElsewhere { target, .. } => say!(lang, "sebut `{target}` di `privacy.pii` juga, atau pakai `| mask` atau `| hash` di sini", "name `{target}` in `privacy.pii`, too, or use `| mask` or `| hash` here"),
            Self::NobodyMaySee => say!(lang, "tulis `audience: {{ unit: … }}`, atau petakan `audience.units`", "write `audience: {{ unit: … }}`, or map `audience.units`"),
            Self::Missing { field, .. } if field == "deletes" => say!(lang, "pilihannya: `sweep`, `never`, `tombstone: <ekspresi>`, `ttl: <lama>`", "the choices: `sweep`, `never`, `tombstone: <expression>`, `ttl: <duration>`"),
            _ => return None,
        };
        Some(help)
    }
}

/// The commonest of the YAML parser's complaints in Indonesian; the others stay in English.
fn yaml_in_indonesian(says: &str) -> String {
    const KNOWN: &[(&str, &str)] = &[
        (
            "did not find expected ',' or '}'",
            "`,` atau `}` seharusnya ada di sini",
        ),
        ("expected ',' or ']'", "`,` atau `]` seharusnya ada di sini"),
        (
            "did not find expected key",
            "kunci seharusnya ada di sini; periksa indentasinya",
        ),
        (
            "did not find expected '-' indicator",
            "`-` seharusnya ada di sini; periksa indentasinya",
        ),
        (
            "did not find expected node content",
            "nilai seharusnya ada di sini",
        ),
        (
            "simple key expected ':'",
            "`:` seharusnya ada sesudah kunci",
        ),
        (
            "mapping values are not allowed",
            "`:` tidak boleh ada di sini; beri tanda kutip atau periksa indentasinya",
        ),
        (
            "tabs disallowed",
            "tab tidak boleh dipakai untuk indentasi; pakai spasi",
        ),
        (
            "found a tab",
            "tab tidak boleh dipakai di sini; pakai spasi",
        ),
        ("unclosed bracket", "kurung belum ditutup"),
        ("unclosed quote", "tanda kutip belum ditutup"),
        ("unexpected EOF", "berkas berakhir sebelum waktunya"),
        ("invalid indentation", "indentasi keliru"),
        ("unknown anchor", "jangkar YAML tidak dikenal"),
        ("unknown escape character", "urutan `\\` tidak dikenal"),
        ("merge key", "`<<` tidak dipakai di sini; pakai `extends`"),
    ];
    let known = KNOWN.iter().find(|(english, _)| says.contains(english));
    known.map_or(says, |(_, indonesian)| indonesian).to_owned()
}

fn cron(lang: Lang, why: &CronFault) -> String {
    match why {
        CronFault::Fields(count) => say!(
            lang,
            "`cron` perlu lima isian, bukan {count}",
            "`cron` needs five fields, not {count}"
        ),
        CronFault::Part {
            part,
            word,
            least,
            most,
        } => {
            let (id, en) = CronFault::part(*part);
            pick(
                lang,
                format!("`cron`: `{word}` bukan {id} antara {least} dan {most}"),
                format!("`cron`: `{word}` is no {en} between {least} and {most}"),
            )
        }
        CronFault::Never => say!(
            lang,
            "`cron` menyebut tanggal yang tidak ada",
            "`cron` names a day that never comes"
        ),
    }
}

fn place(lang: Lang, within: &str) -> String {
    match (within, lang) {
        ("", Lang::Id) => "berkas ini".to_owned(),
        ("", Lang::En) => "this file".to_owned(),
        (name, _) => format!("`{name}`"),
    }
}

fn list(words: &[String]) -> String {
    let quoted: Vec<String> = words.iter().map(|word| format!("`{word}`")).collect();
    quoted.join(", ")
}

impl Shape {
    #[rustfmt::skip]
    fn name(self, lang: Lang) -> &'static str {
        let (id, en) = match self {
            Self::Text => ("teks", "a text"),
            Self::Number => ("angka", "a number"),
            Self::Flag => ("`true` atau `false`", "`true` or `false`"),
            Self::List => ("daftar", "a list"),
            Self::Map => ("pasangan kunci dan nilai", "a map"),
            Self::Nothing => ("kosong", "nothing"),
            Self::Scalar => ("teks, angka, atau `true`/`false`", "a text, a number or `true`/`false`"),
            Self::TextOrList => ("teks atau daftar teks", "a text or a list of texts"),
            Self::Choice => ("satu pilihan", "one choice"),
            Self::Secret => ("rahasia `${secret:…}`", "a secret `${secret:…}`"),
        };
        match lang { Lang::Id => id, Lang::En => en }
    }
}

impl Form {
    #[rustfmt::skip]
    fn name(self, lang: Lang) -> &'static str {
        let (id, en) = match self {
            Self::AppId => ("nama konektor", "a connector's name"),
            Self::UnitCode => ("kode unit", "a unit code"),
            Self::Slug => ("nama pendek", "a short name"),
            Self::Duration => ("lama waktu", "a duration"),
            Self::Size => ("ukuran", "a size"),
            Self::Url => ("alamat http atau https", "an http or https address"),
            Self::UrlPath => ("jalur", "a path"),
            Self::PathOrQuery => ("jalur atau query", "a path or a query"),
            Self::Host => ("nama host", "a host name"),
            Self::HeaderName => ("nama header", "a header name"),
            Self::Zone => ("zona waktu", "a time zone"),
            Self::Language => ("kode bahasa", "a language tag"),
            Self::Cidr => ("rentang alamat", "an address range"),
            Self::Charset => ("set karakter", "a character set"),
            Self::TemplateName => ("nama templat", "a template's name"),
            Self::Method => ("metode HTTP", "an HTTP method"),
            Self::Uuid => ("UUID", "a UUID"),
            Self::FileName => ("nama berkas", "a file name"),
            Self::Listen => ("alamat dan porta", "an address and a port"),
            Self::NotEmpty => ("isi (kosong)", "a value (it is empty)"),
            Self::Selector => ("selektor CSS", "a CSS selector"),
            Self::Office => ("jam kantor", "office hours"),
            Self::Files => ("jalur berkas", "a path of files"),
            Self::Delimiter => ("satu karakter pemisah", "one separating character"),
        };
        match lang { Lang::Id => id, Lang::En => en }
    }

    fn example(self) -> &'static str {
        match self {
            Self::AppId | Self::Slug => "`e-surat`",
            Self::UnitCode => "`\"030801\"`",
            Self::Duration => "`500ms`, `30s`, `15m`, `6h`, `365d`",
            Self::Size => "`512KB`, `32MB`, `1GB`",
            Self::Url => "`https://surat.example.go.id`",
            Self::UrlPath => "`/surat/masuk`",
            Self::PathOrQuery => "`/wp-json/`, `?verb=Identify`",
            Self::Host => "`surat.example.go.id`",
            Self::HeaderName => "`X-Remote-User`",
            Self::Zone => "`Asia/Makassar`",
            Self::Language => "`id`",
            Self::Cidr => "`10.20.0.0/16`",
            Self::Charset => "`windows-1252`",
            Self::TemplateName => "`wordpress@1`",
            Self::Method => "`GET`",
            Self::Uuid => "`6d1f8a0c-9b1e-4c53-9a53-0f5d17050001`",
            Self::FileName => "`posts.http`",
            Self::Listen => "`127.0.0.1:8443`",
            Self::NotEmpty => "`teks`",
            Self::Selector => "`table#data tbody tr`, `td:nth-child(2)`, `td a@href`",
            Self::Office => "`7-17`",
            Self::Files => "`/srv/divos/masuk/*.csv`",
            Self::Delimiter => "`;`, `\"|\"`, `tab`",
        }
    }
}
