//! The plan document as people and programs see it.

#[path = "report/document.rs"]
mod document;
#[path = "report/json.rs"]
mod json;
#[path = "report/text.rs"]
mod text;
