//! The three worlds of a plan.

use super::Sheet;
use crate::access::State;

/// What access depends on at three moments, each made from the one before by the effects that are carried out.
#[derive(Debug)]
pub struct Worlds<'b, 'a> {
    /// As read.
    pub before: &'b State<'a>,
    /// When apply has carried out what is neither blocked, nor accepted drift, nor waiting.
    pub applied: State<'b>,
    /// When people have taken their steps, and what waits for them has been carried out too; `None` where nothing is left.
    pub done: Option<State<'b>>,
}

impl<'b, 'a: 'b> Worlds<'b, 'a> {
    /// Makes the worlds that the free rows of a sheet lead to.
    pub fn new(before: &'b State<'a>, sheet: &Sheet<'b>) -> Self {
        let applied = before.after(sheet.applied());
        let later: Vec<_> = sheet.later().collect();
        let done = (!later.is_empty()).then(|| applied.after(later));
        Self {
            before,
            applied,
            done,
        }
    }

    /// Returns the last world.
    pub const fn done(&self) -> &State<'b> {
        match &self.done {
            Some(done) => done,
            None => &self.applied,
        }
    }

    /// Returns the worlds after the first.
    pub fn after(&self) -> impl Iterator<Item = &State<'b>> {
        std::iter::once(&self.applied).chain(&self.done)
    }
}
