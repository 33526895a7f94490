//! What the stand-in for GitHub holds.

use super::stage::Stage;
use serde_json::{Value, json};

pub(crate) const HEAD: &str = "1111111111111111111111111111111111111111";
pub(crate) const BOT: &str = "github-actions[bot]";

impl Stage {
    /// Starts with a GitHub that holds nothing.
    pub(crate) fn empty_hub(&self) {
        for name in ["comments", "issues", "pulls", "statuses"] {
            self.set_hub(name, &json!([]));
        }
        self.set_hub("tags", &json!({}));
        self.set_hub("artifacts", &json!({"artifacts": []}));
    }

    /// Says what GitHub answers, or holds, under a name.
    pub(crate) fn set_hub(&self, name: &str, value: &Value) {
        let path = self.hub().join(format!("{name}.json"));
        std::fs::write(path, value.to_string()).unwrap();
    }

    /// What GitHub holds under a name.
    pub(crate) fn hub_state(&self, name: &str) -> Value {
        let text = std::fs::read_to_string(self.hub().join(format!("{name}.json"))).unwrap();
        serde_json::from_str(&text).unwrap()
    }

    /// The calls so far, each as its arguments, and forgets them.
    pub(crate) fn calls(&self) -> Vec<Vec<String>> {
        let path = self.hub().join("calls");
        let text = std::fs::read_to_string(&path).unwrap_or_default();
        std::fs::write(path, "").unwrap();
        text.split_terminator("\u{1f}\n")
            .map(|call| call.split('\u{1f}').map(str::to_owned).collect())
            .collect()
    }

    /// The methods and paths of the calls so far that write.
    pub(crate) fn writes(&self) -> Vec<String> {
        self.calls()
            .iter()
            .filter_map(|call| {
                let at = call.iter().position(|word| word == "--method")?;
                let (method, path) = (&call[at + 1], call.get(at + 2)?);
                (method != "GET").then(|| format!("{method} {path}"))
            })
            .collect()
    }
}
