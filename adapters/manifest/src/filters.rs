//! The words of the mapping language: filters, functions and tests. The checker knows exactly these,
//! and the adapters crate provides exactly these.

/// A word of the mapping language.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Word {
    /// Its name.
    pub name: &'static str,
    /// How it is called, for example `truncate(n, end='…')`.
    pub usage: &'static str,
    /// What it does, in one line.
    pub doc: &'static str,
    /// The least number of arguments besides the value.
    pub min: usize,
    /// The greatest number of arguments besides the value, named ones included.
    pub max: usize,
    /// The names that arguments may be given by.
    pub named: &'static [&'static str],
}

const fn word(
    name: &'static str,
    usage: &'static str,
    doc: &'static str,
    (min, max): (usize, usize),
    named: &'static [&'static str],
) -> Word {
    Word {
        name,
        usage,
        doc,
        min,
        max,
        named,
    }
}

/// What may follow `|` in an expression.
pub const FILTERS: &[Word] = &[
    word(
        "text",
        "text",
        "Plain text: entities decoded, white space collapsed, control characters removed.",
        (0, 0),
        &[],
    ),
    word(
        "html_text",
        "html_text",
        "The text of HTML: tags, scripts and styles removed, entities decoded, blocks kept apart.",
        (0, 0),
        &[],
    ),
    word(
        "truncate",
        "truncate(n, end='…')",
        "At most n characters, cut at a word where possible.",
        (1, 2),
        &["length", "end"],
    ),
    word(
        "slug",
        "slug",
        "Lower-case letters, digits and hyphens: `005/112/UM` → `005-112-um`.",
        (0, 0),
        &[],
    ),
    word("lower", "lower", "Lower case.", (0, 0), &[]),
    word("upper", "upper", "Upper case.", (0, 0), &[]),
    word(
        "title",
        "title",
        "The First Letter Of Each Word In Upper Case.",
        (0, 0),
        &[],
    ),
    word(
        "capitalize",
        "capitalize",
        "The first letter in upper case, the rest in lower case.",
        (0, 0),
        &[],
    ),
    word(
        "trim",
        "trim(chars)",
        "White space, or the given characters, removed at both ends.",
        (0, 1),
        &["chars"],
    ),
    word(
        "replace",
        "replace(from, to)",
        "Every `from` becomes `to`.",
        (2, 2),
        &["from", "to"],
    ),
    word(
        "remove_prefix",
        "remove_prefix(prefix)",
        "The text without the prefix, where it has it.",
        (1, 1),
        &["prefix"],
    ),
    word(
        "default",
        "default(value)",
        "The value given, where the field is missing, null or empty.",
        (1, 1),
        &["value"],
    ),
    word(
        "datetime",
        "datetime(format, locale='id', tz)",
        "A moment. Without a format: RFC 3339, RFC 2822, `YYYY-MM-DD HH:MM:SS` and their like. A missing zone is `tz`, else the connector's. Knows Indonesian month names. `0000-00-00` is nothing.",
        (0, 3),
        &["format", "locale", "tz"],
    ),
    word(
        "date",
        "date(format, locale='id', tz)",
        "A day, `YYYY-MM-DD`; reads what `datetime` reads.",
        (0, 3),
        &["format", "locale", "tz"],
    ),
    word(
        "epoch",
        "epoch(unit='s')",
        "A moment from a number of seconds (`s`) or milliseconds (`ms`) since 1970.",
        (0, 1),
        &["unit"],
    ),
    word(
        "absolute",
        "absolute(base)",
        "An absolute address: a path is put after the app's upstream, or after `base`.",
        (0, 1),
        &["base"],
    ),
    word(
        "lookup",
        "lookup({'A': 'x'}, default)",
        "What the map gives for the value; letter case and outer spaces do not matter; `default`, else nothing, where it gives none.",
        (1, 2),
        &["map", "default"],
    ),
    word(
        "hash",
        "hash",
        "A keyed hash: the same for the same value, says nothing about it.",
        (0, 0),
        &[],
    ),
    word(
        "mask",
        "mask(kind)",
        "Personal data made unreadable: `person`, `nip`, `nik`, `email`, `phone`, `all`.",
        (0, 1),
        &["kind"],
    ),
    word(
        "split",
        "split(separator, limit)",
        "A list of the parts.",
        (1, 2),
        &["separator", "limit"],
    ),
    word(
        "first",
        "first",
        "The first element of a list or character of a text.",
        (0, 0),
        &[],
    ),
    word(
        "last",
        "last",
        "The last element of a list or character of a text.",
        (0, 0),
        &[],
    ),
    word(
        "nth",
        "nth(n)",
        "The element n of a list, from 0; from the end where n is negative.",
        (1, 1),
        &["n"],
    ),
    word(
        "join",
        "join(separator, attribute)",
        "One text of a list's elements, or of an attribute of each.",
        (0, 2),
        &["separator", "attribute"],
    ),
    word(
        "length",
        "length",
        "How many elements or characters.",
        (0, 0),
        &[],
    ),
    word(
        "unique",
        "unique",
        "A list without repeated elements.",
        (0, 0),
        &[],
    ),
    word("sort", "sort", "A list in order.", (0, 0), &[]),
    word(
        "pluck",
        "pluck(attribute)",
        "A list of one attribute of each element; dotted for nested ones. Elements without it are left out.",
        (1, 1),
        &["attribute"],
    ),
    word(
        "compact",
        "compact",
        "A list without missing, null and empty elements.",
        (0, 0),
        &[],
    ),
    word(
        "int",
        "int",
        "A whole number; reads `1.234` and `1,5` the Indonesian way.",
        (0, 0),
        &[],
    ),
    word(
        "float",
        "float",
        "A number; reads `1.234,5` the Indonesian way.",
        (0, 0),
        &[],
    ),
    word(
        "bool",
        "bool",
        "True or false; knows `ya`, `tidak`, `1`, `0`, `Y`, `T`, `yes`, `no`.",
        (0, 0),
        &[],
    ),
    word("string", "string", "A text.", (0, 0), &[]),
    word(
        "round",
        "round(digits=0)",
        "A rounded number.",
        (0, 1),
        &["digits"],
    ),
    word("abs", "abs", "A number without its sign.", (0, 0), &[]),
    word("json", "json", "The value as JSON text.", (0, 0), &[]),
    word(
        "from_json",
        "from_json",
        "The value of a JSON text.",
        (0, 0),
        &[],
    ),
];

/// What may be called by name.
pub const FUNCTIONS: &[Word] = &[
    word(
        "coalesce",
        "coalesce(a, b, …)",
        "The first value that is not missing, null or empty.",
        (1, 16),
        &[],
    ),
    word(
        "concat",
        "concat(a, b, …)",
        "One text of all values; missing ones are left out.",
        (1, 16),
        &[],
    ),
];

/// What may follow `is`.
pub const TESTS: &[Word] = &[
    word("defined", "is defined", "The field is there.", (0, 0), &[]),
    word(
        "undefined",
        "is undefined",
        "The field is missing.",
        (0, 0),
        &[],
    ),
    word("none", "is none", "The field is null.", (0, 0), &[]),
    word(
        "empty",
        "is empty",
        "The field is missing, null, or an empty text or list.",
        (0, 0),
        &[],
    ),
    word("string", "is string", "It is a text.", (0, 0), &[]),
    word("number", "is number", "It is a number.", (0, 0), &[]),
    word("sequence", "is sequence", "It is a list.", (0, 0), &[]),
    word("mapping", "is mapping", "It is an object.", (0, 0), &[]),
    word("true", "is true", "It is true.", (0, 0), &[]),
    word("false", "is false", "It is false.", (0, 0), &[]),
    word(
        "startingwith",
        "is startingwith(prefix)",
        "The text starts so.",
        (1, 1),
        &[],
    ),
    word(
        "endingwith",
        "is endingwith(suffix)",
        "The text ends so.",
        (1, 1),
        &[],
    ),
    word("in", "is in(list)", "It is one of these.", (1, 1), &[]),
];

/// Finds a word by name.
#[must_use]
pub fn find(words: &'static [Word], name: &str) -> Option<&'static Word> {
    words.iter().find(|word| word.name == name)
}
