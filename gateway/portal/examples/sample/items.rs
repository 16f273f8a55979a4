//! One item of every kind, with everything filled in, and some that are meant to do harm.

use super::now;
use chrono::{NaiveDate, TimeDelta};
use divos_feed::{FeedItem, Mark};
use divos_model::*;

fn at(hours: i64) -> Time {
    (now() + TimeDelta::hours(hours)).with_timezone(&wita())
}

fn some(text: &str) -> Option<String> {
    Some(text.to_owned())
}

fn entry(app: &str, native: &str, title: &str, body: Body) -> FeedItem {
    let mut item = Item::new(app.parse().expect("a slug"), native, title, at(-3), body);
    item.state = State::Pending;
    item.audience = Audience::everyone();
    item.links.web = format!("/buka/{native}");
    item.seq = 1;
    item.hash = item.content_hash();
    FeedItem {
        masked: false,
        also: Vec::new(),
        item,
        mark: Mark::default(),
    }
}

/// A letter with every field filled in.
pub fn letter() -> FeedItem {
    let body = LetterBody {
        direction: some("incoming"),
        number: some("005/1142/Diskominfos/2026"),
        date: NaiveDate::from_ymd_opt(2026, 11, 23),
        subject: some("Undangan rapat koordinasi layanan terpadu"),
        from: some("Sekretaris Daerah"),
        to: vec!["Kepala Dinas".into(), "Kepala Bidang Aplikasi".into()],
        cc: vec!["Arsip".into()],
        r#type: some("undangan"),
        classification: some("005"),
        signers: vec!["Sekretaris Daerah".into()],
        dispositions: vec![Disposition {
            id: some("1"),
            from: some("Kepala Dinas"),
            to: some("Kepala Seksi Aplikasi"),
            instruction: some("Hadir dan laporkan"),
            note: some("Bawa data integrasi"),
            due: Some(at(6)),
            read_at: None,
            state: Some(State::Pending),
            parent: None,
        }],
    };
    let mut letter = entry(
        "surat",
        "S-1142",
        "Undangan rapat koordinasi layanan terpadu bersama seluruh kepala bidang",
        Body::Letter(Box::new(body)),
    );
    letter.item.summary = some(
        "Rapat membahas satu pintu layanan kepegawaian.\nMohon menyiapkan data integrasi aplikasi tiap bidang dan daftar kendala yang masih terbuka.",
    );
    letter.item.state_label = some("Didisposisi");
    letter.item.priority = Some(Priority::Urgent);
    letter.item.due_at = Some(at(6));
    letter.item.created_at = Some(at(-20));
    letter.item.owner_unit = Some("030801".parse().expect("a code"));
    letter.item.actors = vec![Actor {
        role: "signer".into(),
        person: None,
        unit: None,
        label: "Sekretaris Daerah".into(),
    }];
    letter.item.attachments = vec![Attachment {
        name: "undangan.pdf".into(),
        mime: "application/pdf".into(),
        bytes: Some(1_449_000),
        sha256: None,
        url: "/berkas/1142".into(),
    }];
    letter.item.actions = vec![Action {
        name: "forward".into(),
        label: "Teruskan disposisi".into(),
        input_schema: serde_json::json!({}),
        idempotent: true,
        expires_at: None,
    }];
    letter.item.relations = vec![Relation {
        rel: "reply".into(),
        id: ItemId::of(&letter.item.app, Kind::Letter, "S-1"),
    }];
    letter.item.time_quality = Some(TimeQuality::Guessed);
    letter.item.provenance.version = "3f9c2a7be10d44aa".into();
    letter
        .item
        .ext
        .insert("warna_map".into(), serde_json::json!("merah"));
    letter
}

/// One item of every kind, and some with hostile words.
pub fn everything() -> Vec<FeedItem> {
    let mut all = vec![letter()];
    let mut late = entry(
        "kinerja",
        "K-1",
        "Isi laporan harian pekan lalu",
        Body::Task(Box::new(TaskBody {
            assignees: vec!["Ni Made Sekar Ayu".into()],
            origin: some("Surat 800/12"),
            percent: Some(40),
            checklist: vec![ChecklistEntry {
                label: "Unggah bukti".into(),
                done: true,
            }],
        })),
    );
    (late.item.due_at, late.item.state, late.mark.seen) = (Some(at(-50)), State::Active, true);
    all.push(late);
    let mut approval = entry(
        "kinerja",
        "K-2",
        "Persetujuan cuti tahunan: I Wayan Contoh, 3 hari",
        Body::Approval(Box::new(ApprovalBody {
            subject: some("Cuti tahunan"),
            step: some("Atasan langsung"),
            approvers: vec!["Kepala Seksi Aplikasi".into()],
            decision: None,
            reason: None,
        })),
    );
    (approval.item.priority, approval.item.due_at) = (Some(Priority::High), Some(at(27)));
    all.push(approval);
    let mut event = entry(
        "agenda",
        "A-1",
        "Apel pagi dan pengarahan",
        Body::Event(Box::new(EventBody {
            place: some("Halaman kantor"),
            online_url: some("https://rapat.example/apel"),
            organizer: some("Bagian Umum"),
            attendees: vec!["Seluruh pegawai".into()],
            tz: None,
        })),
    );
    (event.item.starts_at, event.item.ends_at, event.mark.seen) =
        (Some(at(22)), Some(at(23)), true);
    all.push(event);
    let mut pinned = entry(
        "surat",
        "P-1",
        "Jam kerja selama bulan Desember",
        Body::Announcement(Box::new(AnnouncementBody {
            text: some("Jam kerja berubah."),
            pinned: true,
            ack_required: true,
        })),
    );
    (pinned.mark.pinned, pinned.mark.seen, pinned.item.state) = (true, true, State::Active);
    pinned.item.summary = some("Jam masuk 07.30 WITA, jam pulang 15.30 WITA, mulai 1 Desember.");
    all.push(pinned);
    let mut restricted = entry(
        "arsip",
        "R-1",
        "Berita acara pemeriksaan internal",
        Body::Document(Box::new(DocumentBody {
            doc_type: some("berita acara"),
            classification: some("700"),
            retention: Some(Retention {
                active: Some(2),
                inactive: Some(8),
                fate: some("permanen"),
            }),
            version: some("1.2"),
            signed: Some(true),
        })),
    );
    restricted.item.sensitivity = Sensitivity::Restricted;
    restricted.item.personal_data = PersonalData::General;
    all.push(restricted);
    all.push(entry(
        "kinerja",
        "L-1",
        "Laporan kinerja triwulan III",
        Body::Report(Box::new(ReportBody {
            period: some("2026-Q3"),
            subject: some("Layanan aplikasi"),
            indicators: vec![Indicator {
                name: "Aplikasi terintegrasi".into(),
                target: Some(143.0),
                actual: Some(1234.5),
                unit: some("aplikasi"),
            }],
            predicate: some("Baik"),
            evidence: vec!["laporan.pdf".into()],
        })),
    ));
    let mut ticket = entry(
        "lapor",
        "T-1",
        "Lampu jalan padam di depan pasar",
        Body::Ticket(Box::new(TicketBody {
            r#type: some("complaint"),
            category: some("Penerangan"),
            reporter: some("I K··· S···"),
            location: some("Jalan Contoh"),
            sla: some("5 hari kerja"),
            thread: vec![Message {
                author: some("Petugas"),
                at: Some(at(-2)),
                text: "Sudah diteruskan.".into(),
            }],
        })),
    );
    ticket.item.state = State::Waiting;
    all.push(ticket);
    all.push(entry(
        "lapor",
        "M-1",
        "Permohonan izin reklame",
        Body::ServiceRequest(Box::new(ServiceRequestBody {
            service: some("Izin reklame"),
            applicant: some("P··· C···"),
            requirements: vec!["KTP".into(), "Gambar".into()],
            result: None,
        })),
    ));
    let mut attendance = entry(
        "kinerja",
        "H-1",
        "Presensi 24 November 2026",
        Body::Attendance(Box::new(AttendanceBody {
            person: some("Ni Made Sekar Ayu"),
            date: NaiveDate::from_ymd_opt(2026, 11, 24),
            r#in: Some(at(-2)),
            out: None,
            mode: some("office"),
            status: some("tepat waktu"),
        })),
    );
    (attendance.item.state, attendance.item.time_quality) =
        (State::Done, Some(TimeQuality::DateOnly));
    all.push(attendance);
    all.push(entry(
        "data",
        "D-1",
        "Jumlah penduduk per kelurahan 2025",
        Body::Dataset(Box::new(DatasetBody {
            publisher: some("Disdukcapil"),
            license: some("CC-BY-4.0"),
            periodicity: some("tahunan"),
            distributions: vec![Distribution {
                name: some("penduduk.csv"),
                mime: some("text/csv"),
                url: "https://data.example/p.csv".into(),
            }],
            sdi: Some(SatuData {
                activity: some("Registrasi"),
                variables: vec!["jumlah".into()],
                indicators: vec!["kepadatan".into()],
            }),
        })),
    ));
    all.push(entry(
        "hukum",
        "U-1",
        "Peraturan Wali Kota tentang Layanan Elektronik",
        Body::Regulation(Box::new(RegulationBody {
            r#type: some("Peraturan Wali Kota"),
            number: some("12"),
            year: Some(2026),
            promulgated: NaiveDate::from_ymd_opt(2026, 3, 2),
            file_url: some("javascript:alert(1)"),
            ..RegulationBody::default()
        })),
    ));
    for (i, hostile) in HOSTILE.iter().enumerate() {
        let mut item = entry(
            "surat",
            &format!("X-{i}"),
            hostile,
            Body::Announcement(Box::new(AnnouncementBody {
                text: some(hostile),
                ..AnnouncementBody::default()
            })),
        );
        item.item.summary = some(hostile);
        item.item.state_label = some(hostile);
        item.item.lang = (*hostile).to_owned();
        item.item.actors = vec![Actor {
            role: (*hostile).to_owned(),
            person: None,
            unit: None,
            label: (*hostile).to_owned(),
        }];
        item.item
            .ext
            .insert((*hostile).to_owned(), serde_json::json!(hostile));
        item.item.native_id = (*hostile).to_owned();
        all.push(item);
    }
    for i in 0..14 {
        all.push(entry(
            "surat",
            &format!("N-{i}"),
            &format!("Surat edaran nomor {i} tentang tata tertib penggunaan ruang rapat"),
            Body::empty(Kind::Letter),
        ));
    }
    all
}

/// Words that would do harm in a page that does not escape.
pub const HOSTILE: [&str; 5] = [
    "<script>alert(1)</script>",
    "\"><img src=x onerror=alert(1)>",
    "'onmouseover='alert(1)",
    "</title><svg/onload=alert(1)>",
    "{{ 7*7 }} ${7*7} javascript:alert(1)",
];
