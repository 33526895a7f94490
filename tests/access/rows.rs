//! Every row of the decision tables of sections 3 to 5 has a test that is named after it.

/// Rows by section of the customer access model, as the names of tests spell them.
const ROWS: [(&str, &[&str]); 11] = [
    (
        "3.1",
        &[
            "r1a",
            "r1b",
            "r1c",
            "r1d",
            "r1e",
            "r1f",
            "r1g",
            "r1h",
            "r1_existing_by_sign_up",
            "r1_existing_by_mail",
            "r1_existing_by_the_customers_page",
            "r1_existing_by_an_organization",
            "r1_existing_by_rest_create",
        ],
    ),
    (
        "3.2",
        &[
            "g1_", "g2_", "g3_", "g4_", "g5_", "g6_", "g7_", "g8_", "g9_", "g10_", "g11_", "g12_",
            "g13_",
        ],
    ),
    (
        "3.3",
        &[
            "r3_internal_off_external_off",
            "r3_internal_off_external_any",
            "r3_internal_off_external_listed",
            "r3_internal_on_external_off",
            "r3_internal_on_external_any",
            "r3_internal_on_external_listed",
            "r3_1_",
            "r3_2_",
            "r3_3_",
            "r3_4_",
        ],
    ),
    (
        "3.4",
        &[
            "r4_customer_without",
            "r4_customer_with_",
            "r4_user",
            "r4_none",
        ],
    ),
    (
        "3.5",
        &[
            "r5_customer_without",
            "r5_customer_with_",
            "r5_user_with_",
            "r5_user_without",
            "r5_none",
        ],
    ),
    (
        "3.6",
        &[
            "r6_v_int",
            "r6_v_ext",
            "r6_v_staff",
            "r6_v_anon",
            "r6_v_adm",
        ],
    ),
    ("3.7", &["r7_a1", "r7_a2", "r7_a3", "r7_a4"]),
    (
        "3.8",
        &[
            "change_of_i_e_r_l_or_c",
            "change_an_approved_domain_removed",
            "change_an_approved_domain_added",
            "change_n_off_to_on",
            "change_open_to_restricted",
            "change_restricted_to_open",
            "change_unlinking",
            "change_roster_removal",
        ],
    ),
    (
        "4.1",
        &[
            "v_4_1_without_creation",
            "v_4_1_internal_only",
            "v_4_1_external_any",
            "v_4_1_external_listed",
            "v_4_1_both",
            "v_4_1_without_login",
        ],
    ),
    (
        "4.2",
        &[
            "v_anonymous",
            "v_portal_only_active",
            "v_atlassian_with_the_role",
            "v_atlassian_without_a_role",
            "v_atlassian_whose_role_was_not_read",
            "v_an_account_that_may_not_be_there",
            "v_revoked_or_suspended",
            "v_agents",
            "v_listed_people",
            "v_listed_without_a_role",
            "v_listed_but_revoked",
            "v_listed_agents",
            "v1_",
            "v2_",
            "v3_",
            "v4_",
            "v5_",
            "v7_",
            "v8a_",
            "v8b",
            "v10_",
        ],
    ),
    (
        "5",
        &[
            "k_anyone",
            "q17_anyone",
            "k_all_logged_in",
            "k_only_confluence_users",
            "k1_",
            "k2_",
            "k3_",
            "k4_",
            "k5_",
            "k6_",
            "k7_",
            "k9_",
            "k11_",
        ],
    ),
];

#[test]
fn every_row_has_a_test_that_is_named_after_it() {
    let sources = [
        include_str!("accounts.rs"),
        include_str!("existing.rs"),
        include_str!("articles.rs"),
        include_str!("changes.rs"),
        include_str!("gates.rs"),
        include_str!("portal.rs"),
    ];
    let tests: Vec<&str> = sources
        .iter()
        .flat_map(|source| source.split("#[test]\nfn ").skip(1))
        .filter_map(|rest| rest.split('(').next())
        .collect();
    for (section, rows) in ROWS {
        for row in rows {
            let named = tests
                .iter()
                .any(|name| name.starts_with(row) || name.contains(&format!("_{row}")));
            assert!(named, "section {section}: no test is named after `{row}`");
        }
    }
}
