//! Rendering: plans, apply reports and access for people and for machines, the same words everywhere.

pub mod access_review;
mod alike;
pub mod applied;
pub mod build;
pub mod digest;
pub mod document;
mod doubts;
pub mod drift;
pub mod fates;
pub mod gitlab;
pub mod graph;
pub(crate) mod headcount;
pub mod html;
pub mod impact;
pub mod json;
pub(crate) mod law;
pub mod made;
pub mod markdown;
pub mod privacy;
pub mod record;
pub mod said;
mod sections;
mod sentences;
mod subject;
pub mod text;
mod verdict;
