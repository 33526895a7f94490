//! What stands in seeds only: accounts, and what no workspace manages.

use super::words::{
    AccountStateWord, AddressText, AppWord, AudienceWord, SeedRoleWord, Sentence, VerificationWord,
};
use crate::model::AccountKind;
use schemars::JsonSchema;
use std::collections::BTreeMap;

blocks! {
    /// The accounts of a seed.
    AccountsBlock {
        /// The accounts.
        list: Vec<AccountBlock>,
    }
    /// An account of a seed.
    AccountBlock {
        /// Its address.
        email: AddressText,
        /// Its display name.
        name: Option<Sentence>,
        /// Its kind; `portal_only` when absent.
        #[schemars(extend("default" = "portal_only"))]
        account: Option<AccountKind>,
        /// Its id, when the seed fixes it.
        account_id: Option<Sentence>,
        /// The JSM role of an Atlassian account; `customer` when absent.
        #[schemars(extend("default" = "customer"))]
        role: Option<SeedRoleWord>,
        /// The other apps that an Atlassian account may use.
        apps: Option<Vec<AppWord>>,
        /// Whether an Atlassian account is a service account, which no person uses.
        service_account: Option<bool>,
        /// Its state; `active` when absent.
        #[schemars(extend("default" = "active"))]
        state: Option<AccountStateWord>,
        /// Whether its address is hidden from API answers.
        email_hidden: Option<bool>,
    }
    /// What a seed says of the sandbox besides what a workspace manages.
    SandboxBlock {
        /// Groups of Atlassian accounts, by name.
        groups: Option<BTreeMap<String, SandboxGroupBlock>>,
        /// Groups that every project has in its role Service Desk Customers.
        default_customer_groups: Option<Vec<Sentence>>,
        /// Projects by key.
        projects: Option<BTreeMap<String, SandboxProjectBlock>>,
        /// Help centers besides the one of the site, by name.
        help_centers: Option<BTreeMap<String, SandboxHelpCenterBlock>>,
        /// Whether people verify their address at once, or by the door `verify`; `at_once` when absent.
        #[schemars(extend("default" = "at_once"))]
        verification: Option<VerificationWord>,
    }
    /// A group of Atlassian accounts.
    SandboxGroupBlock {
        /// Its id, when the seed fixes it.
        id: Option<Sentence>,
        /// Its members; who is named nowhere else gets an Atlassian account.
        members: Option<Vec<AddressText>>,
        /// The JSM role that it grants; `none` when absent.
        #[schemars(extend("default" = "none"))]
        role: Option<SeedRoleWord>,
        /// The other apps that it opens.
        apps: Option<Vec<AppWord>>,
    }
    /// What only a seed says of a project.
    SandboxProjectBlock {
        /// Whether it is team-managed; `false` when absent.
        #[schemars(extend("default" = false))]
        team_managed: Option<bool>,
        /// Whether the built-in agent administers it; `true` when absent.
        #[schemars(extend("default" = true))]
        agent_administers: Option<bool>,
        /// Groups in its role Service Desk Customers.
        customer_groups: Option<Vec<Sentence>>,
        /// People who are in its list of customers for the record, which gives them nothing.
        for_the_record: Option<Vec<AddressText>>,
        /// Request types by name.
        request_types: Option<BTreeMap<String, SandboxRequestTypeBlock>>,
    }
    /// A request type; without groups and people it is for everybody who sees the portal.
    SandboxRequestTypeBlock {
        /// The groups that it is restricted to.
        groups: Option<Vec<Sentence>>,
        /// The people that it is restricted to.
        people: Option<Vec<AddressText>>,
    }
    /// A help center.
    SandboxHelpCenterBlock {
        /// Who may enter; `public` when absent.
        #[schemars(extend("default" = "public"))]
        audience: Option<AudienceWord>,
        /// The organizations whose members may enter, with `audience: organizations`.
        organizations: Option<Vec<String>>,
        /// Whether it is a support site of Customer Service Management; `false` when absent.
        #[schemars(extend("default" = false))]
        customer_service: Option<bool>,
    }
}
