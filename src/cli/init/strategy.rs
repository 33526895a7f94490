//! What the starter says for each answer to who the customers are: site, seed and roster say alike who gets which account.

use crate::cli::args::Strategy;

/// The line of the starter that says who gets a portal-only account.
const EXTERNAL: &str = "      external: ";
/// The line above it.
const LISTED: &str = "      # Only addresses of these domains get portal-only accounts.";
/// Where the parts of a root file begin.
const SITES: &str = "sites:";
/// Where those of a site do.
const SITE: &str = "  acme:";

/// The domain of the employees, whose accounts the company's Atlassian organization lets in.
const APPROVED: &str = "atlassian_organizations:
  acme-corp:
    # Your own: `id:`, which admin.atlassian.com shows in its address, and PORTCULLIS_ORG_API_KEY in the environment.
    approved_domains:
      domains:
        globex.example: { sites: { acme: { role: customer, admin_approval: false } } }

";

/// Returns the text of a starter's file for a strategy.
pub(super) fn adapted(name: &str, text: &str, strategy: Option<Strategy>) -> String {
    let Some(strategy) = strategy else {
        return text.to_owned();
    };
    let (atlassian, portal_only) = strategy.accounts();
    let internal = strategy == Strategy::Internal;
    // The root file and the seed say where a site is; the others only add to it.
    let is_root = name.ends_with("portcullis.yaml");
    let mut adapted = String::with_capacity(text.len() + APPROVED.len());
    for line in text.lines() {
        if line.starts_with(LISTED) {
            continue;
        }
        if let Some(external) = line.strip_prefix(EXTERNAL) {
            let external = match portal_only {
                true => external,
                false => "{ portal_only_accounts: false }",
            };
            adapted.push_str(&format!(
                "      internal: {{ atlassian_accounts: {atlassian} }}\n"
            ));
            if let (Some(comment), false) = (comment(strategy), is_root) {
                adapted.push_str(&format!("      # {comment}\n"));
            }
            adapted.push_str(&format!("{EXTERNAL}{external}\n"));
            continue;
        }
        if internal && is_root && line == SITES {
            adapted.push_str(APPROVED);
        }
        match line.strip_suffix(" }") {
            // The people of the seed are employees.
            Some(person) if internal && is_root && line.contains("- { email: ") => {
                adapted.push_str(&format!("{person}, account: atlassian }}"));
            }
            _ => adapted.push_str(line),
        }
        adapted.push('\n');
        if internal && is_root && line == SITE {
            adapted.push_str("    atlassian_organization: acme-corp\n");
        }
    }
    adapted
}

/// What is said above who gets a portal-only account.
const fn comment(strategy: Strategy) -> Option<&'static str> {
    Some(match strategy {
        Strategy::Internal => {
            "Nobody: employees get Atlassian accounts by their domain (portcullis.yaml), and a person invites each."
        }
        Strategy::External | Strategy::Hybrid => {
            "Only addresses of these domains get portal-only accounts. Add `initech.example` and plan again."
        }
        Strategy::Closed => "Nobody new: whoever has an account keeps it.",
    })
}

/// Says what to try first.
pub(super) const fn first(strategy: Option<Strategy>) -> &'static str {
    match strategy {
        None | Some(Strategy::External | Strategy::Hybrid) => {
            "Edit `rosters/globex.csv` and plan again."
        }
        Some(Strategy::Internal) => {
            "Add a colleague to `rosters/globex.csv` and plan again: inviting is a step for a person."
        }
        Some(Strategy::Closed) => "Take somebody out of `rosters/globex.csv` and plan again.",
    }
}
