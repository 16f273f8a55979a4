//! `paginate:`: how to get the next page.

use super::key;
use crate::grammar::{Field, Type};
use crate::problem::Form;

pub(super) static PAGINATE: &[Field] = &[
    key("page", Type::Record(PAGE), "A page number."),
    key(
        "offset",
        Type::Record(OFFSET),
        "An offset that grows by `size`.",
    ),
    key(
        "link",
        Type::Record(LINK),
        "The next page's address, in the Link header or the document.",
    ),
    key(
        "cursor",
        Type::Record(TOKEN),
        "An opaque token from the document.",
    ),
    key(
        "keyset",
        Type::Record(KEYSET),
        "The last record's key, as `:last_key` in a query.",
    ),
    key(
        "header",
        Type::Record(HEADER),
        "A page number, with the number of pages in a header.",
    ),
];
const MAX_PAGES: Field = key(
    "max_pages",
    Type::Int(1, 1_000_000),
    "The most pages of one pass; reaching it is a fault.",
)
.default("1000")
.operator();
const TOTAL: Field = key(
    "total",
    Type::Path,
    "Where the document declares how many records there are: fewer than that are a pass that is not complete.",
);
const SIZE: Field = key("size", Type::Int(1, 100_000), "Records on a full page.");
const SIZE_PARAM: Field = key(
    "size_param",
    Type::Text(Some(Form::NotEmpty)),
    "The query parameter that carries `size`.",
);
static UNTIL: &[&str] = &["empty", "short", "total"];
/// `paginate.page:`
pub(crate) static PAGE: &[Field] = &[
    key(
        "param",
        Type::Text(Some(Form::NotEmpty)),
        "The query parameter; absent where `${page}` is written in the request.",
    ),
    SIZE_PARAM,
    SIZE,
    key("start", Type::Int(0, 1_000_000), "The first page.").default("1"),
    key(
        "until",
        Type::Words(UNTIL),
        "The last page is one that is empty, one shorter than `size`, or when `total` is reached.",
    )
    .default("empty"),
    key(
        "total",
        Type::Path,
        "Where the document declares its total.",
    ),
    MAX_PAGES,
];
/// `paginate.offset:`
pub(crate) static OFFSET: &[Field] = &[
    key(
        "param",
        Type::Text(Some(Form::NotEmpty)),
        "The query parameter.",
    )
    .default("offset"),
    key(
        "size_param",
        Type::Text(Some(Form::NotEmpty)),
        "The query parameter that carries `size`.",
    )
    .default("limit"),
    key("size", Type::Int(1, 100_000), "Records on a full page.").default("100"),
    key("start", Type::Int(0, 1_000_000), "The first offset.").default("0"),
    key("until", Type::Words(UNTIL), "As for `page`.").default("short"),
    key(
        "total",
        Type::Path,
        "Where the document declares its total.",
    ),
    MAX_PAGES,
];
/// `paginate.link:`
pub(crate) static LINK: &[Field] = &[
    key(
        "rel",
        Type::Text(Some(Form::NotEmpty)),
        "The relation in the Link header.",
    )
    .default("next"),
    key(
        "path",
        Type::Path,
        "Where the document says the next address, instead of the header.",
    ),
    TOTAL,
    MAX_PAGES,
];
/// `paginate.cursor:`
pub(crate) static TOKEN: &[Field] = &[
    key(
        "param",
        Type::Text(Some(Form::NotEmpty)),
        "The query parameter that carries the token.",
    )
    .required(),
    key(
        "path",
        Type::Path,
        "Where the document says the next token.",
    )
    .required(),
    key(
        "more",
        Type::Path,
        "Where the document says whether there is more.",
    ),
    TOTAL,
    SIZE_PARAM,
    SIZE,
    MAX_PAGES,
];
/// `paginate.header:`
pub(crate) static HEADER: &[Field] = &[
    key(
        "param",
        Type::Text(Some(Form::NotEmpty)),
        "The query parameter.",
    )
    .default("page"),
    SIZE_PARAM,
    SIZE,
    key("start", Type::Int(0, 1_000_000), "The first page.").default("1"),
    key(
        "pages",
        Type::Text(Some(Form::HeaderName)),
        "The header with the number of pages.",
    )
    .required(),
    key(
        "total",
        Type::Text(Some(Form::HeaderName)),
        "The header with the number of records.",
    ),
    MAX_PAGES,
];
/// `paginate.keyset:`
pub(crate) static KEYSET: &[Field] = &[
    key(
        "key",
        Type::Path,
        "The record's field that is unique and ordered.",
    )
    .required(),
    key("size", Type::Int(1, 100_000), "Records on a page.").default("500"),
    MAX_PAGES,
];
