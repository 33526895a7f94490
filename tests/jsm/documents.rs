//! The GraphQL documents and variables against the published schema, where the reference folder is at hand.

use crate::service::{Service, json};
use graphql_parser::query::{self, Definition, OperationDefinition, Selection, SelectionSet};
use graphql_parser::schema::{self, Type, TypeDefinition};
use portcullis::jsm::DOCUMENTS;
use portcullis::model::WhoCanView;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

/// The part of the published types (`@atlassian/forge-graphql-types` 4.3.0) that is about help centers and who may enter.
const HELP_CENTERS: &str = "
type HelpCenterQueryApi { helpCenters(after: String, first: Int, sortOrder: HelpCenterSortOrder!, workspaceAri: ID!): HelpCenterQueryResultConnection }
type HelpCenterQueryResultConnection { nodes: [HelpCenterQueryResult!] pageInfo: PageInfo! }
union HelpCenterQueryResult = HelpCenter | QueryError
type HelpCenter { id: ID! name: HelpCenterName type: HelpCenterType permissionSettings: HelpCenterPermissionSettingsResult }
type HelpCenterName { default: String! }
union HelpCenterPermissionSettingsResult = HelpCenterPermissionSettings | QueryError
type HelpCenterPermissionSettings { accessControlType: HelpCenterAccessControlType! allowedAccessGroups: [String!] hydratedAllowedAccessGroups(after: String, before: String, first: Int, last: Int): JiraServiceManagementOrganizationConnection }
type JiraServiceManagementOrganizationConnection { totalCount: Int edges: [JiraServiceManagementOrganizationEdge] pageInfo: PageInfo! }
type JiraServiceManagementOrganizationEdge { cursor: String! node: JiraServiceManagementOrganization }
type JiraServiceManagementOrganization { id: ID! organizationId: ID organizationName: String domain: String }
type PageInfo { endCursor: String hasNextPage: Boolean! hasPreviousPage: Boolean! startCursor: String }
enum HelpCenterAccessControlType { EXTERNAL GROUP_BASED INTERNAL PUBLIC }
enum HelpCenterType { ADVANCED BASIC CUSTOMER_SERVICE HELP_HUB UNIFIED }
enum HelpCenterSortOrder { CREATED_DATE_ASCENDING CREATED_DATE_DESCENDING }
";

type Named = BTreeMap<String, TypeDefinition<'static, String>>;
type Ty = Type<'static, String>;

/// The folder with Atlassian's own descriptions, which is not part of the project.
pub(crate) fn reference() -> Option<PathBuf> {
    let given = std::env::var_os("PORTCULLIS_REFERENCE").map(PathBuf::from);
    let folder = given.unwrap_or_else(|| {
        PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/reference"))
    });
    folder.is_dir().then_some(folder)
}

fn types() -> Option<Named> {
    let knowledge = std::fs::read_to_string(reference()?.join("gateway-kb.graphql")).ok()?;
    // Of the query type, that file has the part about knowledge bases only.
    let text = knowledge.replacen(
        "type Query {",
        "type Query { helpCenter(cloudId: ID!): HelpCenterQueryApi ",
        1,
    ) + HELP_CENTERS;
    let document = schema::parse_schema::<String>(&text)
        .expect("the schema parses")
        .into_static();
    let types = document.definitions.into_iter().filter_map(|definition| {
        let schema::Definition::TypeDefinition(definition) = definition else {
            return None;
        };
        Some((name_of(&definition).to_owned(), definition))
    });
    Some(types.collect())
}

fn name_of<'a>(definition: &'a TypeDefinition<'static, String>) -> &'a str {
    match definition {
        TypeDefinition::Scalar(t) => &t.name,
        TypeDefinition::Object(t) => &t.name,
        TypeDefinition::Interface(t) => &t.name,
        TypeDefinition::Union(t) => &t.name,
        TypeDefinition::Enum(t) => &t.name,
        TypeDefinition::InputObject(t) => &t.name,
    }
}

fn inner(ty: &Ty) -> &str {
    match ty {
        Type::NamedType(name) => name,
        Type::ListType(ty) | Type::NonNullType(ty) => inner(ty),
    }
}

fn required(ty: &Ty) -> bool {
    matches!(ty, Type::NonNullType(_))
}

/// Whether a variable of the one type may stand where the other is wanted.
fn fits(variable: &Ty, wanted: &Ty) -> bool {
    match (variable, wanted) {
        (Type::NonNullType(v), Type::NonNullType(w)) => fits(v, w),
        (Type::NonNullType(v), w) => fits(v, w),
        (Type::ListType(v), Type::ListType(w)) => fits(v, w),
        (Type::NamedType(v), Type::NamedType(w)) => v == w,
        _ => false,
    }
}

struct Checker<'a> {
    types: &'a Named,
    variables: BTreeMap<String, Ty>,
    used: BTreeSet<String>,
}

impl Checker<'_> {
    fn selection(&mut self, on: &str, set: &SelectionSet<'static, String>) {
        assert!(!set.items.is_empty(), "`{on}` is selected without fields");
        for item in &set.items {
            match item {
                Selection::Field(field) if field.name == "__typename" => {}
                Selection::Field(field) => self.field(on, field),
                Selection::InlineFragment(fragment) => {
                    let Some(query::TypeCondition::On(member)) = &fragment.type_condition else {
                        panic!("a fragment on `{on}` names no type");
                    };
                    let TypeDefinition::Union(union) = &self.types[on] else {
                        panic!("a fragment on `{on}`, which is no union");
                    };
                    assert!(union.types.contains(member), "`{member}` is not in `{on}`");
                    self.selection(member, &fragment.selection_set);
                }
                Selection::FragmentSpread(_) => panic!("no named fragments are used"),
            }
        }
    }

    fn field(&mut self, on: &str, field: &query::Field<'static, String>) {
        let TypeDefinition::Object(object) = &self.types[on] else {
            panic!("`{}` is selected on `{on}`, which is no object", field.name);
        };
        let known = object.fields.iter().find(|known| known.name == field.name);
        let known = known.unwrap_or_else(|| panic!("`{on}` has no `{}`", field.name));
        for argument in &known.arguments {
            let given = field
                .arguments
                .iter()
                .find(|(name, _)| *name == argument.name);
            match given {
                None => assert!(
                    !required(&argument.value_type),
                    "`{}` is left out",
                    argument.name
                ),
                Some((name, query::Value::Variable(variable))) => {
                    let ty = &self.variables[variable];
                    assert!(
                        fits(ty, &argument.value_type),
                        "`{name}` is of another type"
                    );
                    self.used.insert(variable.clone());
                }
                Some((name, _)) => panic!("`{name}` is no variable"),
            }
        }
        for (name, _) in &field.arguments {
            let there = known
                .arguments
                .iter()
                .any(|argument| argument.name == *name);
            assert!(there, "`{}` takes no `{name}`", field.name);
        }
        let ty = inner(&known.field_type);
        let composite = matches!(
            self.types.get(ty),
            Some(TypeDefinition::Object(_) | TypeDefinition::Union(_))
        );
        if composite {
            self.selection(ty, &field.selection_set);
        } else {
            assert!(field.selection_set.items.is_empty(), "`{ty}` has no fields");
        }
    }

    /// Checks a value that was sent for a variable.
    fn value(&self, ty: &Ty, value: &Value) {
        match ty {
            Type::NonNullType(ty) => {
                assert!(!value.is_null(), "a required value is null");
                self.value(ty, value);
            }
            _ if value.is_null() => {}
            Type::ListType(ty) => {
                let items = value.as_array().expect("a list is wanted");
                items.iter().for_each(|item| self.value(ty, item));
            }
            Type::NamedType(name) => match self.types.get(name) {
                Some(TypeDefinition::InputObject(input)) => {
                    let object = value.as_object().expect("an object is wanted");
                    for field in &input.fields {
                        let given = object.get(&field.name).unwrap_or(&Value::Null);
                        self.value(&field.value_type, given);
                    }
                    for name in object.keys() {
                        let there = input.fields.iter().any(|field| field.name == *name);
                        assert!(there, "`{}` has no `{name}`", input.name);
                    }
                }
                Some(TypeDefinition::Enum(words)) => {
                    let word = value.as_str().expect("a word is wanted");
                    assert!(words.values.iter().any(|v| v.name == word), "`{word}`");
                }
                _ if name == "Int" => assert!(value.is_u64(), "`{name}` is a number, not {value}"),
                _ => assert!(value.is_string(), "`{name}` is text, not {value}"),
            },
        }
    }
}

/// Checks a document, and gives the types of its variables.
fn checked<'a>(types: &'a Named, name: &str, text: &str) -> Checker<'a> {
    let document = query::parse_query::<String>(text)
        .expect("the document parses")
        .into_static();
    let [Definition::Operation(operation)] = document.definitions.as_slice() else {
        panic!("a document holds one operation");
    };
    let (root, operation_name, variables, set) = match operation {
        OperationDefinition::Query(q) => {
            ("Query", &q.name, &q.variable_definitions, &q.selection_set)
        }
        OperationDefinition::Mutation(m) => (
            "Mutation",
            &m.name,
            &m.variable_definitions,
            &m.selection_set,
        ),
        _ => panic!("an operation is a named query or mutation"),
    };
    assert_eq!(operation_name.as_deref(), Some(name));
    let variables = variables
        .iter()
        .map(|v| (v.name.clone(), v.var_type.clone()));
    let mut checker = Checker {
        types,
        variables: variables.collect(),
        used: BTreeSet::new(),
    };
    checker.selection(root, set);
    let declared: BTreeSet<_> = checker.variables.keys().cloned().collect();
    assert_eq!(checker.used, declared, "every variable is used");
    checker
}

#[test]
fn every_document_fits_the_published_schema() {
    let Some(types) = types() else { return };
    for (name, text) in DOCUMENTS {
        checked(&types, name, text);
    }
}

#[test]
fn a_document_with_a_wrong_field_would_be_noticed() {
    let Some(types) = types() else { return };
    let (name, text) = DOCUMENTS[0];
    let wrong = text.replace("sourceARI", "sourceArn");
    let noticed = std::panic::catch_unwind(|| checked(&types, name, &wrong).used);
    assert!(noticed.is_err());
}

#[tokio::test]
async fn every_variable_that_is_sent_fits_the_published_schema() {
    let Some(types) = types() else { return };
    let service = Service::ruled(|seen| {
        let data = match seen.body["operationName"].as_str() {
            None => return Some(json(200, json!({"cloudId": "c-1"}))),
            Some("knowledgeBase_linkedSources") => json!({"knowledgeBase_linkedSources": {
                "__typename": "KnowledgeBaseLinkedSources", "linkedSources": []}}),
            Some(name) => json!({ name: {"success": true} }),
        };
        Some(json(200, json!({ "data": data })))
    })
    .await;
    let writer = service.connect().writer();
    // Neither is taken by this server; what matters is what was sent.
    for &(_, who) in WhoCanView::WORDS {
        assert!(
            writer
                .set_space_viewers("ITSM", "ari:x", who)
                .await
                .is_err()
        );
    }
    assert!(writer.link_space("ITSM", "ari:x").await.is_err());
    assert!(service.connect().reader().help_centers().await.is_err());
    let mut operations = BTreeSet::new();
    for seen in service.seen().iter().filter(|seen| seen.method == "POST") {
        let text = |name: &str| seen.body[name].as_str().unwrap_or_default().to_owned();
        let checker = checked(&types, &text("operationName"), &text("query"));
        let variables = seen.body["variables"].as_object().expect("an object");
        for (name, ty) in &checker.variables {
            checker.value(ty, variables.get(name).unwrap_or(&Value::Null));
        }
        assert_eq!(variables.len(), checker.variables.len());
        operations.insert(text("operationName"));
    }
    assert_eq!(operations.len(), DOCUMENTS.len());
}
