//! ZIP archives for tests, honest and lying.

use flate2::{Compression, Crc, write::DeflateEncoder};
use std::io::Write as _;

/// Parts, packed.
#[derive(Default, Clone)]
pub(crate) struct Archive {
    parts: Vec<Part>,
}

#[derive(Clone)]
struct Part {
    name: &'static str,
    /// 0 as it is, 8 deflated.
    method: u8,
    packed: Vec<u8>,
    size: u32,
    crc: u32,
}

impl Archive {
    pub(crate) fn with(self, name: &'static str, bytes: &[u8]) -> Self {
        let mut encoder = DeflateEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(bytes).expect("it is packed");
        let packed = encoder.finish().expect("it is packed");
        self.part(name, 8, packed, bytes)
    }

    /// A part that is not packed.
    pub(crate) fn plain(self, name: &'static str, bytes: &[u8]) -> Self {
        self.part(name, 0, bytes.to_vec(), bytes)
    }

    fn part(mut self, name: &'static str, method: u8, packed: Vec<u8>, bytes: &[u8]) -> Self {
        let mut crc = Crc::new();
        crc.update(bytes);
        self.parts.push(Part {
            name,
            method,
            packed,
            size: bytes.len() as u32,
            crc: crc.sum(),
        });
        self
    }

    /// The same, but its directory says that every part is small.
    pub(crate) fn understated(&self) -> Self {
        let mut lying = self.clone();
        for part in &mut lying.parts {
            part.size = 100;
        }
        lying
    }

    pub(crate) fn bytes(&self) -> Vec<u8> {
        let (mut file, mut directory) = (Vec::new(), Vec::new());
        for part in &self.parts {
            let place = file.len() as u32;
            let common = common(part);
            file.extend_from_slice(b"PK\x03\x04");
            file.extend_from_slice(&common);
            file.extend_from_slice(part.name.as_bytes());
            file.extend_from_slice(&part.packed);
            directory.extend_from_slice(b"PK\x01\x02\x14\0");
            directory.extend_from_slice(&common);
            directory.extend_from_slice(&[0; 10]);
            directory.extend_from_slice(&place.to_le_bytes());
            directory.extend_from_slice(part.name.as_bytes());
        }
        let (place, size) = (file.len() as u32, directory.len() as u32);
        file.extend_from_slice(&directory);
        file.extend_from_slice(b"PK\x05\x06\0\0\0\0");
        for _ in 0..2 {
            file.extend_from_slice(&(self.parts.len() as u16).to_le_bytes());
        }
        file.extend_from_slice(&size.to_le_bytes());
        file.extend_from_slice(&place.to_le_bytes());
        file.extend_from_slice(&[0; 2]);
        file
    }
}

/// What stands in both headers of a part, from the version to the length of the extra field.
fn common(part: &Part) -> Vec<u8> {
    let mut common = vec![20, 0, 0, 0, part.method, 0, 0, 0, 0, 0];
    for number in [part.crc, part.packed.len() as u32, part.size] {
        common.extend_from_slice(&number.to_le_bytes());
    }
    common.extend_from_slice(&(part.name.len() as u16).to_le_bytes());
    common.extend_from_slice(&[0; 2]);
    common
}
