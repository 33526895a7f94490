//! Addresses that differ by so little that one may be a slip of the pen for the other.
//!
//! Two are alike when one of local part and domain is the same and the letters of the other differ by two or less. Digits are
//! no slip: `user17` and `user18` are two people. Large lists are compared by an index of the letters with one or two left
//! out, never everybody with everybody.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};

/// The most letters by which alike parts differ.
const FEW: usize = 2;
/// Up to this many pairs, comparing each is cheaper than an index.
const PAIRS: usize = 1024;
/// Above this many addresses the index leaves out one letter instead of two: that finds one slip, and most of two.
const MANY: usize = 10_000;

/// An address in its two parts, in compared form.
type Parts<'p> = (&'p str, &'p str);

fn parts(address: &str) -> Parts<'_> {
    address.rsplit_once('@').unwrap_or((address, ""))
}

/// Returns pairs of alike addresses as positions in both lists, each address once, the nearest first.
pub(super) fn pairs(come: &[&str], gone: &[&str]) -> Vec<(usize, usize)> {
    let come: Vec<Parts<'_>> = come.iter().map(|address| parts(address)).collect();
    let gone: Vec<Parts<'_>> = gone.iter().map(|address| parts(address)).collect();
    let mut found: Vec<(usize, usize, usize)> = candidates(&come, &gone)
        .into_iter()
        .filter_map(|(a, b)| Some((distance(come[a], gone[b])?, a, b)))
        .collect();
    found.sort_unstable();
    let mut taken = (vec![false; come.len()], vec![false; gone.len()]);
    found.retain(|(_, a, b)| {
        let free = !taken.0[*a] && !taken.1[*b];
        if free {
            taken.0[*a] = true;
            taken.1[*b] = true;
        }
        free
    });
    found.into_iter().map(|(_, a, b)| (a, b)).collect()
}

/// Says whether two addresses are alike.
pub(super) fn alike(one: &str, other: &str) -> bool {
    distance(parts(one), parts(other)).is_some()
}

/// Returns by how many letters two addresses differ, where they are alike.
fn distance(one: Parts<'_>, other: Parts<'_>) -> Option<usize> {
    let (a, b) = if one.1 == other.1 {
        (one.0, other.0)
    } else if one.0 == other.0 {
        (one.1, other.1)
    } else {
        return None;
    };
    if digits(a) != digits(b) {
        return None;
    }
    let (a, b) = (letters(a), letters(b));
    let (long, short) = (a.len().max(b.len()), a.len().min(b.len()));
    if long - short > FEW {
        return None;
    }
    let distance = strsim::generic_damerau_levenshtein(&a, &b);
    // Of `bo` and `cy` nothing is left to be alike.
    (distance > 0 && distance <= FEW && long >= distance + 2).then_some(distance)
}

fn digits(part: &str) -> String {
    part.chars().filter(char::is_ascii_digit).collect()
}

fn letters(part: &str) -> Vec<char> {
    part.chars().filter(|c| !c.is_ascii_digit()).collect()
}

/// Returns pairs that may be alike.
fn candidates(come: &[Parts<'_>], gone: &[Parts<'_>]) -> Vec<(usize, usize)> {
    if come.len().saturating_mul(gone.len()) <= PAIRS {
        let all = 0..come.len();
        return all
            .flat_map(|a| (0..gone.len()).map(move |b| (a, b)))
            .collect();
    }
    let depth = if come.len() + gone.len() > MANY {
        1
    } else {
        FEW
    };
    let mut index: HashMap<u64, Vec<usize>> = HashMap::new();
    for (at, parts) in gone.iter().enumerate() {
        for hash in variants(*parts, depth) {
            index.entry(hash).or_default().push(at);
        }
    }
    let mut found = Vec::new();
    for (at, parts) in come.iter().enumerate() {
        for hash in variants(*parts, depth) {
            found.extend(
                index
                    .get(&hash)
                    .into_iter()
                    .flatten()
                    .map(|gone| (at, *gone)),
            );
        }
    }
    found.sort_unstable();
    found.dedup();
    found
}

/// Returns what alike addresses have in common: the part that is the same, the digits of the other part, and its letters with
/// up to `depth` of them left out.
fn variants(parts: Parts<'_>, depth: usize) -> Vec<u64> {
    let mut hashes = Vec::new();
    for (which, same, other) in [(0_u8, parts.1, parts.0), (1, parts.0, parts.1)] {
        let digits = digits(other);
        let mut hash = |letters: &[char]| {
            let mut hasher = DefaultHasher::new();
            (which, same, &digits, letters).hash(&mut hasher);
            hashes.push(hasher.finish());
        };
        let all = letters(other);
        hash(&all);
        for first in 0..all.len() {
            let mut left = all.clone();
            left.remove(first);
            hash(&left);
            for second in first..left.len() {
                if depth > 1 {
                    let mut less = left.clone();
                    less.remove(second);
                    hash(&less);
                }
            }
        }
    }
    hashes.sort_unstable();
    hashes.dedup();
    hashes
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paired(one: &str, other: &str) -> bool {
        let paired = !pairs(&[one], &[other]).is_empty();
        assert_eq!(paired, alike(one, other), "{one} {other}");
        paired
    }

    #[test]
    fn slips_of_the_pen_are_alike_and_other_people_are_not() {
        for (one, other) in [
            ("bo@globex.example", "bo@globx.example"),
            ("peter@initech.example", "peter@inittech.example"),
            ("anna.meier@a.example", "anna.maier@a.example"),
            ("ana@a.example", "naa@a.example"),
            ("ana1@a.example", "anna1@a.example"),
            ("ana@gmail.com", "ana@gmial.com"),
        ] {
            assert!(paired(one, other), "{one} {other}");
            assert!(paired(other, one), "{other} {one}");
        }
        for (one, other) in [
            ("bo@a.example", "cy@a.example"),
            ("user17@a.example", "user18@a.example"),
            ("ana@company1.example", "ana@company2.example"),
            ("ana@a.example", "eve@b.example"),
            ("ana@globx.example", "anna@globex.example"),
            ("ana@a.example", "ana@a.example"),
            ("dora@a.example", "ana@a.example"),
        ] {
            assert!(!paired(one, other), "{one} {other}");
        }
    }

    #[test]
    fn each_address_is_paired_once_with_the_nearest() {
        let come = ["anna@a.example", "annna@a.example"];
        let gone = ["ana@a.example", "anna.@a.example"];
        assert_eq!(pairs(&come, &gone).len(), 2);
        assert_eq!(pairs(&come[..1], &gone[..1]), [(0, 0)]);
    }

    #[test]
    fn the_index_of_a_large_list_finds_what_comparing_finds() {
        let name = |n: usize| format!("person.{}{}", char::from(b'a' + (n % 26) as u8), n / 26);
        let gone: Vec<String> = (0..200)
            .map(|n| format!("{}@globex.example", name(n)))
            .collect();
        let mut come: Vec<String> = (200..400)
            .map(|n| format!("{}@other.example", name(n)))
            .collect();
        come[7] = gone[3].replace("person", "persom");
        come[9] = gone[5].replace("globex", "glbx");
        let come: Vec<&str> = come.iter().map(String::as_str).collect();
        let gone: Vec<&str> = gone.iter().map(String::as_str).collect();
        let mut found = pairs(&come, &gone);
        found.sort_unstable();
        assert_eq!(found, [(7, 3), (9, 5)]);
    }
}
