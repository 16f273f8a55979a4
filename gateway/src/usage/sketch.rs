//! A count of distinct people that holds none of them: linear counting (Whang et al., 1990) over a bit map.
//!
//! Owns the bits. Adding is one atomic *or*. The count is right to about 1 % for up to the ten thousand people of a city.

use std::sync::atomic::{AtomicU64, Ordering};

/// Bits of the map: 2 KiB.
const BITS: u64 = 16_384;
const WORDS: usize = (BITS / 64) as usize;

/// The bit map.
pub(super) struct Sketch(Box<[AtomicU64; WORDS]>);

impl Default for Sketch {
    fn default() -> Self {
        Self(Box::new(std::array::from_fn(|_| AtomicU64::new(0))))
    }
}

impl Sketch {
    /// Reads what [`Sketch::written`] wrote; what is no sketch counts as empty.
    pub(super) fn read(bytes: &[u8]) -> Self {
        let sketch = Self::default();
        let (words, _) = bytes.as_chunks::<8>();
        if words.len() != WORDS {
            return sketch;
        }
        for (word, bytes) in sketch.0.iter().zip(words) {
            word.store(u64::from_le_bytes(*bytes), Ordering::Relaxed);
        }
        sketch
    }

    /// Adds somebody by a hash.
    pub(super) fn add(&self, hash: u64) {
        let bit = hash % BITS;
        self.0[(bit / 64) as usize].fetch_or(1 << (bit % 64), Ordering::Relaxed);
    }

    /// Estimates how many were added.
    pub(super) fn count(&self) -> u64 {
        let ones: u32 = self
            .0
            .iter()
            .map(|word| word.load(Ordering::Relaxed).count_ones())
            .sum();
        let bits = BITS as f64;
        // A full map says no more than that there were very many.
        let empty = (bits - f64::from(ones)).max(1.0);
        (bits * (bits / empty).ln()).round() as u64
    }

    /// Writes the map.
    pub(super) fn written(&self) -> Vec<u8> {
        let bytes = |word: &AtomicU64| word.load(Ordering::Relaxed).to_le_bytes();
        self.0.iter().flat_map(bytes).collect()
    }
}
