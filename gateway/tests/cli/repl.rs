//! `divos connector repl`.

use crate::desk::Desk;
use serde_json::{Value, json};

fn repl(words: &[&str]) -> Vec<String> {
    let first = ["connector", "repl", "surat"];
    first.iter().chain(words).map(|w| (*w).to_owned()).collect()
}

fn run(words: &[&str], input: &str) -> crate::desk::Done {
    let words = repl(words);
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    Desk::new().run_with(&words, input, &[])
}

#[test]
fn an_expression_shows_value_type_and_lineage_of_each_record() {
    let done = run(&["--expr", "pengirim.nama ~ ' ' ~ nomor"], "");
    assert_eq!(done.code, 0, "{done:?}");
    assert_eq!(
        done.out,
        "row 1: \"Ni Contoh 005/112/UM\" (text)\nrow 2: \"I Contoh 005/113/UM\" (text)\nreads: nomor, pengirim.nama\n"
    );
}

#[test]
fn a_record_that_gives_nothing_is_named_and_fails() {
    let done = run(&["--expr", "tanggal | datetime", "--json"], "");
    assert_eq!(done.code, 1, "{done:?}");
    let rows: Vec<Value> = done
        .out
        .lines()
        .map(|line| serde_json::from_str(line).expect("JSON"))
        .collect();
    assert_eq!(rows[0]["type"], "moment");
    assert_eq!(
        rows[1],
        json!({ "row": 2, "fault": "not a time that can be read", "reads": ["tanggal"] })
    );
}

#[test]
fn a_wrong_expression_is_marked_where_it_is_wrong() {
    let done = run(&["--expr", "perihal | truncat(3)"], "");
    assert_eq!((done.code, done.out.as_str()), (1, ""), "{done:?}");
    let lines: Vec<&str> = done.err.lines().collect();
    assert_eq!(
        lines[1..3],
        ["  perihal | truncat(3)", "            ^^^^^^^"],
        "{done:?}"
    );
    assert!(
        done.err.contains("truncate"),
        "a similar word helps: {done:?}"
    );
}

#[test]
fn lines_are_read_until_quit() {
    let done = run(&[], ":fields\n:row 2\nnomor\n:quit\nperihal\n");
    assert_eq!(done.code, 0, "{done:?}");
    assert!(
        done.out.contains("pengirim.nama\t\"Ni Contoh\""),
        "{done:?}"
    );
    assert!(done.out.contains("row 2: \"005/113/UM\""), "{done:?}");
    assert!(
        !done.out.contains("Edaran"),
        "nothing after :quit: {done:?}"
    );
}

#[test]
fn a_record_that_is_not_there_is_refused() {
    let done = run(&["--row", "3", "--expr", "nomor"], "");
    assert_eq!(done.code, 3, "{done:?}");
    assert!(done.err.contains("there are 1 to 2"), "{done:?}");
}

#[test]
fn messages_come_in_indonesian_too() {
    let done = run(&["--lang", "id", "--expr", "nomor", "--row", "1"], "");
    assert_eq!(done.out, "baris 1: \"005/112/UM\" (teks)\nmembaca: nomor\n");
}
