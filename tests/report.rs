//! The plan document as people and programs see it.

#[path = "report/document.rs"]
mod document;
#[path = "report/folds.rs"]
mod folds;
#[path = "report/json.rs"]
mod json;
#[path = "report/text.rs"]
mod text;
