//! The rows of a plan under judgement, and what stands against each.

use crate::plan::{Block, Change};

/// Rows and their blocks. The rows do not change while they are judged; blocks only grow.
#[derive(Debug)]
pub struct Sheet<'c> {
    changes: &'c [Change],
    blocks: Vec<Vec<Block>>,
    count: usize,
}

impl<'c> Sheet<'c> {
    /// Begins with what stands against the rows already.
    pub fn new(changes: &'c [Change]) -> Self {
        let blocks: Vec<Vec<Block>> = changes.iter().map(|row| row.blocked_by.clone()).collect();
        Self {
            count: blocks.iter().map(Vec::len).sum(),
            changes,
            blocks,
        }
    }

    /// Returns every row.
    pub const fn changes(&self) -> &'c [Change] {
        self.changes
    }

    /// Says whether nothing stands against a row.
    pub fn is_free(&self, at: usize) -> bool {
        self.blocks[at].is_empty()
    }

    /// Returns what stands against a row.
    pub fn blocks(&self, at: usize) -> &[Block] {
        &self.blocks[at]
    }

    /// Returns how many blocks there are.
    pub const fn count(&self) -> usize {
        self.count
    }

    /// Returns the rows that nothing stands against and that change something, with their positions. A row whose value
    /// nobody could read is a question, not a change.
    pub fn free(&self) -> impl Iterator<Item = (usize, &'c Change)> {
        let rows = self.changes.iter().enumerate();
        rows.filter(|(at, row)| self.is_free(*at) && !row.is_question())
    }

    /// Returns the rows that apply carries out.
    pub fn applied(&self) -> impl Iterator<Item = &'c Change> {
        let rows = self.free().map(|(_, row)| row);
        rows.filter(|row| row.waiting_for.is_empty() && !row.is_by_hand())
    }

    /// Returns the rows that a person carries out, and those that wait for one.
    pub fn later(&self) -> impl Iterator<Item = &'c Change> {
        let rows = self.free().map(|(_, row)| row);
        rows.filter(|row| !row.waiting_for.is_empty() || row.is_by_hand())
    }

    /// Lets something stand against a row.
    pub fn block(&mut self, at: usize, block: Block) {
        if !self.blocks[at].contains(&block) {
            self.blocks[at].push(block);
            self.count += 1;
        }
    }

    /// Returns the blocks of every row, in order.
    pub fn into_blocks(mut self) -> Vec<Vec<Block>> {
        for blocks in &mut self.blocks {
            blocks.sort();
        }
        self.blocks
    }
}
