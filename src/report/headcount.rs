//! How many people lose and gain something, surely and perhaps: counted once, for the verdict, the question before apply, and
//! the numbers of every form.

use super::impact::{AccessImpact, Further, GroupRow, NamedRow};
use super::sentences::people;
use std::collections::BTreeSet;

/// How many people something happens to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Count {
    /// To whom it surely does.
    pub(crate) sure: usize,
    /// To whom it does, surely or perhaps: never fewer.
    pub(crate) all: usize,
}

impl Count {
    /// Returns to how many it may happen, and may not.
    pub(super) const fn perhaps(self) -> usize {
        self.all - self.sure
    }

    /// Says so many people do something, in a sentence that begins with a number or `at least`: surely, perhaps, or both.
    fn told(self, least: &str, one: &str, many: &str) -> String {
        let verb = |n: usize| if n == 1 { one } else { many };
        match (self.sure, self.perhaps()) {
            (0, n) => format!("{least}{} may {many} something", people(n)),
            (n, 0) => format!("{least}{} {} something", people(n), verb(n)),
            (n, _) => format!(
                "{least}{} {} something, perhaps {}",
                people(n),
                verb(n),
                self.all
            ),
        }
    }

    /// Returns the number for a heading of its own: `6`, `6, perhaps 11`, `perhaps 5`; `more` follows what is only a least number.
    pub(super) fn number(self, more: &str) -> String {
        match (self.sure, self.perhaps()) {
            (n, 0) => format!("{n}{more}"),
            (0, n) => format!("perhaps {n}{more}"),
            (n, _) => format!("{n}{more}, perhaps {}", self.all),
        }
    }
}

/// Who loses and gains, in numbers.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Headcount {
    /// Who loses something.
    pub(crate) losing: Count,
    /// Who gains something.
    pub(crate) gaining: Count,
    /// Who loses a route and keeps the portal by another.
    pub(super) keeping: Count,
    /// Who loses something and ends without any portal.
    pub(crate) without: Count,
    /// Whether there may be more, as something managed was not read.
    least: bool,
}

impl Headcount {
    /// Counts what apply does.
    pub(crate) fn applied(impact: &AccessImpact) -> Self {
        Self::of(impact, &[impact.applied()])
    }

    /// Counts what apply does and the steps by hand add.
    pub(super) fn whole(impact: &AccessImpact) -> Self {
        Self::of(
            impact,
            &[impact.applied(), impact.with_manual_steps.clone()],
        )
    }

    fn of(impact: &AccessImpact, parts: &[Further]) -> Self {
        Self {
            losing: groups(parts, |part| &part.losses, |part| part.people_losing),
            gaining: groups(parts, |part| &part.gains, |part| part.people_gaining),
            keeping: groups(parts, |part| &part.keeps, |_| 0),
            without: without(parts),
            least: impact.at_least.is_some(),
        }
    }

    /// Says who loses something, and how many of them every portal; `None` where nobody does.
    pub(crate) fn loses(self) -> Option<String> {
        if self.losing.all == 0 {
            return None;
        }
        let every = match (self.without.sure, self.without.perhaps()) {
            (0, 0) => String::new(),
            (0, n) if n >= self.losing.all => ", perhaps every portal".to_owned(),
            (0, n) => format!(", perhaps {n} of them every portal"),
            (n, 0) => format!(", {n} of them every portal"),
            (n, _) => format!(", {n} of them every portal, perhaps {}", self.without.all),
        };
        Some(self.losing.told(self.at_least(), "loses", "lose") + &every)
    }

    /// Says who gains something; `None` where nobody does.
    pub(crate) fn gains(self) -> Option<String> {
        (self.gaining.all > 0).then(|| self.gaining.told(self.at_least(), "gains", "gain"))
    }

    const fn at_least(self) -> &'static str {
        if self.least { "at least " } else { "" }
    }
}

/// Counts the people of some groups. Where only numbers are shown nobody can say who stands in two of them: then those who surely
/// do are as many as the largest group that does.
fn groups(
    parts: &[Further],
    of: fn(&Further) -> &[GroupRow],
    counted: fn(&Further) -> usize,
) -> Count {
    let rows = || parts.iter().flat_map(of).filter(|row| row.people > 0);
    let is_sure = |row: &&GroupRow| row.before != "uncertain" && row.after != "uncertain";
    let all = names(rows()).max(parts.iter().map(counted).max().unwrap_or(0));
    let sure = match rows().all(|row| is_sure(&row)) {
        true => all,
        false => names(rows().filter(is_sure)).min(all),
    };
    Count { sure, all }
}

/// How many different people stand in some groups; as many as in the largest where no names are shown.
fn names<'g>(rows: impl Iterator<Item = &'g GroupRow>) -> usize {
    let (mut names, mut most) = (BTreeSet::new(), 0);
    for row in rows {
        names.extend(row.list.iter().map(|name| (&row.site, name)));
        most = most.max(row.people);
    }
    names.len().max(most)
}

/// Counts who ends without any portal, surely and perhaps.
fn without(parts: &[Further]) -> Count {
    let sure = || parts.iter().map(|part| &part.without_any_access);
    let known: BTreeSet<&String> = sure().flat_map(|row| &row.list).collect();
    let unsure = |row: &NamedRow| match row.list.is_empty() {
        true => row.people,
        false => row.list.iter().filter(|name| !known.contains(name)).count(),
    };
    let sure = sure().map(|row| row.people).sum();
    let perhaps = parts.iter().map(|part| unsure(&part.without_sure_access));
    let perhaps = perhaps.max().unwrap_or(0);
    Count {
        sure,
        all: sure + perhaps,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::neutral::phrase::Phrase;

    fn group(before: &str, after: &str, names: &[&str]) -> GroupRow {
        GroupRow {
            site: "acme".to_owned(),
            project: "HR".to_owned(),
            article: None,
            before: before.to_owned(),
            after: after.to_owned(),
            people: names.len(),
            via: Phrase::default(),
            lost: Phrase::default(),
            by: Vec::new(),
            list: names.iter().map(|&name| name.to_owned()).collect(),
            caused_by: Vec::new(),
            because: Vec::new(),
        }
    }

    fn named(names: &[&str]) -> NamedRow {
        NamedRow {
            people: names.len(),
            list: names.iter().map(|&name| name.to_owned()).collect(),
            ..NamedRow::default()
        }
    }

    fn losing(losses: Vec<GroupRow>, without: [&[&str]; 2]) -> AccessImpact {
        let people: BTreeSet<String> = losses.iter().flat_map(|row| row.list.clone()).collect();
        AccessImpact {
            people_losing: Some(people.len()),
            people_gaining: Some(0),
            losses,
            without_any_access: named(without[0]),
            without_sure_access: named(without[1]),
            ..AccessImpact::default()
        }
    }

    fn said(impact: &AccessImpact) -> String {
        Headcount::applied(impact).loses().unwrap_or_default()
    }

    #[test]
    fn what_is_not_sure_is_said_so() {
        let sure = losing(vec![group("yes", "no", &["a", "b"])], [&[], &[]]);
        assert_eq!(said(&sure), "2 people lose something");
        let unsure = losing(vec![group("yes", "uncertain", &["a", "b"])], [&[], &[]]);
        assert_eq!(said(&unsure), "2 people may lose something");
        let rows = vec![
            group("yes", "no", &["a"]),
            group("uncertain", "no", &["a", "b"]),
        ];
        let both = losing(rows, [&[], &[]]);
        assert_eq!(said(&both), "1 person loses something, perhaps 2");
        assert_eq!(Headcount::applied(&both).losing.number(""), "1, perhaps 2");
        assert_eq!(
            Headcount::applied(&unsure).losing.number(" or more"),
            "perhaps 2 or more"
        );
    }

    #[test]
    fn every_portal_is_lost_surely_or_perhaps() {
        let rows = || vec![group("yes", "uncertain", &["a", "b"])];
        let all = losing(rows(), [&[], &["a", "b"]]);
        assert_eq!(
            said(&all),
            "2 people may lose something, perhaps every portal"
        );
        let one = losing(rows(), [&[], &["a"]]);
        assert_eq!(
            said(&one),
            "2 people may lose something, perhaps 1 of them every portal"
        );
        let both = losing(vec![group("yes", "no", &["a", "b"])], [&["a"], &["a", "b"]]);
        assert_eq!(
            said(&both),
            "2 people lose something, 1 of them every portal, perhaps 2"
        );
    }

    #[test]
    fn where_not_everything_was_read_there_may_be_more() {
        let mut impact = losing(vec![group("yes", "no", &["a"])], [&[], &[]]);
        impact.people_losing = None;
        impact.at_least = Some(super::super::impact::AtLeast {
            people_gaining: 0,
            people_losing: 1,
        });
        assert_eq!(said(&impact), "at least 1 person loses something");
    }

    #[test]
    fn numbers_without_names_are_counted_too() {
        let mut impact = losing(vec![group("yes", "uncertain", &["a", "b"])], [&[], &["a"]]);
        for row in &mut impact.losses {
            row.list.clear();
        }
        impact.without_sure_access.list.clear();
        assert_eq!(
            said(&impact),
            "2 people may lose something, perhaps 1 of them every portal"
        );
    }

    #[test]
    fn the_steps_by_hand_count_nobody_twice() {
        let mut impact = losing(vec![group("yes", "uncertain", &["a"])], [&[], &["a"]]);
        impact.with_manual_steps =
            losing(vec![group("uncertain", "no", &["a"])], [&[], &["a"]]).applied();
        let whole = Headcount::whole(&impact);
        assert_eq!(whole.losing, Count { sure: 0, all: 1 });
        assert_eq!(whole.without, Count { sure: 0, all: 1 });
    }
}
