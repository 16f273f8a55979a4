//! What mapping costs: JSON in, items out, for a record of twenty fields.
//!
//! Run with `cargo bench -p divos-adapters --bench mapping`. Prints microseconds for each record; asserts nothing.

#![allow(clippy::print_stdout)]

use divos_adapters::{Document, Mapper, Pseudonym, RowContext, normalise};
use divos_manifest::{LoadOptions, load_str};
use std::sync::Arc;
use std::time::Instant;

const ROWS: usize = 500;
const ROUNDS: u32 = 60;

/// Twenty fields: eleven dotted paths, the rest through the filters that connectors use most.
const CONNECTOR: &str = r#"
apiVersion: divos/v1
kind: Connector
metadata: { name: bench, title: Bench, owner: "030801", capability: letter }
app: { upstreams: "http://bench.example" }
sources:
  letters:
    rest: { get: /letters }
    select: data[*]
    every: 5m
    deletes: never
    to: letter
    map:
      id: id
      title: hal | html_text | truncate(300)
      summary: ringkasan | html_text | truncate(280)
      state: "status | lookup({'Baru': 'pending', 'Diproses': 'active', 'Selesai': 'done'})"
      state_label: status
      priority: "sifat | lookup({'Biasa': 'normal', 'Segera': 'high'}, 'normal')"
      created_at: dibuat | datetime
      updated_at: diubah | datetime
      due_at: batas | datetime
      owner_unit: unit
      web: "'/surat/' ~ id"
      author: pembuat.nama | mask('person')
      dedupe: "concat('letter:', nomor, '|', tanggal)"
      body.number: nomor
      body.date: tanggal
      body.subject: hal
      body.from: dari.nama
      body.to: kepada
      body.type: jenis
      body.classification: klasifikasi
privacy: { class: internal, audience: everyone }
"#;

fn document() -> String {
    let row = |n: usize| {
        serde_json::json!({
            "id": n, "hal": "Undangan rapat koordinasi &amp; evaluasi triwulan",
            "ringkasan": "<p>Dengan hormat, mengharap kehadiran Saudara pada <b>rapat koordinasi</b> yang membahas capaian triwulan.</p>",
            "status": "Diproses", "sifat": "Segera", "dibuat": "2026-11-20T08:00:00+08:00",
            "diubah": "2026-11-24T08:15:30+08:00", "batas": "2026-12-01T23:59:00+08:00", "unit": "030801",
            "pembuat": {"nama": "I Ketut Contoh Sudana"}, "nomor": format!("005/{n}/UM"), "tanggal": "2026-11-20",
            "dari": {"nama": "Bagian Umum"}, "kepada": ["Dinas Contoh", "Badan Contoh"], "jenis": "undangan",
            "klasifikasi": "005",
        })
    };
    serde_json::json!({ "data": (0..ROWS).map(row).collect::<Vec<_>>() }).to_string()
}

fn main() {
    let loaded = load_str("bench.yaml", CONNECTOR, LoadOptions::default());
    let connector = loaded
        .get("bench")
        .unwrap_or_else(|| panic!("{:?}", loaded.faults));
    let source = &connector.sources[0];
    let mapper = Mapper::compile(connector, source).expect("the mapping compiles");
    let context = RowContext {
        fetched_at: chrono::DateTime::UNIX_EPOCH,
        url: None,
        pseudonym: Arc::new(Pseudonym::new(vec![7; 32])),
    };
    let text = document();
    let read =
        || Document::read(&source.fetch, Some("application/json"), text.as_bytes()).expect("JSON");
    let parse = timed(|| assert!(read().root.is_object()));
    let whole = timed(|| {
        let batch = normalise(&mapper, source, &read(), &context).expect("rows");
        assert_eq!(
            (batch.items.len(), batch.faults.len()),
            (ROWS, 0),
            "{:?}",
            batch.faults.first()
        );
    });
    println!("parse            {parse:7.2} µs/record");
    println!("parse and map    {whole:7.2} µs/record");
    println!("map alone        {:7.2} µs/record", whole - parse);
}

/// Returns microseconds for each record, the median of the rounds.
fn timed(run: impl Fn()) -> f64 {
    let mut rounds: Vec<f64> = (0..ROUNDS)
        .map(|_| {
            let start = Instant::now();
            run();
            start.elapsed().as_secs_f64() * 1e6 / ROWS as f64
        })
        .collect();
    rounds.sort_by(f64::total_cmp);
    rounds[rounds.len() / 2]
}
