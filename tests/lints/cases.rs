//! The examples of lints that are judged on what is written: the keys of one site; what follows `---` stands beside `sites`.

/// A lint with an example that it finds and one, as like as can be, that it does not.
pub(crate) struct Case {
    pub(crate) code: &'static str,
    pub(crate) fails: &'static str,
    pub(crate) passes: &'static str,
}

pub(crate) const CASES: &[Case] = &[
    Case {
        code: "L01",
        fails: r#"customer_access: { internal: { atlassian_accounts: false }, external: { portal_only_accounts: false }, customers_can_create_accounts: true }"#,
        passes: r#"customer_access: { internal: { atlassian_accounts: false }, external: { portal_only_accounts: false }, customers_can_create_accounts: false }"#,
    },
    Case {
        code: "L02",
        fails: r#"customer_access: { internal: { atlassian_accounts: false }, external: { portal_only_accounts: false }, customers_can_create_accounts: false }"#,
        passes: r#"customer_access: { internal: { atlassian_accounts: true }, external: { portal_only_accounts: false }, customers_can_create_accounts: false }"#,
    },
    Case {
        code: "L03",
        fails: r#"customer_access: { external: { portal_only_accounts: true, allowed_domains: [], allow_empty: true } }"#,
        passes: r#"customer_access: { external: { portal_only_accounts: true, allowed_domains: [globex.example] } }"#,
    },
    Case {
        code: "L05",
        fails: r#"customer_access: { external: { portal_only_accounts: false, allowed_domains: [globex.example] } }"#,
        passes: r#"customer_access: { external: { portal_only_accounts: true, allowed_domains: [globex.example] } }"#,
    },
    Case {
        code: "L06",
        fails: r#"customer_access: { internal: { atlassian_accounts: true }, external: { portal_only_accounts: true, allowed_domains: [globex.example] } }
---
atlassian_organizations:
  acme-corp: { approved_domains: { mode: exact, domains: { globex.example: { sites: { acme: { role: customer, admin_approval: false } } } } } }"#,
        passes: r#"customer_access: { internal: { atlassian_accounts: true }, external: { portal_only_accounts: true, allowed_domains: [globex.example] } }
---
atlassian_organizations:
  acme-corp: { approved_domains: { mode: exact, domains: { acme.com: { sites: { acme: { role: customer, admin_approval: false } } } } } }"#,
    },
    Case {
        code: "L07",
        fails: r#"customer_access: { internal: { atlassian_accounts: true }, external: { portal_only_accounts: false } }
---
atlassian_organizations:
  acme-corp: { approved_domains: { mode: exact, domains: { acme.com: { sites: { acme: { role: none, admin_approval: false } } } } } }"#,
        passes: r#"customer_access: { internal: { atlassian_accounts: true }, external: { portal_only_accounts: false } }
---
atlassian_organizations:
  acme-corp: { approved_domains: { mode: exact, domains: { acme.com: { sites: { acme: { role: customer, admin_approval: false } } } } } }"#,
    },
    Case {
        code: "L08",
        fails: r#"customer_access: { internal: { atlassian_accounts: true }, external: { portal_only_accounts: true, allowed_domains: any } }
organizations: { Globex: { members: { list: [{ email: ana@acme.com, account: atlassian }] } } }
---
atlassian_organizations:
  acme-corp: { approved_domains: { mode: exact, domains: { acme.com: { sites: { acme: { role: none, admin_approval: false } } } } } }"#,
        passes: r#"customer_access: { internal: { atlassian_accounts: true }, external: { portal_only_accounts: true, allowed_domains: any } }
organizations: { Globex: { members: { list: [{ email: ana@acme.com, account: atlassian }] } } }
---
atlassian_organizations:
  acme-corp: { approved_domains: { mode: exact, domains: { acme.com: { sites: { acme: { role: customer, admin_approval: false } } } } } }"#,
    },
    Case {
        code: "L09",
        fails: r#"customer_access: { internal: { atlassian_accounts: true } }
---
atlassian_organizations:
  acme-corp: { approved_domains: { mode: exact, domains: { acme.com: { sites: { acme: { role: user, admin_approval: true } } } } } }"#,
        passes: r#"customer_access: { internal: { atlassian_accounts: true } }
---
atlassian_organizations:
  acme-corp: { approved_domains: { mode: exact, domains: { acme.com: { sites: { acme: { role: customer, admin_approval: true } } } } } }"#,
    },
    Case {
        code: "L10",
        fails: r#"customer_access: { internal: { atlassian_accounts: true } }
---
atlassian_organizations:
  acme-corp: { approved_domains: { mode: exact, domains: { acme.com: { sites: { acme: { role: customer, admin_approval: false } } } } }, default_app_access: [confluence] }"#,
        passes: r#"customer_access: { internal: { atlassian_accounts: true } }
---
atlassian_organizations:
  acme-corp: { approved_domains: { mode: exact, domains: { acme.com: { sites: { acme: { role: customer, admin_approval: true } } } } }, default_app_access: [confluence] }"#,
    },
    Case {
        code: "L11",
        fails: r#"customer_access: { internal: { atlassian_accounts: true } }
---
atlassian_organizations:
  acme-corp: { approved_domains: { mode: exact, domains: { gmail.com: { sites: { acme: { role: customer, admin_approval: false } } } } } }"#,
        passes: r#"customer_access: { internal: { atlassian_accounts: true } }
---
atlassian_organizations:
  acme-corp: { approved_domains: { mode: exact, domains: { acme.com: { sites: { acme: { role: customer, admin_approval: false } } } } } }"#,
    },
    Case {
        code: "L12",
        fails: r#"customer_access: { external: { portal_only_accounts: true, allowed_domains: [gmail.com] } }"#,
        passes: r#"customer_access: { external: { portal_only_accounts: true, allowed_domains: [globex.example] } }"#,
    },
    Case {
        code: "L13",
        fails: r#"customer_access: { external: { portal_only_accounts: true, allowed_domains: any }, customers_can_create_accounts: true, view_without_login: false }
projects: { ITSM: { channel_access: open } }"#,
        passes: r#"customer_access: { external: { portal_only_accounts: true, allowed_domains: [globex.example] }, customers_can_create_accounts: true, view_without_login: false }
projects: { ITSM: { channel_access: open } }"#,
    },
    Case {
        code: "L14",
        fails: r#"customer_access: { external: { portal_only_accounts: true, allowed_domains: any }, customers_can_create_accounts: true, view_without_login: true }
projects: { ITSM: { channel_access: open } }"#,
        passes: r#"customer_access: { external: { portal_only_accounts: true, allowed_domains: any }, customers_can_create_accounts: true, view_without_login: false }
projects: { ITSM: { channel_access: open } }"#,
    },
    Case {
        code: "L15",
        fails: r#"customer_access: { customers_can_create_accounts: false, view_without_login: true }"#,
        passes: r#"customer_access: { customers_can_create_accounts: true, view_without_login: true }"#,
    },
    Case {
        code: "L16",
        fails: r#"customer_access: { customers_can_create_accounts: true, view_without_login: true }
projects: { ITSM: { channel_access: restricted } }"#,
        passes: r#"customer_access: { customers_can_create_accounts: true, view_without_login: true }
projects: { ITSM: { channel_access: open } }"#,
    },
    Case {
        code: "L17",
        fails: r#"customer_access: { internal: { atlassian_accounts: true } }
---
atlassian_organizations:
  acme-corp: { any_domain: { sites: { acme: { role: user, admin_approval: false } } } }"#,
        passes: r#"customer_access: { internal: { atlassian_accounts: true } }
---
atlassian_organizations:
  acme-corp: { any_domain: { sites: { acme: { role: user, admin_approval: true } } } }"#,
    },
    Case {
        code: "L18",
        fails: r#"customer_access: { internal: { atlassian_accounts: true }, external: { portal_only_accounts: true, allowed_domains: [globex.example] } }
---
atlassian_organizations:
  acme-corp: { any_domain: { sites: { acme: { role: customer, admin_approval: false } } } }"#,
        passes: r#"customer_access: { internal: { atlassian_accounts: true }, external: { portal_only_accounts: true, allowed_domains: any } }
---
atlassian_organizations:
  acme-corp: { any_domain: { sites: { acme: { role: customer, admin_approval: false } } } }"#,
    },
    Case {
        code: "L19",
        fails: r#"customer_access: { customers_can_create_accounts: true, view_without_login: false }
projects: { ITSM: { channel_access: open, knowledge_base: { ITKB: { who_can_view: anyone } } } }"#,
        passes: r#"customer_access: { customers_can_create_accounts: true, view_without_login: true }
projects: { ITSM: { channel_access: open, knowledge_base: { ITKB: { who_can_view: anyone } } } }"#,
    },
    Case {
        code: "L20",
        fails: r#"
projects: { ITSM: { channel_access: restricted, knowledge_base: { ITKB: { who_can_view: anyone } } } }"#,
        passes: r#"
projects: { ITSM: { channel_access: open, knowledge_base: { ITKB: { who_can_view: anyone } } } }"#,
    },
    Case {
        code: "L21",
        fails: r#"knowledge_base: { allow_anyone: false }
projects: { ITSM: { channel_access: open, knowledge_base: { ITKB: { who_can_view: anyone } } } }"#,
        passes: r#"knowledge_base: { allow_anyone: true }
projects: { ITSM: { channel_access: open, knowledge_base: { ITKB: { who_can_view: anyone } } } }"#,
    },
    Case {
        code: "L22",
        fails: r#"confluence_plan: free
projects: { ITSM: { channel_access: open, knowledge_base: { ITKB: { who_can_view: anyone } } } }"#,
        passes: r#"confluence_plan: standard
projects: { ITSM: { channel_access: open, knowledge_base: { ITKB: { who_can_view: anyone } } } }"#,
    },
    Case {
        code: "L23",
        fails: r#"spaces: { ITKB: { anonymous_access: false } }
projects: { ITSM: { channel_access: open, knowledge_base: { ITKB: { who_can_view: anyone } } } }"#,
        passes: r#"spaces: { ITKB: { anonymous_access: true } }
projects: { ITSM: { channel_access: open, knowledge_base: { ITKB: { who_can_view: anyone } } } }"#,
    },
    Case {
        code: "L24",
        fails: r#"
projects: { ITSM: { channel_access: open, knowledge_base: { ITKB: { who_can_view: anyone } } } }"#,
        passes: r#"
projects: { ITSM: { channel_access: open, knowledge_base: { ITKB: { who_can_view: all_logged_in } } } }"#,
    },
    Case {
        code: "L25",
        fails: r#"spaces: { ITKB: { unlicensed_access: false } }
projects: { ITSM: { channel_access: open, knowledge_base: { ITKB: { who_can_view: all_logged_in } } } }"#,
        passes: r#"spaces: { ITKB: { unlicensed_access: true } }
projects: { ITSM: { channel_access: open, knowledge_base: { ITKB: { who_can_view: all_logged_in } } } }"#,
    },
    Case {
        code: "L27",
        fails: r#"customer_access: { external: { portal_only_accounts: true, allowed_domains: any }, customers_can_create_accounts: true, view_without_login: false }
projects: { ITSM: { channel_access: open, knowledge_base: { ITKB: { who_can_view: all_logged_in } } } }"#,
        passes: r#"customer_access: { external: { portal_only_accounts: true, allowed_domains: [globex.example] }, customers_can_create_accounts: true }
projects: { ITSM: { channel_access: open, knowledge_base: { ITKB: { who_can_view: all_logged_in } } } }"#,
    },
    Case {
        code: "L30",
        fails: r#"
projects: { ITSM: { channel_access: open, knowledge_base: { ITKB: { who_can_view: only_confluence_users } } } }
---
expectations: [{ name: articles, who: any_customer, can: read_article, site: acme, projects: [ITSM], space: ITKB }]"#,
        passes: r#"
projects: { ITSM: { channel_access: open, knowledge_base: { ITKB: { who_can_view: all_logged_in } } } }
---
expectations: [{ name: articles, who: any_customer, can: read_article, site: acme, projects: [ITSM], space: ITKB }]"#,
    },
    Case {
        code: "L31",
        fails: r#"
projects: { ITSM: { channel_access: restricted, organizations: { mode: exact, list: [], allow_empty: true }, customers: { mode: exact, list: [], allow_empty: true } } }"#,
        passes: r#"
projects: { ITSM: { channel_access: restricted, organizations: { mode: exact, list: [], allow_empty: true }, customers: { mode: exact, list: [cy@acme.com] } } }"#,
    },
    Case {
        code: "L31",
        fails: r#"
projects: { ITSM: { channel_access: restricted, organizations: { mode: exact, list: [], allow_empty: true }, customers: { mode: exact, list: [], allow_empty: true }, customer_groups: { mode: exact, list: [], allow_empty: true } } }"#,
        passes: r#"
projects: { ITSM: { channel_access: restricted, organizations: { mode: exact, list: [], allow_empty: true }, customers: { mode: exact, list: [], allow_empty: true }, customer_groups: { mode: exact, list: [hr-staff] } } }"#,
    },
    Case {
        code: "L37",
        fails: r#"
organizations: { Globex: { members: { mode: exact, list: [], allow_empty: true } } }
projects: { ITSM: { organizations: { list: [Globex] } } }"#,
        passes: r#"
organizations: { Globex: { members: { mode: exact, list: [ana@globex.example] } } }
projects: { ITSM: { organizations: { list: [Globex] } } }"#,
    },
    Case {
        code: "L38",
        fails: r#"
organizations: { Globex: { members: { mode: exact, list: [ana@globex.example] } } }
projects: { ITSM: { channel_access: open, organizations: { list: [], mode: exact, allow_empty: true } } }"#,
        passes: r#"
organizations: { Globex: { members: { mode: exact, list: [ana@globex.example] } } }
projects: { ITSM: { organizations: { list: [Globex] } } }"#,
    },
    Case {
        code: "L42",
        fails: r#"
organizations: { Globex: { email_domains: [gmail.com] } }"#,
        passes: r#"
organizations: { Globex: { email_domains: [globex.example] } }"#,
    },
    Case {
        code: "L43",
        fails: r#"customer_access: { external: { portal_only_accounts: true, allowed_domains: any }, customers_can_create_accounts: true }
organizations: { Globex: { email_domains: [globex.example] } }
projects: { ITSM: { channel_access: restricted, organizations: { list: [Globex] } } }"#,
        passes: r#"customer_access: { external: { portal_only_accounts: true, allowed_domains: any }, customers_can_create_accounts: false }
organizations: { Globex: { email_domains: [globex.example] } }
projects: { ITSM: { channel_access: restricted, organizations: { list: [Globex] } } }"#,
    },
    Case {
        code: "L44",
        fails: r#"customer_access: { internal: { atlassian_accounts: false }, external: { portal_only_accounts: true, allowed_domains: [acme.com] } }
organizations: { Globex: { email_domains: [globex.example] } }"#,
        passes: r#"customer_access: { internal: { atlassian_accounts: false }, external: { portal_only_accounts: true, allowed_domains: [globex.example] } }
organizations: { Globex: { email_domains: [globex.example] } }"#,
    },
    Case {
        code: "L46",
        fails: r#"customer_access: { internal: { atlassian_accounts: false }, external: { portal_only_accounts: true, allowed_domains: [acme.com] } }
organizations: { Globex: { members: { mode: exact, list: [ana@globex.example] } } }"#,
        passes: r#"customer_access: { internal: { atlassian_accounts: false }, external: { portal_only_accounts: true, allowed_domains: [globex.example] } }
organizations: { Globex: { members: { mode: exact, list: [ana@globex.example] } } }"#,
    },
    Case {
        code: "L48",
        fails: r#"customer_access: { internal: { atlassian_accounts: true } }
organizations: { Globex: { members: { list: [{ email: ana@acme.com, account: portal_only }] } } }
---
atlassian_organizations:
  acme-corp: { approved_domains: { mode: exact, domains: { acme.com: { sites: { acme: { role: customer, admin_approval: false } } } } } }"#,
        passes: r#"customer_access: { internal: { atlassian_accounts: true } }
organizations: { Globex: { members: { list: [{ email: ana@acme.com, account: atlassian }] } } }
---
atlassian_organizations:
  acme-corp: { approved_domains: { mode: exact, domains: { acme.com: { sites: { acme: { role: customer, admin_approval: false } } } } } }"#,
    },
    Case {
        code: "L56",
        fails: r#"organizations: { Globex: {}, Initech: {} }
projects: { ITSM: { customer_sharing: search_project, organizations: { list: [Globex, Initech] } } }"#,
        passes: r#"organizations: { Globex: {}, Initech: {} }
projects: { ITSM: { customer_sharing: own_organizations, organizations: { list: [Globex, Initech] } } }"#,
    },
    Case {
        code: "L57",
        fails: r#"customer_access: { customers_can_create_accounts: true }
projects: { ITSM: { channel_access: open, customer_sharing: any_customer_by_email } }"#,
        passes: r#"customer_access: { customers_can_create_accounts: false }
projects: { ITSM: { channel_access: open, customer_sharing: any_customer_by_email } }"#,
    },
    Case {
        code: "L58",
        fails: r#"email: { cc_creates_accounts: anyone_by_settings }
customer_access: { external: { portal_only_accounts: true, allowed_domains: any }, customers_can_create_accounts: true, view_without_login: false }
projects: { ITSM: { channel_access: open } }"#,
        passes: r#"email: { cc_creates_accounts: agents_always }
customer_access: { external: { portal_only_accounts: true, allowed_domains: any }, customers_can_create_accounts: true, view_without_login: false }
projects: { ITSM: { channel_access: open } }"#,
    },
    Case {
        code: "L62",
        fails: r#"portal_only_login: { password: false, sso: false }"#,
        passes: r#"portal_only_login: { password: true, sso: false }"#,
    },
    Case {
        code: "L64",
        fails: r#"customer_access: { internal: { atlassian_accounts: true }, external: { portal_only_accounts: false } }
portal_only_login: { password: true, sso: true }"#,
        passes: r#"customer_access: { internal: { atlassian_accounts: true }, external: { portal_only_accounts: true, allowed_domains: any } }
portal_only_login: { password: true, sso: true }"#,
    },
    Case {
        code: "L68",
        fails: r#"organization_management: agents
organizations: { Globex: { members: { mode: exact, list: [ana@globex.example] } } }
projects: { ITSM: { channel_access: restricted, organizations: { list: [Globex] } } }"#,
        passes: r#"organization_management: jira_admins_only
organizations: { Globex: { members: { mode: exact, list: [ana@globex.example] } } }
projects: { ITSM: { channel_access: restricted, organizations: { list: [Globex] } } }"#,
    },
    Case {
        code: "L71",
        fails: r#"customer_access: { internal: { atlassian_accounts: false }, external: { portal_only_accounts: true, allowed_domains: [globex.example] }, customers_can_create_accounts: true, view_without_login: false }
projects: { ITSM: { channel_access: restricted, customers: { mode: exact, list: [ana@globex.example] }, organizations: { mode: exact, list: [], allow_empty: true } } }"#,
        passes: r#"customer_access: { internal: { atlassian_accounts: false }, external: { portal_only_accounts: true, allowed_domains: [globex.example] }, customers_can_create_accounts: true, view_without_login: false }
projects: { ITSM: { channel_access: open, customers: { list: [ana@globex.example] } } }"#,
    },
];
