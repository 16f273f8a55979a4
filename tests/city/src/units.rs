//! The unit tree of the simulated city: agency codes and names as in the public register, the rooms below them made up.
//!
//! Owns the list; never knows people or apps.

/// One unit of work (unit kerja).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unit {
    /// Six digits.
    pub code: &'static str,
    /// The name a person reads.
    pub name: &'static str,
    /// Code of the unit above; empty for the root.
    pub parent: &'static str,
}

const fn unit(code: &'static str, name: &'static str, parent: &'static str) -> Unit {
    Unit { code, name, parent }
}

/// The root above all agencies: a made-up code.
pub(crate) const ROOT: &str = "000000";

const UNITS: &[Unit] = &[
    unit(ROOT, "Pemerintah Kota Denpasar (contoh)", ""),
    unit("011201", "Bagian Hukum Setda Kota Denpasar", ROOT),
    unit("011301", "Bagian Organisasi", ROOT),
    unit("030101", "Dinas Pendidikan, Pemuda dan Olahraga", ROOT),
    unit("030201", "Dinas Kesehatan", ROOT),
    unit("030301", "Dinas Pekerjaan Umum dan Penataan Ruang", ROOT),
    unit("030501", "Dinas Lingkungan Hidup dan Kebersihan", ROOT),
    unit("030601", "Dinas Kependudukan dan Pencatatan Sipil", ROOT),
    unit("030701", "Dinas Perhubungan", ROOT),
    unit(
        "030801",
        "Dinas Komunikasi, Informatika dan Statistik",
        ROOT,
    ),
    unit("031401", "Dinas Perindustrian dan Perdagangan", ROOT),
    unit("040201", "Badan Perencanaan Pembangunan Daerah", ROOT),
    unit(
        "040301",
        "Badan Kepegawaian dan Pengembangan Sumber Daya Manusia",
        ROOT,
    ),
    unit("040701", "Dinas Perpustakaan dan Kearsipan", ROOT),
    unit("040801", "Badan Penanggulangan Bencana Daerah (BPBD)", ROOT),
    unit(
        "140018",
        "Dinas Penanaman Modal dan Pelayanan Terpadu Satu Pintu",
        ROOT,
    ),
    unit("170001", "Kecamatan Denpasar Timur", ROOT),
    // Rooms inside agencies: codes and names are made up.
    unit("030891", "Sekretariat Diskominfos (contoh)", "030801"),
    unit("030892", "Bidang Layanan Digital (contoh)", "030801"),
    unit("030893", "Bidang Statistik dan Data (contoh)", "030801"),
    unit("030894", "Seksi Aplikasi (contoh)", "030892"),
    unit("030291", "Bidang Pelayanan Kesehatan (contoh)", "030201"),
    unit("030191", "Bidang Sekolah Dasar (contoh)", "030101"),
    unit("170091", "Kelurahan Contoh Sari (contoh)", "170001"),
    unit("140091", "Bidang Perizinan (contoh)", "140018"),
];

/// Every unit, parents before children.
#[must_use]
pub fn units() -> &'static [Unit] {
    UNITS
}

/// The tree as CSV with the columns `code,name,parent`, parents before children.
#[must_use]
pub fn units_csv() -> String {
    let mut text = String::from("code,name,parent\n");
    for unit in UNITS {
        text.push_str(&format!(
            "{},\"{}\",{}\n",
            unit.code, unit.name, unit.parent
        ));
    }
    text
}

/// The name of a unit, or its code when the tree does not hold it.
pub(crate) fn name_of(code: &str) -> &str {
    UNITS
        .iter()
        .find(|unit| unit.code == code)
        .map_or(code, |unit| unit.name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_parent_comes_before_its_children_and_codes_are_six_digits() {
        for (index, unit) in UNITS.iter().enumerate() {
            assert!(
                unit.code.len() == 6 && unit.code.bytes().all(|byte| byte.is_ascii_digit()),
                "{}",
                unit.code
            );
            let above = UNITS[..index].iter().any(|other| other.code == unit.parent);
            assert!(
                unit.parent.is_empty() || above,
                "{} has no parent before it",
                unit.code
            );
        }
    }
}
