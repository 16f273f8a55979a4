//! A small deterministic generator (SplitMix64): the same seed builds the same city on every machine.
//!
//! Owns nothing but its state. Never used for anything secret.

/// SplitMix64 (Steele, Lea, Flood 2014): one 64-bit word of state, good enough to pick made-up words.
pub(crate) struct Rng(u64);

impl Rng {
    /// A generator for one named part of the city, so that adding a part never changes another.
    pub(crate) fn new(seed: u64, part: &str) -> Self {
        Self(
            part.bytes()
                .fold(seed ^ 0x9e37_79b9_7f4a_7c15, |state, byte| {
                    (state ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
                }),
        )
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut word = self.0;
        word = (word ^ (word >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        word = (word ^ (word >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        word ^ (word >> 31)
    }

    /// A number in `0..bound`; `bound` must not be zero.
    pub(crate) fn below(&mut self, bound: u64) -> u64 {
        self.next() % bound
    }

    /// One of the choices; the list must not be empty.
    pub(crate) fn pick<'a, T: ?Sized>(&mut self, choices: &[&'a T]) -> &'a T {
        choices[self.below(choices.len() as u64) as usize]
    }
}

#[cfg(test)]
mod tests {
    use super::Rng;

    #[test]
    fn the_same_seed_and_part_give_the_same_words() {
        let draw = |part| {
            let mut rng = Rng::new(7, part);
            [rng.below(1000), rng.below(1000), rng.below(1000)]
        };
        assert_eq!(draw("surat"), draw("surat"));
        assert_ne!(draw("surat"), draw("agenda"));
    }
}
