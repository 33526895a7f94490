//! Just enough GraphQL for the gateway: reading a document, checking it against the published types, and giving back exactly
//! what it selects.
//!
//! Written by hand because the part needed is small and closed: executable documents with variables, aliases, fragments and
//! the two standard directives. Subscriptions, custom scalars and introspection are refused as unknown fields.

use serde_json::{Map, Value, json};

/// The types of the gateway that are imitated: name, then fields with their types. A type that is not listed is a leaf.
const TYPES: &[(&str, &[(&str, &str)])] = &[
    (
        "Query",
        &[
            (
                "knowledgeBase_linkedSources",
                "KnowledgeBaseLinkedSourcesResponse",
            ),
            (
                "knowledgeBaseSpacePermission_bulkQuery",
                "KnowledgeBaseSpacePermissionQueryResponse",
            ),
        ],
    ),
    (
        "Mutation",
        &[
            (
                "knowledgeBase_linkSources",
                "KnowledgeBaseLinkSourcesResponse",
            ),
            (
                "knowledgeBase_unlinkSources",
                "KnowledgeBaseUnlinkSourcesResponse",
            ),
            (
                "knowledgeBase_updateSourceViewPermission",
                "KnowledgeBaseUpdateSourceViewPermissionResponse",
            ),
            (
                "knowledgeBaseSpacePermission_updateView",
                "KnowledgeBaseSpacePermissionMutationResponse",
            ),
        ],
    ),
    (
        "KnowledgeBaseLinkedSources",
        &[
            ("linkedSources", "KnowledgeBaseLinkedSource"),
            (
                "inaccessibleLinkedSources",
                "KnowledgeBaseInaccessibleLinkedSource",
            ),
        ],
    ),
    (
        "KnowledgeBaseLinkedSource",
        &[
            ("name", "String"),
            ("permissions", "KnowledgeBaseSourcePermissionsResponse"),
            ("sourceARI", "ID"),
            ("sourceId", "ID"),
            ("sourceType", "String"),
            ("sourceVisibility", "String"),
            ("url", "String"),
        ],
    ),
    (
        "KnowledgeBaseInaccessibleLinkedSource",
        &[("sourceType", "String"), ("sourceVisibility", "String")],
    ),
    (
        "KnowledgeBaseSourcePermissionsResponse",
        &[
            ("viewPermission", "KnowledgeBaseSourcePermissionDetailV2"),
            ("editPermission", "KnowledgeBaseSourcePermissionDetailV2"),
        ],
    ),
    ("KnowledgeBaseSourcePermissionDetailV2", DETAIL),
    (
        "KnowledgeBaseSpacePermissionResponse",
        &[
            ("spaceAri", "ID"),
            ("permission", "KnowledgeBaseSpacePermission"),
        ],
    ),
    (
        "KnowledgeBaseSpacePermissionQueryError",
        &[
            ("spaceAri", "ID"),
            ("message", "String"),
            ("extensions", "QueryErrorExtension"),
        ],
    ),
    (
        "KnowledgeBaseSpacePermission",
        &[
            ("viewPermission", "KnowledgeBaseSpacePermissionDetail"),
            ("editPermission", "KnowledgeBaseSpacePermissionDetail"),
        ],
    ),
    ("KnowledgeBaseSpacePermissionDetail", DETAIL),
    (
        "KnowledgeBaseLinkSourcesResponse",
        &[("linkSourceResults", "KnowledgeBaseLinkSourceResult")],
    ),
    (
        "KnowledgeBaseLinkSourceResult",
        &[
            ("sourceARI", "ID"),
            ("sourceContainerARI", "ID"),
            ("sourceVisibility", "String"),
            ("success", "Boolean"),
            ("mutationError", "MutationError"),
        ],
    ),
    (
        "KnowledgeBaseUnlinkSourcesResponse",
        &[("unlinkSourceResults", "KnowledgeBaseUnlinkSourceResult")],
    ),
    (
        "KnowledgeBaseUnlinkSourceResult",
        &[
            ("linkedSourceId", "ID"),
            ("sourceARI", "ID"),
            ("sourceVisibility", "String"),
            ("success", "Boolean"),
            ("mutationError", "MutationError"),
        ],
    ),
    (
        "KnowledgeBaseSpacePermissionMutationResponse",
        &[
            ("success", "Boolean"),
            ("error", "MutationError"),
            ("permission", "KnowledgeBaseSpacePermission"),
        ],
    ),
    (
        "QueryError",
        &[
            ("identifier", "ID"),
            ("message", "String"),
            ("extensions", "QueryErrorExtension"),
        ],
    ),
    ("QueryErrorExtension", EXTENSION),
    (
        "MutationError",
        &[
            ("message", "String"),
            ("extensions", "MutationErrorExtension"),
        ],
    ),
    ("MutationErrorExtension", EXTENSION),
];

const DETAIL: &[(&str, &str)] = &[
    ("currentPermission", "String"),
    ("validPermissions", "String"),
    ("invalidPermissions", "String"),
];

const EXTENSION: &[(&str, &str)] = &[("errorType", "String"), ("statusCode", "Int")];

const UNIONS: &[(&str, &[&str])] = &[
    (
        "KnowledgeBaseLinkedSourcesResponse",
        &["KnowledgeBaseLinkedSources", "QueryError"],
    ),
    (
        "KnowledgeBaseSpacePermissionQueryResponse",
        &[
            "KnowledgeBaseSpacePermissionQueryError",
            "KnowledgeBaseSpacePermissionResponse",
        ],
    ),
    (
        "KnowledgeBaseUpdateSourceViewPermissionResponse",
        &["KnowledgeBaseSourcePermissionsResponse", "MutationError"],
    ),
];

/// One field of the top level, with its arguments filled in.
#[derive(Debug)]
pub(super) struct Field {
    alias: String,
    pub(super) name: String,
    pub(super) arguments: Map<String, Value>,
    selections: Vec<Selection>,
}

#[derive(Debug)]
enum Selection {
    Field(Field),
    /// `... on Type { }`; without a type it applies to whatever it stands in.
    Inline(Option<String>, Vec<Self>),
    Spread(String),
}

struct Fragment {
    name: String,
    on: String,
    selections: Vec<Selection>,
}

/// What the body of a request asks for.
pub(super) struct Asked {
    name: String,
    mutation: bool,
    /// The top-level fields, or why the document cannot be carried out.
    fields: Result<Vec<Selection>, String>,
    fragments: Vec<Fragment>,
}

impl Asked {
    /// Reads a request body. A body that cannot be read asks for nothing and is answered with the reason.
    pub(super) fn of(body: &[u8]) -> Self {
        let body: Value = serde_json::from_slice(body).unwrap_or_default();
        let wanted = body["operationName"].as_str();
        let refused = |why: String| Self {
            name: wanted.unwrap_or("anonymous").to_owned(),
            mutation: false,
            fields: Err(why),
            fragments: Vec::new(),
        };
        let Some(document) = body["query"].as_str() else {
            return refused("the body holds no document in `query`".into());
        };
        let mut parser = Parser {
            tokens: match tokens(document) {
                Ok(tokens) => tokens,
                Err(why) => return refused(why),
            },
            at: 0,
            depth: 0,
            variables: body["variables"].as_object().cloned().unwrap_or_default(),
        };
        match parser.document(wanted) {
            Ok(mut asked) => {
                let root = if asked.mutation { "Mutation" } else { "Query" };
                if let Ok(fields) = &asked.fields
                    && let Err(why) = asked.check(root, fields, 0)
                {
                    asked.fields = Err(why);
                }
                asked
            }
            Err(why) => refused(why),
        }
    }

    /// Returns the name by which the operation is counted: its own, or that of its first field.
    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// Says whether it would change state.
    pub(super) fn is_mutation(&self) -> bool {
        self.mutation
    }

    /// Answers with what `resolve` gives for each top-level field, cut down to what is selected.
    pub(super) fn carry_out(&self, mut resolve: impl FnMut(&Field) -> Value) -> Value {
        let fields = match &self.fields {
            Ok(fields) => fields,
            Err(why) => {
                return json!({"errors": [{"message": why, "extensions": {"classification": "ValidationError", "statusCode": 400}}]});
            }
        };
        let mut data = Map::new();
        self.each_field(fields, &mut |field| {
            let value = if field.name == "__typename" {
                json!(if self.mutation { "Mutation" } else { "Query" })
            } else {
                self.select(&resolve(field), &field.selections)
            };
            data.insert(field.alias.clone(), value);
        });
        json!({"data": data})
    }

    fn each_field<'a>(&'a self, selections: &'a [Selection], act: &mut dyn FnMut(&'a Field)) {
        for selection in selections {
            match selection {
                Selection::Field(field) => act(field),
                Selection::Inline(_, inner) => self.each_field(inner, act),
                Selection::Spread(name) => {
                    if let Some(fragment) = self.fragment(name) {
                        self.each_field(&fragment.selections, act);
                    }
                }
            }
        }
    }

    fn fragment(&self, name: &str) -> Option<&Fragment> {
        self.fragments.iter().find(|fragment| fragment.name == name)
    }

    fn select(&self, value: &Value, selections: &[Selection]) -> Value {
        match value {
            Value::Array(items) => items
                .iter()
                .map(|item| self.select(item, selections))
                .collect(),
            Value::Object(object) => {
                let mut out = Map::new();
                self.select_into(object, selections, &mut out);
                Value::Object(out)
            }
            leaf => leaf.clone(),
        }
    }

    fn select_into(
        &self,
        object: &Map<String, Value>,
        selections: &[Selection],
        out: &mut Map<String, Value>,
    ) {
        let here = object.get("__typename").and_then(Value::as_str);
        for selection in selections {
            match selection {
                Selection::Field(field) => {
                    let value = object.get(&field.name).unwrap_or(&Value::Null);
                    let selected = self.select(value, &field.selections);
                    match (out.get_mut(&field.alias), selected) {
                        // The same field selected twice is one field with both selections.
                        (Some(Value::Object(before)), Value::Object(more)) => before.extend(more),
                        (_, selected) => {
                            out.insert(field.alias.clone(), selected);
                        }
                    }
                }
                Selection::Inline(on, inner) => {
                    if on.as_deref().is_none_or(|on| Some(on) == here) {
                        self.select_into(object, inner, out);
                    }
                }
                Selection::Spread(name) => {
                    if let Some(fragment) = self.fragment(name)
                        && Some(fragment.on.as_str()) == here
                    {
                        self.select_into(object, &fragment.selections, out);
                    }
                }
            }
        }
    }

    /// Checks that every selected field exists, that objects have a selection and that leaves have none.
    fn check(&self, of: &str, selections: &[Selection], depth: usize) -> Result<(), String> {
        if depth > 16 {
            return Err("the document is nested too deeply".into());
        }
        let members = UNIONS.iter().find(|(name, _)| *name == of).map(|(_, m)| *m);
        let fields = TYPES
            .iter()
            .find(|(name, _)| *name == of)
            .map_or(&[][..], |(_, f)| *f);
        let fits = |on: &str| on == of || members.is_some_and(|members| members.contains(&on));
        for selection in selections {
            match selection {
                Selection::Field(field) if field.name == "__typename" => {}
                Selection::Field(field) => {
                    let Some((_, kind)) = fields.iter().find(|(name, _)| *name == field.name)
                    else {
                        return Err(format!(
                            "Field '{}' in type '{of}' is undefined",
                            field.name
                        ));
                    };
                    let composite = TYPES.iter().any(|(name, _)| name == kind)
                        || UNIONS.iter().any(|(name, _)| name == kind);
                    if composite == field.selections.is_empty() {
                        return Err(format!(
                            "Field '{}' of type '{kind}' must {}have a selection of subfields",
                            field.name,
                            if composite { "" } else { "not " },
                        ));
                    }
                    self.check(kind, &field.selections, depth + 1)?;
                }
                Selection::Inline(on, inner) => {
                    let on = on.as_deref().unwrap_or(of);
                    if !fits(on) {
                        return Err(format!(
                            "Fragment cannot be spread here as objects of type '{of}' can never be of type '{on}'"
                        ));
                    }
                    self.check(on, inner, depth + 1)?;
                }
                Selection::Spread(name) => {
                    let fragment = self
                        .fragment(name)
                        .ok_or_else(|| format!("Undefined fragment '{name}'"))?;
                    if !fits(&fragment.on) {
                        return Err(format!("Fragment '{name}' cannot be spread in type '{of}'"));
                    }
                    self.check(&fragment.on, &fragment.selections, depth + 1)?;
                }
            }
        }
        Ok(())
    }
}

#[derive(Debug, Clone, PartialEq)]
enum Token {
    Name(String),
    Text(String),
    Number(String),
    Mark(char),
    Spread,
}

fn tokens(document: &str) -> Result<Vec<Token>, String> {
    let mut tokens = Vec::new();
    let mut chars = document.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            c if c.is_whitespace() || c == ',' || c == '\u{feff}' => {}
            '#' => while chars.next_if(|c| *c != '\n').is_some() {},
            '.' => {
                if chars.next() != Some('.') || chars.next() != Some('.') {
                    return Err("Invalid syntax: stray `.`".into());
                }
                tokens.push(Token::Spread);
            }
            '"' => {
                let mut raw = String::from('"');
                loop {
                    match chars.next() {
                        Some('\\') => {
                            raw.push('\\');
                            raw.extend(chars.next());
                        }
                        Some('"') => break,
                        Some(c) if c != '\n' => raw.push(c),
                        _ => return Err("Invalid syntax: unterminated string".into()),
                    }
                }
                raw.push('"');
                let text = serde_json::from_str(&raw).map_err(|_| "Invalid syntax: bad string")?;
                tokens.push(Token::Text(text));
            }
            c if c.is_ascii_alphabetic() || c == '_' => {
                let mut name = String::from(c);
                while let Some(c) = chars.next_if(|c| c.is_ascii_alphanumeric() || *c == '_') {
                    name.push(c);
                }
                tokens.push(Token::Name(name));
            }
            c if c.is_ascii_digit() || c == '-' => {
                let mut number = String::from(c);
                while let Some(c) = chars
                    .next_if(|c| c.is_ascii_digit() || matches!(c, '.' | 'e' | 'E' | '+' | '-'))
                {
                    number.push(c);
                }
                tokens.push(Token::Number(number));
            }
            c if "{}()[]:$!=@|&".contains(c) => tokens.push(Token::Mark(c)),
            other => return Err(format!("Invalid syntax: `{other}`")),
        }
    }
    Ok(tokens)
}

/// A recursive descent over the tokens that puts variables in place as it goes.
struct Parser {
    tokens: Vec<Token>,
    at: usize,
    depth: usize,
    variables: Map<String, Value>,
}

type Parsed<T> = Result<T, String>;

impl Parser {
    fn document(&mut self, wanted: Option<&str>) -> Parsed<Asked> {
        let mut chosen: Option<(Option<String>, bool, Vec<Selection>)> = None;
        let mut operations = 0;
        let mut fragments = Vec::new();
        while self.at < self.tokens.len() {
            if self.take_word("fragment") {
                let name = self.name()?;
                if !self.take_word("on") {
                    return Err("Invalid syntax: a fragment needs `on`".into());
                }
                let on = self.name()?;
                self.directives()?;
                let selections = self.selection_set()?;
                fragments.push(Fragment {
                    name,
                    on,
                    selections,
                });
                continue;
            }
            let mutation = self.take_word("mutation");
            let named = mutation || self.take_word("query");
            let name = match self.tokens.get(self.at) {
                Some(Token::Name(name)) if named => Some(name.clone()),
                _ => None,
            };
            self.at += usize::from(name.is_some());
            if named {
                self.variable_definitions()?;
                self.directives()?;
            }
            let selections = self.selection_set()?;
            operations += 1;
            if wanted.is_none() || wanted == name.as_deref() {
                chosen.get_or_insert((name, mutation, selections));
            }
        }
        if wanted.is_none() && operations > 1 {
            return Err("Must provide operation name if query contains multiple operations".into());
        }
        let (name, mutation, fields) =
            chosen.ok_or("There is no such operation in the document")?;
        let first = fields.iter().find_map(|selection| match selection {
            Selection::Field(field) => Some(field.name.clone()),
            _ => None,
        });
        Ok(Asked {
            name: name.or(first).unwrap_or_else(|| "anonymous".into()),
            mutation,
            fields: Ok(fields),
            fragments,
        })
    }

    fn variable_definitions(&mut self) -> Parsed<()> {
        if !self.take('(') {
            return Ok(());
        }
        while !self.take(')') {
            self.expect('$')?;
            let name = self.name()?;
            self.expect(':')?;
            let required = self.type_reference()?;
            if self.take('=') {
                let default = self.value()?;
                self.variables.entry(name.clone()).or_insert(default);
            }
            self.directives()?;
            if required && self.variables.get(&name).is_none_or(Value::is_null) {
                return Err(format!(
                    "Variable '{name}' has an invalid value: it must not be null"
                ));
            }
        }
        Ok(())
    }

    /// Reads a type and says whether it refuses null.
    fn type_reference(&mut self) -> Parsed<bool> {
        self.deeper()?;
        if self.take('[') {
            self.type_reference()?;
            self.expect(']')?;
        } else {
            self.name()?;
        }
        self.depth -= 1;
        Ok(self.take('!'))
    }

    fn selection_set(&mut self) -> Parsed<Vec<Selection>> {
        self.deeper()?;
        self.expect('{')?;
        let mut selections = Vec::new();
        while !self.take('}') {
            let (selection, kept) = self.selection()?;
            if kept {
                selections.push(selection);
            }
        }
        self.depth -= 1;
        Ok(selections)
    }

    fn selection(&mut self) -> Parsed<(Selection, bool)> {
        if self.tokens.get(self.at) == Some(&Token::Spread) {
            self.at += 1;
            if self.take_word("on") {
                let on = self.name()?;
                let kept = self.directives()?;
                return Ok((Selection::Inline(Some(on), self.selection_set()?), kept));
            }
            if let Some(Token::Name(name)) = self.tokens.get(self.at) {
                let name = name.clone();
                self.at += 1;
                return Ok((Selection::Spread(name), self.directives()?));
            }
            let kept = self.directives()?;
            return Ok((Selection::Inline(None, self.selection_set()?), kept));
        }
        let mut name = self.name()?;
        let mut alias = name.clone();
        if self.take(':') {
            name = self.name()?;
        } else {
            alias.clone_from(&name);
        }
        let arguments = self.arguments()?;
        let kept = self.directives()?;
        let selections = if self.tokens.get(self.at) == Some(&Token::Mark('{')) {
            self.selection_set()?
        } else {
            Vec::new()
        };
        let field = Field {
            alias,
            name,
            arguments,
            selections,
        };
        Ok((Selection::Field(field), kept))
    }

    fn arguments(&mut self) -> Parsed<Map<String, Value>> {
        let mut arguments = Map::new();
        if self.take('(') {
            while !self.take(')') {
                let name = self.name()?;
                self.expect(':')?;
                arguments.insert(name, self.value()?);
            }
        }
        Ok(arguments)
    }

    /// Reads directives and says whether `@include` and `@skip` keep what they stand on.
    fn directives(&mut self) -> Parsed<bool> {
        let mut kept = true;
        while self.take('@') {
            let name = self.name()?;
            let condition = self.arguments()?.get("if") == Some(&Value::Bool(true));
            match name.as_str() {
                "include" => kept &= condition,
                "skip" => kept &= !condition,
                _ => {}
            }
        }
        Ok(kept)
    }

    fn value(&mut self) -> Parsed<Value> {
        self.deeper()?;
        let token = self
            .tokens
            .get(self.at)
            .cloned()
            .ok_or("Invalid syntax: the document ends too early")?;
        self.at += 1;
        let value = match token {
            Token::Mark('$') => {
                let name = self.name()?;
                self.variables.get(&name).cloned().unwrap_or_default()
            }
            Token::Text(text) => Value::String(text),
            Token::Number(number) => {
                serde_json::from_str(&number).map_err(|_| format!("Invalid syntax: `{number}`"))?
            }
            Token::Name(word) => match word.as_str() {
                "true" => Value::Bool(true),
                "false" => Value::Bool(false),
                "null" => Value::Null,
                _ => Value::String(word),
            },
            Token::Mark('[') => {
                let mut items = Vec::new();
                while !self.take(']') {
                    items.push(self.value()?);
                }
                Value::Array(items)
            }
            Token::Mark('{') => {
                let mut object = Map::new();
                while !self.take('}') {
                    let name = self.name()?;
                    self.expect(':')?;
                    object.insert(name, self.value()?);
                }
                Value::Object(object)
            }
            other => return Err(format!("Invalid syntax: {other:?} is not a value")),
        };
        self.depth -= 1;
        Ok(value)
    }

    fn name(&mut self) -> Parsed<String> {
        match self.tokens.get(self.at) {
            Some(Token::Name(name)) => {
                self.at += 1;
                Ok(name.clone())
            }
            other => Err(format!(
                "Invalid syntax: a name is missing before {other:?}"
            )),
        }
    }

    fn take_word(&mut self, word: &str) -> bool {
        let there = matches!(self.tokens.get(self.at), Some(Token::Name(name)) if name == word);
        self.at += usize::from(there);
        there
    }

    fn take(&mut self, mark: char) -> bool {
        let there = self.tokens.get(self.at) == Some(&Token::Mark(mark));
        self.at += usize::from(there);
        there
    }

    fn expect(&mut self, mark: char) -> Parsed<()> {
        if self.take(mark) {
            return Ok(());
        }
        Err(format!(
            "Invalid syntax: `{mark}` is missing before {:?}",
            self.tokens.get(self.at)
        ))
    }

    /// Bounds the recursion, so that a hostile document cannot exhaust the stack.
    fn deeper(&mut self) -> Parsed<()> {
        self.depth += 1;
        if self.depth > 64 {
            return Err("Invalid syntax: nested too deeply".into());
        }
        Ok(())
    }
}
