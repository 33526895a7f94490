//! Sentences about classes: anyone on the web, anyone with an address, every customer, new addresses of a domain.

use super::super::impact::ClassRow;
use super::super::text::values::counted;
use super::{Fate, NAMES, SENTENCES, Sentence, places, rank};
use crate::access::is_public_mail;
use crate::neutral::phrase::Phrase;

/// The rank of new addresses of a domain, after the wider classes.
const DOMAIN: u8 = 4;

/// A class, or new addresses of several domains with one fate.
#[derive(Clone)]
struct Told {
    row: ClassRow,
    /// The domains, the first few of them.
    domains: Vec<String>,
    /// How many there are.
    count: usize,
}

/// Says one sentence per class and thing; domains with one fate share theirs.
pub(super) fn tell(mut rows: Vec<&ClassRow>, many: bool, all: &mut Vec<Sentence>) {
    rows.sort_by_key(|row| class_rank(&row.class));
    let mut shared: Vec<Told> = Vec::new();
    for row in rows {
        let fate = |row: &ClassRow| {
            (
                is_public(&row.class),
                row.site.clone(),
                row.project.clone(),
                row.article.clone(),
                row.before.clone(),
                row.after.clone(),
            )
        };
        let domain = row.class.strip_prefix("*@");
        let alike = shared.iter_mut().find(|told| {
            domain.is_some() && !told.domains.is_empty() && fate(&told.row) == fate(row)
        });
        match (alike, domain) {
            (Some(told), Some(domain)) => {
                told.count += 1;
                if told.count <= NAMES {
                    told.domains.push(domain.to_owned());
                }
            }
            _ => shared.push(Told {
                row: row.clone(),
                domains: domain.map(str::to_owned).into_iter().collect(),
                count: 1,
            }),
        }
    }
    for told in shared.iter().take(SENTENCES) {
        let row = &told.row;
        let wide = class_rank(&row.class) < DOMAIN || is_public(&row.class);
        let grave = rises(row) && wide;
        let text = sentence(told, many);
        let (fate, causes) = (fate(row), places(&row.caused_by));
        all.push(Sentence {
            text,
            grave,
            fate,
            causes,
        });
    }
    if shared.len() > SENTENCES {
        let text = format!("The same for {} more.", shared.len() - SENTENCES);
        let (text, grave) = (Phrase::of(&text), false);
        let fate = shared.first().map_or(Fate::Gains, |told| fate(&told.row));
        let causes = Vec::new();
        all.push(Sentence {
            text,
            grave,
            fate,
            causes,
        });
    }
}

fn fate(row: &ClassRow) -> Fate {
    match rises(row) {
        true => Fate::Gains,
        false => Fate::Loses,
    }
}

fn rises(row: &ClassRow) -> bool {
    rank(&row.after) > rank(&row.before)
}

fn sentence(told: &Told, many: bool) -> Phrase {
    let row = &told.row;
    let mut what = match &row.article {
        Some(space) => Phrase::of("read the articles of ")
            .key(space)
            .word(" in ")
            .key(&row.project),
        None => Phrase::of("open ").key(&row.project),
    };
    if many {
        what = what.word(" on ").key(&row.site);
    }
    let was = match (row.people_before, &row.article) {
        (n, None) if rises(row) && n > 0 && class_rank(&row.class) < DOMAIN => {
            let least = match row.people_before_whole {
                true => "",
                false => "at least ",
            };
            format!(" (was: {least}{})", counted(n, "customer", "customers"))
        }
        _ => String::new(),
    };
    if rises(row) {
        let can = match row.after.as_str() {
            "yes" => " will be able to ",
            _ => " may be able to ",
        };
        let sure = if row.before == "uncertain" {
            " for sure"
        } else {
            ""
        };
        let text = who(told).word(can).then(&what);
        return text.word(sure).word(&was).word(".");
    }
    let no_longer = no_longer(told);
    match row.after.as_str() {
        // It was not known that they could.
        "no" if row.before == "uncertain" => no_longer
            .word(" may have been able to ")
            .then(&what)
            .word(", and certainly no longer are."),
        "no" => no_longer.word(" can no longer ").then(&what).word("."),
        _ => no_longer
            .word(" may no longer be able to ")
            .then(&what)
            .word(&was)
            .word("."),
    }
}

fn who(told: &Told) -> Phrase {
    match told.row.class.as_str() {
        "anonymous" => Phrase::of("Anyone on the web"),
        "anyone" => Phrase::of("Anyone with an e-mail address"),
        "any_customer" => Phrase::of("Every customer of the site"),
        "anyone_of_public_mail" => Phrase::of("Anyone with an address of a public mail provider"),
        "anyone_of_companies" => Phrase::of("Anyone with an address of a company"),
        domain if is_public(domain) => Phrase::of("Anyone with an address ")
            .then(&domains(told))
            .word(", of a public mail provider,"),
        _ => Phrase::of("Any new address ").then(&domains(told)),
    }
}

fn no_longer(told: &Told) -> Phrase {
    match told.row.class.as_str() {
        "anonymous" => Phrase::of("People without login"),
        "anyone" => {
            let text = Phrase::of("New people with any e-mail address");
            let except = &told.row.except;
            if except.is_empty() {
                return text;
            }
            let shown: Vec<Phrase> = except.iter().take(NAMES).map(|name| at(name)).collect();
            let text = text.word(" but ").joined(&shown, ", ");
            match except.len() - shown.len() {
                0 => text,
                more => text.word(&format!(" and {more} more domains")),
            }
        }
        "any_customer" => Phrase::of("Customers who are on no list"),
        "anyone_of_public_mail" => {
            Phrase::of("New people with any address of a public mail provider")
        }
        "anyone_of_companies" => Phrase::of("New people with any address of a company"),
        _ => Phrase::of("New addresses ").then(&domains(told)),
    }
}

fn at(domain: &str) -> Phrase {
    Phrase::default().key(&format!("@{domain}"))
}

fn domains(told: &Told) -> Phrase {
    let shown: Vec<Phrase> = told.domains.iter().map(|name| at(name)).collect();
    let text = match shown.as_slice() {
        // A class of a later version is shown as it is.
        [] => Phrase::default().key(&told.row.class),
        shown => Phrase::default().joined(shown, ", "),
    };
    match told.count.saturating_sub(shown.len().max(1)) {
        0 => text,
        more => text.word(&format!(" and {more} more domains")),
    }
}

/// Says whether a class is new addresses of a domain at which anybody can get one.
fn is_public(class: &str) -> bool {
    class.strip_prefix("*@").is_some_and(is_public_mail)
}

fn class_rank(class: &str) -> u8 {
    match class {
        "anonymous" => 0,
        "anyone" => 1,
        "any_customer" => 2,
        "anyone_of_public_mail" | "anyone_of_companies" => 3,
        _ => DOMAIN,
    }
}
