//! Imports on the real store: good files, bad files, the same file twice.

use super::*;
use crate::scenes::World;
use divos_model::Lang;
use divos_store::PersonQuery;

const HEAD: &str = "nip,name,email,unit,post,post_type,assignment,from,to,roles,password";

async fn world() -> World {
    let world = World::empty().await;
    let units =
        "\u{feff}kode;nama;induk\r\n030894;Seksi Aplikasi;030801\r\n030801;Diskominfos;\r\n";
    let report = world
        .sso
        .import_units(units.as_bytes(), ImportOptions::default(), &mut |_| {})
        .await
        .expect("units");
    assert_eq!((report.added, report.faults.len()), (2, 0), "{report:?}");
    world
}

async fn import(world: &World, csv: &str, options: ImportOptions) -> ImportReport {
    world
        .sso
        .import_people(csv.as_bytes(), options, &mut |_| {})
        .await
        .expect("a report")
}

async fn names(world: &World) -> Vec<String> {
    let query = PersonQuery {
        limit: 100,
        ..PersonQuery::default()
    };
    world
        .sso
        .list_people(query)
        .await
        .expect("people")
        .into_iter()
        .map(|person| person.name)
        .collect()
}

#[tokio::test]
async fn the_same_file_twice_changes_nothing() {
    let world = world().await;
    let csv = format!(
        "{HEAD}\n990001012026012002,Sekar,sekar@a.example,030894,Pranata,fungsional,definitif,2025-01-01,,operator,kunci rumah tua\n\
         990001012026012002,Sekar,sekar@a.example,030801,Plt. Kepala Dinas,struktural,,2026-01-01,2026-06-30,,\n\
         ,Bagus,bagus@a.example,,,,,,,,\n"
    );
    let first = import(&world, &csv, ImportOptions::default()).await;
    assert_eq!(
        (
            first.rows,
            first.added,
            first.changed,
            first.unchanged,
            first.written
        ),
        (3, 2, 0, 0, true),
        "{first:?}"
    );
    let second = import(&world, &csv, ImportOptions::default()).await;
    assert_eq!(
        (second.added, second.changed, second.unchanged),
        (0, 0, 2),
        "{second:?}"
    );
    let third = import(
        &world,
        &csv.replace("kunci rumah tua", "kunci rumah baru"),
        ImportOptions::default(),
    )
    .await;
    assert_eq!(
        (third.added, third.changed, third.unchanged),
        (0, 1, 1),
        "{third:?}"
    );
    // A file that says less takes nothing away.
    let fourth = import(
        &world,
        "name,email\nSekar,sekar@a.example\n",
        ImportOptions::default(),
    )
    .await;
    assert_eq!((fourth.added, fourth.unchanged), (0, 1), "{fourth:?}");
    let sekar = world
        .sso
        .find_person("990001012026012002")
        .await
        .expect("still found by nip");
    assert_eq!(sekar.roles, ["operator"]);
}

#[tokio::test]
async fn indonesian_heads_semicolons_and_spreadsheet_habits_are_understood() {
    let world = world().await;
    let csv = "\u{feff}\"NIP Baru\";Nama Lengkap;Surel;Kode Unit;Jabatan;Jenis Jabatan;Status Jabatan;TMT Jabatan;Sampai;Peran;Kata Sandi\r\n\
        '99000101 202601 2 002;\"Contoh; Sekar\";SEKAR@A.example;030894;Pranata Komputer;Fungsional;Plt.;01/02/2025;-;operator, admin;kunci rumah tua\r\n\
        ;;;;;;;;;;\r\n";
    let report = import(&world, csv, ImportOptions::default()).await;
    assert_eq!((report.faults.len(), report.added), (0, 1), "{report:?}");
    let sekar = world
        .sso
        .find_person("sekar@a.example")
        .await
        .expect("sekar");
    assert_eq!(
        (sekar.name.as_str(), sekar.roles.as_slice()),
        (
            "Contoh; Sekar",
            ["admin".to_owned(), "operator".to_owned()].as_slice()
        )
    );
}

#[tokio::test]
async fn every_fault_at_once_with_line_column_and_what_to_do() {
    let world = world().await;
    let csv = format!(
        "{HEAD}\n\
         123,Satu,satu@a.example,,,,,,,,\n\
         1.98001E+17,Dua,,,,,,,,,\n\
         990001012026011003,,tiga,030894,,aneh,,31-31-2025,,Op!,\n\
         990001012026011004,Empat,,999999,Staf,,,,,,\n\
         990001012026011005,Lima,,030894,Staf,,,2026-02-01,2026-01-01,,\n\
         ,Enam,,,,,,,,,\n\
         990001012026011007,Tujuh,,,,,,,,,pendek\n\
         990001012026011008,Delapan,baik@a.example,,,,,,,,\n\
         990001012026011009,Sembilan,baik@a.example,,,,,,,,\n\
         990001012026011010,Sepuluh,,,,,,,,operator,\n\
         990001012026011010,Lain,,,,,,,,admin,\n\
         a,b\n"
    );
    let report = import(&world, &csv, ImportOptions::default()).await;
    let told: Vec<String> = report
        .faults
        .iter()
        .map(|fault| fault.sentence(Lang::Id))
        .collect();
    let expected = [
        "baris 2, kolom 1 (nip): NIP ini 3 angka; NIP terdiri atas 18 angka",
        "baris 3, kolom 1 (nip): NIP dibulatkan oleh lembar kerja; jadikan kolom ini teks, lalu isi ulang NIP-nya",
        "baris 4, kolom 3 (email): bukan alamat surel; tulis seperti nama@contoh.example",
        "baris 4, kolom 5 (post): jabatan kosong; isi jabatan, atau kosongkan unitnya",
        "baris 4, kolom 10 (roles): `op!` bukan peran; huruf kecil, angka, tanda hubung; pisahkan dengan spasi",
        "baris 5, kolom 4 (unit): unit `999999` tidak ada; impor unit-unitnya dulu, atau perbaiki kodenya",
        "baris 6, kolom 9 (to): berakhir sebelum mulai; perbaiki kedua tanggalnya",
        "baris 7, kolom 1 (nip): tidak ada NIP, surel, atau nama pengguna; isi salah satunya; dengan itu orang masuk",
        "baris 8, kolom 11 (password): kata sandi terlalu pendek; pakai 10 sampai 256 karakter yang tidak dipakai di tempat lain",
        "baris 10, kolom 3 (email): sudah dipakai orang pada baris 9; setiap orang perlu miliknya sendiri",
        "baris 12, kolom 2 (name): berbeda dari baris 11 untuk orang yang sama; samakan, atau kosongkan di sini",
        "baris 12, kolom 10 (roles): berbeda dari baris 11 untuk orang yang sama; samakan, atau kosongkan di sini",
        "baris 13: ada 2 sel, seharusnya 11; periksa tanda kutip pada baris ini dan sebelumnya",
    ];
    assert_eq!(told, expected);
    assert_eq!(
        report.faults[0].sentence(Lang::En),
        "line 2, column 1 (nip): the NIP has 3 digits; a NIP has 18 digits"
    );
    let all = told.join("\n");
    assert!(
        !all.contains("99000101") && !all.contains("baik@"),
        "no personal data in a fault"
    );
    assert!(
        !report.written && names(&world).await.is_empty(),
        "all or nothing"
    );
    let partial = import(
        &world,
        &csv,
        ImportOptions {
            partial: true,
            ..ImportOptions::default()
        },
    )
    .await;
    assert_eq!(
        (partial.added, partial.faults.len(), partial.written),
        (1, 13, true),
        "{partial:?}"
    );
    assert_eq!(names(&world).await, ["Delapan"]);
}

#[tokio::test]
async fn a_dry_run_counts_and_writes_nothing() {
    let world = world().await;
    let csv = format!("{HEAD}\n990001012026012002,Sekar,,030894,Pranata,,,,,,kunci rumah tua\n");
    let report = import(
        &world,
        &csv,
        ImportOptions {
            dry_run: true,
            ..ImportOptions::default()
        },
    )
    .await;
    assert_eq!((report.added, report.written), (1, false), "{report:?}");
    assert!(names(&world).await.is_empty());
}

#[tokio::test]
async fn files_that_are_none_say_what_to_do() {
    let world = world().await;
    for (bytes, expected) in [
        (b"".as_slice(), "berkas ini kosong"),
        (b"\n\n", "berkas ini kosong"),
        (b"\xff\xfen\0a\0m\0e\0", "bukan teks CSV"),
        (b"PK\x03\x04xlsx", "bukan teks CSV"),
        (b"nip,name\n1,\xe9\n", "baris 2: ada huruf yang bukan UTF-8"),
        (b"nip,email\n", "kolom `name` tidak ada"),
        (b"nip,name,emial\n", "maksudnya `email`?"),
        (b"nip,name,foo\n", "kolom yang dikenal: nip, name"),
        (b"nip,name,NIP Baru\n", "kolom ini ada dua kali"),
    ] {
        let report = world
            .sso
            .import_people(
                bytes,
                ImportOptions {
                    partial: true,
                    dry_run: false,
                },
                &mut |_| {},
            )
            .await
            .expect("a report");
        let told = report
            .faults
            .iter()
            .map(|fault| fault.sentence(Lang::Id))
            .collect::<Vec<_>>()
            .join("\n");
        assert!(told.contains(expected), "{expected} is not in: {told}");
        assert!(!report.written);
    }
}

#[tokio::test]
async fn a_unit_tree_is_whole_or_none() {
    let world = world().await;
    for (csv, expected) in [
        (
            "code,name,parent\na,A,b\n",
            "baris 2, kolom 3 (parent): induk `b` tidak ada",
        ),
        (
            "code,name,parent\na,A,b\nb,B,a\n",
            "berada di atas dirinya sendiri",
        ),
        (
            "code,name,parent\n030801,Diskominfos,030894\n",
            "berada di atas dirinya sendiri",
        ),
        (
            "code,name,parent\na,A,\na,B,\n",
            "kode ini sudah ada pada baris 2",
        ),
        ("code,name,parent\na!,A,\n", "bukan kode unit"),
        ("code,name,parent\n,A,\nb,,\n", "kode kosong"),
    ] {
        let report = world
            .sso
            .import_units(
                csv.as_bytes(),
                ImportOptions {
                    partial: true,
                    dry_run: false,
                },
                &mut |_| {},
            )
            .await
            .expect("a report");
        let told = report
            .faults
            .iter()
            .map(|fault| fault.sentence(Lang::Id))
            .collect::<Vec<_>>()
            .join("\n");
        assert!(told.contains(expected), "{expected} is not in: {told}");
        assert!(!report.written);
    }
    assert_eq!(world.store.people.units().await.expect("units").len(), 2);
}

#[tokio::test]
async fn progress_is_told_to_the_end() {
    let world = world().await;
    let rows: String = (0..8)
        .map(|n| format!("\n99000101202601{n:04},Orang {n},kunci rumah tua {n}"))
        .collect();
    let mut seen = Vec::new();
    let csv = format!("nip,name,password{rows}\n");
    let report = world
        .sso
        .import_people(csv.as_bytes(), ImportOptions::default(), &mut |progress| {
            seen.push(progress)
        })
        .await
        .expect("a report");
    assert_eq!(report.added, 8);
    for stage in [Stage::Read, Stage::Hash, Stage::Save] {
        let last = seen
            .iter()
            .rev()
            .find(|progress| progress.stage == stage)
            .expect("told");
        assert_eq!((last.done, last.total), (8, 8), "{stage:?}");
    }
}
