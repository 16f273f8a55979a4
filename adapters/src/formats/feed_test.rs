//! Feeds as they are in the wild.

use super::*;
use proptest::prelude::*;
use serde_json::json;

fn read_text(text: &str) -> Result<Vec<Json>, Trouble> {
    read(None, text.as_bytes()).map(|document| {
        document
            .rows(&divos_manifest::Select::Root)
            .map_or_else(|_| Vec::new(), |rows| rows.into_iter().cloned().collect())
    })
}

const RSS: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/"
 xmlns:media="http://search.yahoo.com/mrss/"><channel><title>Berita</title><link>http://a.example</link><language>id-ID</language>
<item><title>Jadwal &amp; Samsat&#8217;s</title><media:title>bukan</media:title><link>http://a.example/1</link>
<pubDate>Tue, 24 Nov 2026 08:00:00 +0800</pubDate><dc:creator><![CDATA[Humas]]></dc:creator>
<category>Umum</category><category>Layanan</category><guid isPermaLink="false">tag:1</guid>
<description><![CDATA[<p>Isi &amp; kabar</p>]]></description><content:encoded>&lt;b&gt;penuh&lt;/b&gt;</content:encoded>
<enclosure url="http://a.example/f.pdf" length="12" type="application/pdf"/></item>
<item><title>Tanpa tanggal</title><guid>http://a.example/2</guid><pubDate>Selasa, 24 Nopember 2026</pubDate></item>
</channel></rss>"#;

#[test]
fn rss_2() {
    let rows = read_text(RSS).expect("a feed");
    assert_eq!(
        rows[0],
        json!({
            "id": "tag:1", "title": "Jadwal & Samsat’s", "summary": "<p>Isi &amp; kabar</p>", "content": "<b>penuh</b>",
            "link": "http://a.example/1", "published": "Tue, 24 Nov 2026 08:00:00 +0800",
            "updated": "Tue, 24 Nov 2026 08:00:00 +0800", "author": "Humas", "authors": ["Humas"],
            "categories": ["Umum", "Layanan"], "lang": "id-ID",
            "enclosures": [{"url": "http://a.example/f.pdf", "mime": "application/pdf", "bytes": 12, "name": null}],
        })
    );
    assert_eq!(
        (&rows[1]["id"], &rows[1]["link"]),
        (&json!("http://a.example/2"), &json!("http://a.example/2"))
    );
    assert_eq!(
        rows[1]["published"], "Selasa, 24 Nopember 2026",
        "times stay as written"
    );
}

#[test]
fn rss_1_and_0_91_put_items_elsewhere() {
    let rdf = r#"<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/" xmlns:dc="x">
        <channel><title>c</title></channel><item rdf:about="urn:1"><title>Satu</title><link>http://a/1</link><dc:date>2026-11-24</dc:date></item></rdf:RDF>"#;
    let rows = read_text(rdf).expect("a feed");
    assert_eq!(
        (&rows[0]["id"], &rows[0]["published"]),
        (&json!("urn:1"), &json!("2026-11-24"))
    );
    let old = "<rss version='0.91'><channel><title>c</title><item><title>a</title><link>http://a/1</link></item></channel></rss>";
    assert_eq!(read_text(old).expect("a feed")[0]["id"], "http://a/1");
    assert_eq!(
        read_text("<rss><channel><title>kosong</title></channel></rss>")
            .expect("a feed")
            .len(),
        0
    );
}

#[test]
fn atom() {
    let text = r#"<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="id"><title>F</title><author><name>Redaksi</name></author>
        <entry><id>urn:a</id><title type="html">A &lt;i&gt;b&lt;/i&gt;</title><link rel="self" href="http://a/x.atom"/><link href="http://a/1"/>
        <link rel="enclosure" href="http://a/f.pdf" type="application/pdf" length="5"/><updated>2026-11-24T08:00:00+08:00</updated>
        <category term="t" label="Tema"/><content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>Satu</p><p>Dua</p></div></content></entry></feed>"#;
    let rows = read_text(text).expect("a feed");
    assert_eq!(
        rows[0],
        json!({
            "id": "urn:a", "title": "A <i>b</i>", "summary": null, "content": "Satu Dua", "link": "http://a/1",
            "published": "2026-11-24T08:00:00+08:00", "updated": "2026-11-24T08:00:00+08:00", "author": "Redaksi",
            "authors": ["Redaksi"], "categories": ["Tema"], "lang": "id",
            "enclosures": [{"url": "http://a/f.pdf", "mime": "application/pdf", "bytes": 5, "name": null}],
        })
    );
}

#[test]
fn json_feed() {
    let text = r#"{"version":"https://jsonfeed.org/version/1.1","language":"id","items":[{"id":7,"url":"http://a/7","title":"T",
        "content_text":"isi","date_published":"2026-11-24T08:00:00+08:00","authors":[{"name":"N"}],"tags":["x"],
        "attachments":[{"url":"http://a/f","mime_type":"text/plain","size_in_bytes":3}]}]}"#;
    let rows = read_text(text).expect("a feed");
    assert_eq!(
        (&rows[0]["id"], &rows[0]["content"], &rows[0]["author"]),
        (&json!("7"), &json!("isi"), &json!("N"))
    );
    assert_eq!(rows[0]["enclosures"][0]["bytes"], 3);
}

#[test]
fn what_is_no_feed_is_told() {
    for (text, code) in [
        ("", "empty"),
        ("  \n", "empty"),
        ("<?xml version=\"1.0\" encoding=\"UTF-8\"?>", "empty"),
        ("<?xml version=\"1.0\"?>\n<!-- nothing -->\n", "empty"),
        (&RSS[..RSS.len() / 2], "truncated"),
        (&RSS[..RSS.len() - 4], "truncated"),
        ("<rss><channel><item><title>a</tit", "truncated"),
        ("<!doctype html><html><title>Masuk</title>", "not_feed"),
        ("<Envelope/>", "not_feed"),
        ("Fatal error", "not_feed"),
        ("{\"items\": [", "truncated"),
        ("{\"posts\": []}", "not_feed"),
    ] {
        assert_eq!(read_text(text).map_err(|t| t.code()), Err(code), "{text}");
    }
}

#[test]
fn sloppy_xml_is_forgiven() {
    let text = "<rss><channel><item><title>A & B &nbsp; &copy; &unknown;</title><br><link>http://a/1</link></item></channel></rss>";
    let rows = read_text(text).expect("a feed");
    assert_eq!(rows[0]["title"], "A & B \u{a0} © &unknown;");
    let bom = "\u{feff}\n<rss><channel><item><title>x</title></item></channel></rss>";
    assert_eq!(read_text(bom).expect("a feed")[0]["title"], "x");
}

#[test]
fn entities_are_never_expanded() {
    let bomb = r#"<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;"><!ENTITY f SYSTEM "file:///etc/passwd">]>
        <rss><channel><item><title>&b;&f;</title></item></channel></rss>"#;
    assert_eq!(read_text(bomb).expect("a feed")[0]["title"], "&b;&f;");
    assert!(
        read_text(&"<a>".repeat(5000)).is_err(),
        "nesting is bounded"
    );
}

proptest! {
    #[test]
    fn never_panics(body in proptest::collection::vec(any::<u8>(), 0..300)) {
        let _ = read(None, &body);
    }

    #[test]
    fn never_panics_on_markup(text in "(<(/?)(rss|channel|item|title|entry|feed|link)( href='x'| rel=\"y)?/?>|&[a-z#0-9]{0,4};?|<!\\[CDATA\\[|\\]\\]>|[a-z ]){0,40}") {
        let _ = read(None, text.as_bytes());
        let _ = read(None, format!("<rss><channel><item>{text}").as_bytes());
    }
}
