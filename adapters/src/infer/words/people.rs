//! Words of people: what a field with somebody's number, address or name is called.

use super::{folded, words};

/// The number of a civil servant.
pub(in crate::infer) const NIP: &[&str] = &["nip"];
/// The number of a resident, or of a household.
pub(in crate::infer) const NIK: &[&str] = &["nik", "ktp", "kk"];
/// An e-mail address.
pub(in crate::infer) const EMAIL: &[&str] = &["email", "surel"];
/// A telephone number.
pub(in crate::infer) const PHONE: &[&str] = &[
    "telepon",
    "telp",
    "hp",
    "phone",
    "wa",
    "whatsapp",
    "handphone",
    "ponsel",
];
/// Another number of one person.
const NUMBER: &[&str] = &["npwp", "rekening"];
/// Whole names of fields that hold the name of a person.
pub(in crate::infer) const PERSON: &[&str] = &[
    "nama_lengkap",
    "nama_pegawai",
    "pegawai",
    "pelapor",
    "nama_pelapor",
    "pengadu",
    "pemohon",
    "nama_pemohon",
    "reporter",
    "applicant",
    "author_name",
    "nama_pasien",
    "pasien",
    "nama_siswa",
    "siswa",
    "nama_wp",
    "wajib_pajak",
    "nama_pemilik",
    "pemilik",
    "assigned_to_name",
    "user_name",
    "full_name",
    "nama_ibu",
    "nama_ayah",
    "penduduk",
    "nama_penduduk",
    "organizer",
    "attendees",
];
/// Words that name somebody, whatever stands beside them.
const SOMEBODY: &[&str] = &[
    "anak",
    "applicant",
    "attendee",
    "attendees",
    "author",
    "ayah",
    "customer",
    "dokter",
    "guest",
    "guru",
    "ibu",
    "istri",
    "kontak",
    "contact",
    "kuasa",
    "murid",
    "nasabah",
    "organizer",
    "pasien",
    "patient",
    "pegawai",
    "pelanggan",
    "pelapor",
    "pemilik",
    "pemohon",
    "pendaftar",
    "penduduk",
    "penerima",
    "pengadu",
    "pengguna",
    "pengirim",
    "pengunjung",
    "peserta",
    "petugas",
    "reporter",
    "siswa",
    "student",
    "suami",
    "tamu",
    "user",
    "username",
    "visitor",
    "warga",
    "wp",
];
/// Whole names that say where or when somebody was born or lives.
const ABOUT: &[&str] = &[
    "alamat",
    "alamat_rumah",
    "alamat_lengkap",
    "alamat_domisili",
    "tempat_lahir",
    "tgl_lahir",
    "tanggal_lahir",
    "ttl",
    "birth_date",
    "date_of_birth",
];
/// Words that make of a person's field one that counts, numbers or sorts people.
const NOT_NAMES: &[&str] = &[
    "count", "id", "instansi", "jabatan", "jenis", "jumlah", "kategori", "kode", "no", "nomor",
    "role", "status", "tanggal", "tgl", "tipe", "total", "type", "unit", "waktu",
];

/// Tells whether a field, by its name, holds what names or concerns a person: `Nama Tamu`, `no_hp`, `tglLahir`.
#[must_use]
pub fn is_personal_name(name: &str) -> bool {
    let (said, whole) = (words(name), folded(name));
    let any = |known: &[&str]| said.iter().any(|word| known.contains(&word.as_str()));
    let numbered = [NIP, NIK, EMAIL, PHONE, NUMBER].into_iter().any(any);
    let named = (PERSON.contains(&whole.as_str()) || any(SOMEBODY)) && !any(NOT_NAMES);
    ABOUT.contains(&whole.as_str()) || numbered || named
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_of_people_are_known_by_their_names_however_they_are_written() {
        for name in [
            "Nama Tamu",
            "no_hp",
            "tglLahir",
            "pelapor.nama_lengkap",
            "NIK",
            "email_pemohon",
            "Pengirim",
        ] {
            assert!(is_personal_name(name), "{name}");
        }
        for name in [
            "nama_kegiatan",
            "jumlah_pegawai",
            "id_pelapor",
            "No. Tamu",
            "status",
            "perihal",
            "kode_wp",
            "tgl_ubah",
            "alamat_web",
        ] {
            assert!(!is_personal_name(name), "{name}");
        }
    }
}
