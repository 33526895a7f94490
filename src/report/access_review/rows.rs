//! The people of a review as rows: everybody by name, by pseudonym, or only how many are alike.

use super::super::privacy::Mask;
use crate::access::review::{On, Reached, Review};
use crate::access::who::Via;
use crate::access::{Account, PersonId, Role, SituationId, Status};
use std::collections::BTreeMap;

/// A person, or several who are alike where people are only counted.
pub(in crate::report) struct Row {
    /// What is shown of who it is.
    pub(in crate::report) who: String,
    /// The person, or one of them.
    pub(in crate::report) id: PersonId,
    /// How many people the row stands for, where people are only counted.
    pub(in crate::report) count: Option<usize>,
}

/// What a person is known by: the address, else `id:` and the account id.
pub(in crate::report) fn who(review: &Review<'_, '_>, id: PersonId) -> String {
    let person = review.state.people.get(id);
    match (person.email, person.account_id) {
        (Some(email), _) => email.key().to_owned(),
        (None, Some(id)) => format!("id:{id}"),
        (None, None) => "?".to_owned(),
    }
}

/// Returns a row for each person who is shown, in a stable order that tells nothing that the mask hides.
pub(in crate::report) fn rows<'r>(
    review: &'r Review<'_, '_>,
    mask: &'r Mask,
) -> Box<dyn Iterator<Item = Row> + 'r> {
    let row = |id: PersonId| Row {
        who: mask.who(&who(review, id)),
        id,
        count: None,
    };
    if mask.counts() {
        let mut alike: BTreeMap<SituationId, (PersonId, usize)> = BTreeMap::new();
        for id in &review.people {
            let situation = review.state.people.situation_of(*id);
            alike.entry(situation).or_insert((*id, 0)).1 += 1;
        }
        let mut rows: Vec<Row> = alike
            .into_values()
            .map(|(id, count)| Row {
                who: match count {
                    1 => "1 person".to_owned(),
                    _ => format!("{count} people"),
                },
                id,
                count: Some(count),
            })
            .collect();
        rows.sort_by_cached_key(|row| {
            let lists = review.lists.of(review.state, row.id);
            let lists: Vec<String> = lists.iter().map(|on| on.row.label()).collect();
            (std::cmp::Reverse(row.count), lists)
        });
        return Box::new(rows.into_iter());
    }
    if mask.is_full() {
        return Box::new(review.people.iter().map(move |id| row(*id)));
    }
    let mut rows: Vec<Row> = review.people.iter().map(|id| row(*id)).collect();
    rows.sort_by(|a, b| a.who.cmp(&b.who));
    Box::new(rows.into_iter())
}

/// The word for a role.
pub(in crate::report) const fn role(role: Role) -> &'static str {
    match role {
        Role::Customer => "customer",
        Role::Staff => "agent",
        Role::None => "none",
        Role::Unknown => "unknown",
    }
}

/// The word for whether an account can be used.
pub(in crate::report) const fn status(status: Status) -> &'static str {
    match status {
        Status::Active => "active",
        Status::Unverified => "unverified",
        Status::Disabled => "suspended or revoked",
        Status::Perhaps => "perhaps",
    }
}

/// The licence that an account takes, where that is known: agents take one, customers none.
pub(in crate::report) const fn licence(account: Account) -> Option<bool> {
    match account.role {
        Role::Customer | Role::None => Some(false),
        Role::Staff => Some(true),
        Role::Unknown => None,
    }
}

impl Row {
    /// The lists that the person is on; dates of single entries only where people are shown.
    pub(in crate::report) fn lists<'l, 's>(&self, review: &'l Review<'s, '_>) -> Vec<On<'l, 's>> {
        let mut lists = review.lists.of(review.state, self.id);
        if self.count.is_some() {
            lists
                .iter_mut()
                .for_each(|on| (on.until, on.gone) = (None, None));
        }
        lists
    }

    /// The routes to something; places of single entries only where people are shown.
    pub(in crate::report) fn via(&self, review: &Review<'_, '_>, reached: &Reached) -> Vec<Via> {
        match self.count {
            None => review.via(self.id, reached),
            Some(_) => {
                let all = reached.via.iter();
                let all = all.map(|(via, list)| Via {
                    source: via.source.filter(|_| list.is_none()),
                    ..via.clone()
                });
                all.collect()
            }
        }
    }
}
