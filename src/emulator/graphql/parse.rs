//! Reading an executable GraphQL document: tokens, then a recursive descent.

use super::{Asked, Field, Fragment, Selection};
use serde_json::{Map, Value};

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
pub(super) struct Parser {
    tokens: Vec<Token>,
    at: usize,
    depth: usize,
    variables: Map<String, Value>,
    declared: Vec<String>,
    used: Vec<String>,
}

type Parsed<T> = Result<T, String>;

impl Parser {
    /// Cuts a document into tokens; the variables are those sent with it.
    pub(super) fn new(document: &str, variables: Map<String, Value>) -> Parsed<Self> {
        Ok(Self {
            tokens: tokens(document)?,
            at: 0,
            depth: 0,
            variables,
            declared: Vec::new(),
            used: Vec::new(),
        })
    }

    /// Reads the whole document and takes the operation that is wanted, or the only one.
    pub(super) fn document(&mut self, wanted: Option<&str>) -> Parsed<Asked> {
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
        if let Some(name) = self.used.iter().find(|name| !self.declared.contains(name)) {
            return Err(format!("Undefined variable '{name}'"));
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
            self.declared.push(name.clone());
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
                let value = self.variables.get(&name).cloned().unwrap_or_default();
                self.used.push(name);
                value
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
