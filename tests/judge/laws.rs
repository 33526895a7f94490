//! What judges the plans of random worlds: policies and expectations.

use crate::tape::Tape;
use crate::world::{GROUPS, SPACES};
use serde_json::{Value, json};

pub(crate) fn policy(tape: &mut Tape<'_>) -> Value {
    let mut policy = json!({ "max_people_losing_access": "off", "max_removals": "off" });
    if !tape.once_in(3) {
        policy["class_gains"] =
            json!({ "anonymous": "allow", "anyone": "allow", "any_customer": "allow" });
    }
    if tape.once_in(5) {
        policy["max_people_losing_access"] = json!({ "count": tape.below(4) });
    }
    if tape.once_in(5) {
        policy["max_people_gaining_access"] = json!({ "count": tape.below(4) });
    }
    if tape.once_in(6) {
        policy["max_removals"] = json!({ "count": tape.below(3) });
    }
    if tape.once_in(6) {
        policy["max_new_accounts"] = json!(tape.below(3));
    }
    if tape.once_in(5) {
        policy["protect"] = json!(tape.some(
            3,
            [
                "acme/organization/Globex",
                "acme/organization/Initech/**",
                "acme/organization/*/member/p0@a.example",
                "acme/project/HR/**",
                "acme/project/ITSM/customer/*",
                "acme/project/*/customer-group/*",
                "acme/organization/Umbrella Group",
                "acme/account/**",
            ]
        ));
    }
    if tape.once_in(6) {
        policy["freeze"] = json!(tape.some(
            3,
            [
                "acme/project/WEB/**",
                "acme/project/HR/customer-group/*",
                "acme/organization/Globex/**",
                "acme/account/**",
            ]
        ));
    }
    if tape.once_in(5) {
        let addresses = tape.some(
            3,
            [
                "acme/project/ITSM/customer/*",
                "acme/organization/Globex/member/*",
                "acme/organization/Hooli",
                "acme/project/HR/access",
                "acme/customer-access/**",
                "acme/account/*",
                "acme/account/*/role",
                "acme/project/HR/customer-group/*",
                "acme/project/*/organization/*",
            ],
        );
        let accepted = addresses.into_iter().map(|address| {
            json!({ "address": address, "reason": "as agreed", "owner": "it@acme.com", "until": "2027-01-31" })
        });
        policy["accept_drift"] = accepted.collect();
    }
    policy
}

pub(crate) fn expectations(
    tape: &mut Tape<'_>,
    organizations: &[String],
    projects: &[String],
) -> Value {
    let mut expectations = Vec::new();
    for number in 0..tape.below(6) {
        let mut who = vec![
            "anonymous".to_owned(),
            "anyone".to_owned(),
            "any_customer".to_owned(),
            "*@a.example".to_owned(),
            "*@new.example".to_owned(),
            "p0@a.example".to_owned(),
            "i1@staff.example".to_owned(),
            "n0@a.example".to_owned(),
        ];
        who.extend(
            organizations
                .iter()
                .map(|name| format!("organization:{name}")),
        );
        who.extend(GROUPS.map(|(name, _)| format!("group:{name}")));
        let who: Vec<&str> = who.iter().map(String::as_str).collect();
        let can = tape.pick(&["cannot", "can"]);
        let ability = tape.pick(&["view_portal", "read_article", "send_request", "sign_up"]);
        let who = tape.pick(&who);
        let name = format!("e{number}");
        let mut one = json!({ "name": name, "who": who, can: ability, "site": "acme" });
        if tape.once_in(5) && ability != "sign_up" {
            let mut allowed: Vec<String> = GROUPS.map(|(name, _)| format!("group:{name}")).into();
            allowed.extend(
                organizations
                    .iter()
                    .map(|name| format!("organization:{name}")),
            );
            allowed.push("p1@a.example".to_owned());
            let mut only = tape.some(2, allowed);
            only.push("i2@staff.example".to_owned());
            one = json!({ "name": name, "only": only, "can": ability, "site": "acme" });
        }
        if ability == "sign_up" {
            if !who.starts_with("anyone") && !who.starts_with("*@") {
                continue;
            }
        } else {
            let mut keys: Vec<&str> = projects.iter().map(String::as_str).collect();
            keys.push("*");
            one["projects"] = json!([tape.pick(&keys)]);
            if ability == "read_article" {
                one["space"] = json!(tape.pick(&SPACES));
            }
        }
        expectations.push(one);
    }
    Value::Array(expectations)
}
