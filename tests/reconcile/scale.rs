//! Many organizations and members: the number of requests, never the time.

use crate::support::{Case, run};
use portcullis::emulator::{NewAccount, Options, Site};
use portcullis::model::{Email, OrganizationName};
use std::fmt::Write as _;
use std::time::Instant;

/// Plans and applies a site of many organizations with ten members each, one in a hundred of whom leaves.
///
/// A debug build takes 300 organizations. The full size, with times on stderr:
///
/// ```text
/// PORTCULLIS_ORGANIZATIONS=5000 cargo test --release --test reconcile a_large_site -- --nocapture
/// ```
#[test]
fn a_large_site_takes_no_request_per_member() {
    let organizations: usize =
        std::env::var("PORTCULLIS_ORGANIZATIONS").map_or(300, |given| given.parse().unwrap());
    let per = 10;
    let mut site = Site::empty("acme");
    let mut desired = String::from(
        "unlisted_projects: ignore\ncustomer_access: { external: { portal_only_accounts: true } }\norganizations:\n",
    );
    let mut changed = 0;
    site.settings.portal_only_accounts = true;
    for n in 0..organizations {
        let id = site.add_organization(&OrganizationName::new(&format!("Company {n}")).unwrap());
        let mut members = Vec::new();
        let mut list = Vec::new();
        for m in 0..per {
            let email = format!("p{m}@c{n}.example");
            let account = site.add_account(NewAccount::portal_only(Email::new(&email).unwrap()));
            members.push(account);
            list.push(email);
        }
        // Every tenth organization loses one member.
        if n % 10 == 0 {
            list.pop();
            changed += 1;
        }
        site.add_members(&id, &members).unwrap();
        writeln!(
            desired,
            "  Company {n}: {{ members: {{ mode: exact, list: [{}] }} }}",
            list.join(", ")
        )
        .unwrap();
    }
    run(async {
        let case = Case::on(&desired, site, Options::default()).await;
        let began = Instant::now();
        let round = case.plan().await;
        let planned = began.elapsed();
        assert_eq!(round.addresses().len(), changed);
        let stats = case.sandbox.stats();
        let pages = (organizations as u64).div_ceil(50);
        // Identity twice, the desks, one site document, the pages of organizations, one page of members each; the directory, and
        // the id that it knows the site by.
        assert_eq!(
            stats.requests,
            2 + 1 + 1 + pages + organizations as u64 + 2,
            "{:#?}",
            stats.by_operation
        );
        assert_eq!(stats.writes, 0);
        let began = Instant::now();
        case.apply(&round).await;
        eprintln!(
            "{organizations} organizations: plan {planned:?}, apply {:?}",
            began.elapsed()
        );
        assert_eq!(
            case.sandbox.stats().requests,
            stats.requests + changed as u64
        );
        assert_eq!(case.plan().await.addresses(), Vec::<String>::new());
    });
}
