//! A list of accounts that is always sorted by account id, so that any page of it is a slice.

use super::accounts::{Accounts, Handle};
use serde::{Deserialize, Serialize};

/// Members of an organization or customers of a service project, sorted by account id.
///
/// A batch costs one pass over the tail of the list, whatever its size; a page costs nothing but its rows.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub(super) struct Members(Vec<Handle>);

impl Members {
    pub(super) fn as_slice(&self) -> &[Handle] {
        &self.0
    }

    pub(super) fn contains(&self, handle: Handle, accounts: &Accounts) -> bool {
        self.position(handle, accounts).is_ok()
    }

    /// Adds those that are not there yet.
    pub(super) fn insert(&mut self, mut batch: Vec<Handle>, accounts: &Accounts) {
        batch.sort_unstable_by(|a, b| accounts.id_of(*a).cmp(accounts.id_of(*b)));
        batch.dedup();
        let new: Vec<(usize, Handle)> = batch
            .into_iter()
            .filter_map(|handle| Some((self.position(handle, accounts).err()?, handle)))
            .collect();
        let mut end = self.0.len();
        self.0.resize(end + new.len(), 0);
        for (before, (position, handle)) in new.into_iter().enumerate().rev() {
            self.0.copy_within(position..end, position + before + 1);
            self.0[position + before] = handle;
            end = position;
        }
    }

    /// Removes those that are there.
    pub(super) fn remove(&mut self, batch: &[Handle], accounts: &Accounts) {
        let mut positions: Vec<usize> = batch
            .iter()
            .filter_map(|handle| self.position(*handle, accounts).ok())
            .collect();
        positions.sort_unstable();
        positions.dedup();
        let Some(&first) = positions.first() else {
            return;
        };
        let mut to = first;
        for (i, position) in positions.iter().enumerate() {
            let end = positions.get(i + 1).copied().unwrap_or(self.0.len());
            self.0.copy_within(position + 1..end, to);
            to += end - position - 1;
        }
        self.0.truncate(to);
    }

    fn position(&self, handle: Handle, accounts: &Accounts) -> Result<usize, usize> {
        let id = accounts.id_of(handle);
        self.0
            .binary_search_by(|other| accounts.id_of(*other).cmp(id))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::emulator::accounts::{Account, AccountState, Role};
    use crate::model::AccountKind;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    proptest! {
        #[test]
        fn members_behave_like_a_sorted_set(steps in prop::collection::vec((any::<bool>(), prop::collection::vec(0u32..40, 0..12)), 0..20)) {
            let mut accounts = Accounts::default();
            for i in 0..40u32 {
                let id = format!("{}", (i * 17) % 40 + 100);
                accounts.put(Account {
                    id: id.as_str().into(), email: id.as_str().into(), name: id.as_str().into(),
                    kind: AccountKind::PortalOnly, role: Role::None, also_customer: false,
                    apps: BTreeSet::new(), service: false, state: AccountState::Active, email_hidden: false,
                });
            }
            let mut members = Members::default();
            let mut model = BTreeSet::new();
            for (add, batch) in steps {
                if add {
                    model.extend(batch.iter().map(|h| accounts.id_of(*h).to_owned()));
                    members.insert(batch, &accounts);
                } else {
                    for handle in &batch { model.remove(accounts.id_of(*handle)); }
                    members.remove(&batch, &accounts);
                }
                let got: Vec<&str> = members.as_slice().iter().map(|h| accounts.id_of(*h)).collect();
                let want: Vec<&str> = model.iter().map(String::as_str).collect();
                prop_assert_eq!(got, want);
            }
        }
    }
}
