//! Names of folders as IMAP writes them: modified UTF-7 (RFC 3501, section 5.1.3).

use base64::Engine as _;
use base64::alphabet::IMAP_MUTF7;
use base64::engine::GeneralPurpose;
use base64::engine::general_purpose::NO_PAD;

const MUTF7: GeneralPurpose = GeneralPurpose::new(&IMAP_MUTF7, NO_PAD);

/// Writes a name in modified UTF-7.
pub(crate) fn encode(name: &str) -> String {
    let mut written = String::new();
    let mut foreign: Vec<u8> = Vec::new();
    for character in name.chars() {
        if (' '..='~').contains(&character) {
            flush(&mut foreign, &mut written);
            written.push(character);
            if character == '&' {
                written.push('-');
            }
        } else {
            let mut units = [0; 2];
            let units = character.encode_utf16(&mut units).iter();
            foreign.extend(units.flat_map(|unit| unit.to_be_bytes()));
        }
    }
    flush(&mut foreign, &mut written);
    written
}

fn flush(foreign: &mut Vec<u8>, written: &mut String) {
    if !foreign.is_empty() {
        written.push('&');
        MUTF7.encode_string(&*foreign, written);
        written.push('-');
        foreign.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_written_as_the_standard_shows() {
        for (name, written) in [
            ("INBOX", "INBOX"),
            ("Masuk & Keluar", "Masuk &- Keluar"),
            ("~peter/mail/台北/日本語", "~peter/mail/&U,BTFw-/&ZeVnLIqe-"),
            ("Café", "Caf&AOk-"),
            ("📨", "&2D3c6A-"),
        ] {
            assert_eq!(encode(name), written);
        }
    }
}
