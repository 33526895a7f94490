//! Choices, read off a tape of bytes that a seed stands for: nought is the simplest choice everywhere, so that a world that
//! shows something gets small by setting parts of its tape to nought.

/// How many choices a world may take.
const LENGTH: usize = 2400;

/// Choices that are left to make.
pub(crate) struct Tape<'t>(std::slice::Iter<'t, u8>);

impl<'t> Tape<'t> {
    pub(crate) fn new(choices: &'t [u8]) -> Self {
        Self(choices.iter())
    }

    /// One of so many.
    pub(crate) fn below(&mut self, n: u8) -> u8 {
        self.0.next().copied().unwrap_or(0) % n
    }

    /// Once in so many times.
    pub(crate) fn once_in(&mut self, n: u8) -> bool {
        self.below(n) == n - 1
    }

    pub(crate) fn yes(&mut self) -> bool {
        self.once_in(2)
    }

    /// Each once in so many times.
    pub(crate) fn some<T>(&mut self, n: u8, of: impl IntoIterator<Item = T>) -> Vec<T> {
        of.into_iter().filter(|_| self.once_in(n)).collect()
    }

    pub(crate) fn pick<'w>(&mut self, words: &[&'w str]) -> &'w str {
        words[usize::from(self.below(u8::try_from(words.len()).unwrap()))]
    }
}

/// The choices that a seed stands for (splitmix64).
pub(crate) fn choices(seed: u64) -> Vec<u8> {
    let mut state = seed.wrapping_mul(0x2545_f491_4f6c_dd1d);
    let mut next = || {
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)).to_le_bytes()
    };
    (0..LENGTH / 8).flat_map(|_| next()).collect()
}

/// Sets ever smaller parts of the choices to nought, as long as the same is found.
pub(crate) fn smaller(mut choices: Vec<u8>, still: impl Fn(&[u8]) -> bool) -> Vec<u8> {
    let mut part = choices.len() / 2;
    while part > 0 {
        for from in (0..choices.len()).step_by(part) {
            let to = (from + part).min(choices.len());
            if choices[from..to].iter().all(|byte| *byte == 0) {
                continue;
            }
            let mut fewer = choices.clone();
            fewer[from..to].fill(0);
            if still(&fewer) {
                choices = fewer;
            }
        }
        part /= 2;
    }
    choices
}
