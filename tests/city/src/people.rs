//! Thirty made-up people with the posts they hold.
//!
//! Owns names, NIPs and posts. The names are invented; a NIP here names the birth year 9900, so it can be nobody's.
//! Never knows the apps.

use crate::units::{ROOT, units};

/// The password of every demo account. It is published, so the hub must refuse it outside the demo.
pub const DEMO_PASSWORD: &str = "Contoh-Denpasar-2026";

/// A post that a person holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Post {
    /// Code of the unit.
    pub unit: &'static str,
    /// Name of the post (jabatan).
    pub title: &'static str,
    /// `struktural`, `fungsional` or `pelaksana`.
    pub post_type: &'static str,
    /// `definitif`, `plt`, `plh` or `pj`.
    pub assignment: &'static str,
    /// First day, `YYYY-MM-DD`.
    pub from: &'static str,
    /// Last day, `YYYY-MM-DD`; empty while it goes on.
    pub to: &'static str,
}

/// One made-up civil servant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// 18 digits, made up.
    pub nip: String,
    /// An invented name.
    pub name: &'static str,
    /// An address under `.example`.
    pub email: String,
    /// The posts held; the first is the person's own.
    pub posts: Vec<Post>,
    /// Roles in the hub, for example `operator`.
    pub roles: &'static [&'static str],
}

/// Login, name, unit, post, type and roles of one person.
type Row = (
    &'static str,
    &'static str,
    &'static str,
    &'static str,
    &'static str,
    &'static [&'static str],
);

const STRUCTURAL: &str = "struktural";
const FUNCTIONAL: &str = "fungsional";
const GENERAL: &str = "pelaksana";

#[rustfmt::skip] // one person a line
const ROWS: &[Row] = &[
    ("wirawan", "I Putu Wirawan Contoh", "030801", "Kepala Dinas", STRUCTURAL, &[]),
    ("sekar", "Ni Luh Sekar Contoh", "030894", "Pranata Komputer Ahli Muda", FUNCTIONAL, &["operator", "admin"]),
    ("bagus", "I Made Bagus Contoh", "030894", "Pengelola Sistem Informasi", GENERAL, &[]),
    ("laksmi", "Ni Ketut Laksmi Contoh", "030891", "Sekretaris", STRUCTURAL, &[]),
    ("mahendra", "I Gede Mahendra Contoh", "030892", "Kepala Bidang", STRUCTURAL, &[]),
    ("citra", "Kadek Citra Contoh", "030893", "Statistisi Ahli Pertama", FUNCTIONAL, &[]),
    ("dharma", "I Nyoman Dharma Contoh", "030893", "Pengolah Data", GENERAL, &[]),
    ("ayu", "Ni Made Ayu Contoh", "030891", "Pengadministrasi Umum", GENERAL, &[]),
    ("surya", "I Wayan Surya Contoh", "030201", "Kepala Dinas", STRUCTURAL, &[]),
    ("melati", "dr. Ni Putu Melati Contoh", "030291", "Dokter Ahli Muda", FUNCTIONAL, &[]),
    ("kirana", "Komang Kirana Contoh", "030291", "Pengelola Layanan Kesehatan", GENERAL, &[]),
    ("agung", "Anak Agung Rai Contoh", "030101", "Kepala Dinas", STRUCTURAL, &[]),
    ("widia", "Ni Wayan Widia Contoh", "030191", "Pengawas Sekolah Ahli Madya", FUNCTIONAL, &[]),
    ("yoga", "I Kadek Yoga Contoh", "030191", "Pengelola Data Pendidikan", GENERAL, &[]),
    ("tirta", "I Ketut Tirta Contoh", "030301", "Teknik Jalan Ahli Muda", FUNCTIONAL, &[]),
    ("bayu", "Putu Bayu Contoh", "030501", "Pengendali Dampak Lingkungan", FUNCTIONAL, &[]),
    ("saras", "Ni Nyoman Saras Contoh", "030601", "Administrator Kependudukan", FUNCTIONAL, &[]),
    ("jaya", "I Made Jaya Contoh", "030701", "Kepala Seksi Lalu Lintas", STRUCTURAL, &[]),
    ("pande", "Pande Gede Arka Contoh", "030701", "Pengatur Lalu Lintas", GENERAL, &[]),
    ("lestari", "Ni Luh Lestari Contoh", "031401", "Pengawas Perdagangan", FUNCTIONAL, &[]),
    ("adi", "I Putu Adi Contoh", "040201", "Perencana Ahli Muda", FUNCTIONAL, &[]),
    ("ratna", "Ni Kadek Ratna Contoh", "040301", "Analis Kepegawaian Ahli Muda", FUNCTIONAL, &[]),
    ("oka", "Ida Bagus Oka Contoh", "040301", "Kepala Badan", STRUCTURAL, &[]),
    ("dewi", "Desak Dewi Contoh", "040701", "Arsiparis Ahli Pertama", FUNCTIONAL, &[]),
    ("gita", "Ni Komang Gita Contoh", "040801", "Petugas Pusat Kendali", GENERAL, &[]),
    ("rama", "I Gusti Rama Contoh", "011201", "Perancang Peraturan Ahli Muda", FUNCTIONAL, &[]),
    ("sita", "Luh Sita Contoh", "011301", "Analis Organisasi", GENERAL, &["operator"]),
    ("krisna", "I Wayan Krisna Contoh", "140091", "Penata Perizinan Ahli Muda", FUNCTIONAL, &[]),
    ("intan", "Ni Made Intan Contoh", "170001", "Camat", STRUCTURAL, &[]),
    ("budi", "I Nyoman Budi Contoh", "170091", "Lurah", STRUCTURAL, &[]),
];

/// Who holds a second post as an acting official: the head of a division acts as head of the planning agency.
const ACTING: (&str, Post) = (
    "mahendra",
    Post {
        unit: "040201",
        title: "Plt. Kepala Badan",
        post_type: STRUCTURAL,
        assignment: "plt",
        from: "2026-10-01",
        to: "2027-03-31",
    },
);

/// All thirty, always in the same order; the second ([`Person::roles`] holds `operator`) runs the demo, and another one
/// holds that role too.
#[must_use]
pub fn people() -> Vec<Person> {
    ROWS.iter().enumerate().map(person).collect()
}

fn person((index, &(login, name, unit, title, post_type, roles)): (usize, &Row)) -> Person {
    let own = Post {
        unit,
        title,
        post_type,
        assignment: "definitif",
        from: "2025-01-01",
        to: "",
    };
    let mut posts = vec![own];
    if login == ACTING.0 {
        posts.push(ACTING.1);
    }
    Person {
        nip: format!("99000101202601{}{:03}", 1 + index % 2, index + 1),
        name,
        email: format!("{login}@denpasar.example"),
        posts,
        roles,
    }
}

/// The people as the CSV that `divos user import` reads.
///
/// Columns: `nip,name,email,unit,post,post_type,assignment,from,to,roles,password`; days as `YYYY-MM-DD`, an empty `to`
/// means "until further notice", several roles are parted by a space. A person with two posts takes two rows with the
/// same NIP; the second row has no roles and no password.
#[must_use]
pub fn people_csv() -> String {
    people_csv_with(DEMO_PASSWORD)
}

/// As [`people_csv`], with another password for all: the published one opens nothing but the demo.
#[must_use]
pub fn people_csv_with(password: &str) -> String {
    let mut text =
        String::from("nip,name,email,unit,post,post_type,assignment,from,to,roles,password\n");
    for person in people() {
        for (index, post) in person.posts.iter().enumerate() {
            let (roles, password) = if index == 0 {
                (person.roles.join(" "), password)
            } else {
                (String::new(), "")
            };
            text.push_str(&format!(
                "{},{},{},{},{},{},{},{},{},{roles},{password}\n",
                person.nip,
                person.name,
                person.email,
                post.unit,
                post.title,
                post.post_type,
                post.assignment,
                post.from,
                post.to
            ));
        }
    }
    text
}

/// The made-up person who writes for a unit: one of its own, or anyone when it has nobody.
pub(crate) fn writer_of(unit: &str, turn: u64) -> &'static str {
    let inside: Vec<&str> = ROWS
        .iter()
        .filter(|row| row.2 == unit || parent_of(row.2) == unit)
        .map(|row| row.1)
        .collect();
    let all = if inside.is_empty() {
        ROWS.iter().map(|row| row.1).collect()
    } else {
        inside
    };
    all[(turn % all.len() as u64) as usize]
}

fn parent_of(code: &str) -> &'static str {
    units()
        .iter()
        .find(|unit| unit.code == code)
        .map_or(ROOT, |unit| unit.parent)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn thirty_people_with_their_own_eighteen_digits_in_known_units() {
        let people = people();
        assert_eq!(people.len(), 30);
        let nips: HashSet<_> = people.iter().map(|person| person.nip.clone()).collect();
        assert_eq!(nips.len(), 30);
        for person in &people {
            assert!(
                person.nip.len() == 18 && person.nip.bytes().all(|byte| byte.is_ascii_digit()),
                "{}",
                person.nip
            );
            for post in &person.posts {
                assert!(
                    units().iter().any(|unit| unit.code == post.unit),
                    "{} is in no unit",
                    person.name
                );
            }
        }
    }

    #[test]
    fn one_person_acts_and_every_type_of_post_is_held() {
        let people = people();
        let posts: Vec<Post> = people
            .iter()
            .flat_map(|person| person.posts.clone())
            .collect();
        assert_eq!(
            posts.iter().filter(|post| post.assignment == "plt").count(),
            1
        );
        for kind in [STRUCTURAL, FUNCTIONAL, GENERAL] {
            assert!(
                posts.iter().filter(|post| post.post_type == kind).count() >= 5,
                "{kind}"
            );
        }
    }

    #[test]
    fn the_csv_has_one_row_a_post_and_eleven_columns() {
        let csv = people_csv();
        assert_eq!(csv.lines().count(), 1 + 31);
        assert!(
            csv.lines().all(|line| line.split(',').count() == 11),
            "{csv}"
        );
    }
}
