//! The sentences for what happens to the data, and what to do about it.

use super::effect::Effect;
use divos_model::Lang;

pub(crate) fn sentence(effect: Effect, lang: Lang) -> &'static str {
    let (id, en) = match effect {
        Effect::Deleted => (
            "DIHAPUS: sumber tidak lagi dibaca; butir-butirnya tidak diperbarui lagi dan berakhir menurut aturan hapusnya",
            "DELETED: the source is read no more; its items are no longer kept up and end by its delete rule",
        ),
        Effect::Rekeyed => (
            "KUNCI BERUBAH: setiap butir mendapat id baru; yang lama tertinggal bersama tanda baca dan bintangnya",
            "RE-KEYED: every item gets a new id; the old ones are left behind with their read marks and stars",
        ),
        Effect::Widened => (
            "PRIVASI DILONGGARKAN: lebih banyak orang melihat lebih banyak; perlu izin pemilik data",
            "PRIVACY WIDENED: more people see more; the owner of the data must agree",
        ),
        Effect::DeletesMore => (
            "HAPUS BERUBAH: butir yang dulu disimpan dapat dihapus; jalankan dulu `connector run` dan bandingkan jumlahnya",
            "DELETES MORE: items that were kept may now be deleted; try `connector run` first and compare the counts",
        ),
        Effect::ShorterKept => (
            "DISIMPAN LEBIH SINGKAT: butir yang lebih tua dari batas baru dihapus",
            "KEPT SHORTER: items older than the new limit are deleted",
        ),
        Effect::Refetched => (
            "diambil ulang: permintaan berubah; lintasan penuh berikutnya membaca semuanya lagi",
            "re-fetched: what is asked for changes; the next full pass reads everything again",
        ),
        Effect::Remapped => (
            "dipetakan ulang: isi butir berubah pada lintasan penuh berikutnya; id tetap",
            "re-mapped: items change with the next full pass; their ids stay",
        ),
        Effect::Audience => (
            "sasaran menurut pemetaan berubah: periksa siapa yang melihat butir dengan `connector run`",
            "audience by mapping changes: check who sees the items with `connector run`",
        ),
        Effect::Tightened => (
            "privasi diperketat: lebih sedikit orang melihat, atau lebih banyak yang disamarkan",
            "privacy tightened: fewer people see, or more is hidden",
        ),
        Effect::DeletesLess => (
            "aturan hapus berubah, tanpa menghapus lebih banyak",
            "the delete rule changes, without deleting more",
        ),
        Effect::Address => (
            "alamat berubah: pastikan yang baru adalah aplikasi yang sama",
            "address changes: make sure that the new one is the same app",
        ),
        Effect::Access => (
            "cara masuk atau izin berubah; data tetap",
            "sign-in or permissions change; the data stays",
        ),
        Effect::Schedule => ("jadwal berubah", "schedule changes"),
        Effect::Added => (
            "sumber baru: datanya ditambahkan",
            "new source: its data is added",
        ),
        Effect::Setting => (
            "setelan yang tidak mengubah data",
            "settings that do not change the data",
        ),
    };
    lang.pick(id, en)
}
