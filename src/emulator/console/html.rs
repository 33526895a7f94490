//! The parts that pages are made of: the frame, labelled controls, and text that stays text.

use super::super::call::Answer;
use super::{CONSOLE, Form};
use crate::neutral::html::escaped;

/// One system font, the reader's light or dark, room around controls, and nothing that moves.
const STYLE: &str = "\
:root { color-scheme: light dark; --paper: #fff; --ink: #1c2024; --link: #0b57b8; }
@media (prefers-color-scheme: dark) { :root { --paper: #14181c; --ink: #e7eaee; --link: #8ab8ff; } }
body { background: var(--paper); color: var(--ink); font: 1rem/1.5 system-ui, sans-serif; overflow-wrap: break-word; margin: 0 auto; max-width: 60rem; padding: 0 1rem 4rem; }
a { color: var(--link); }
header, nav { margin: 1rem 0; }
nav p { margin: .5rem 0 0; opacity: .85; }
nav a[aria-current] { color: inherit; font-weight: 600; text-decoration: none; }
nav ul { display: flex; flex-wrap: wrap; gap: .25rem 1rem; list-style: none; margin: 0; padding: 0; }
.skip { left: 1rem; position: absolute; top: -4rem; }
.skip:focus { background: Canvas; padding: .5rem; top: .5rem; }
fieldset { border: 1px solid #888; margin: 1.5rem 0; min-width: 0; padding: .5rem 1rem 1rem; }
legend { font-weight: 600; padding: 0 .25rem; }
label { display: block; margin: .5rem 0; }
input[type=text], input[type=email], input[type=search], select, textarea { box-sizing: border-box; display: block; font: inherit; max-width: 100%; padding: .25rem .5rem; width: 28rem; }
button { font: inherit; margin: .5rem .5rem .5rem 0; padding: .25rem 1rem; }
:focus-visible { outline: 3px solid Highlight; outline-offset: 2px; }
[role=status], [role=alert] { border-left: .4rem solid #2a7; margin: 1rem 0; padding: .25rem 1rem; }
[role=alert] { border-color: #c33; }
.hint { margin: .25rem 0; opacity: .85; }
table { border-collapse: collapse; margin: 1rem 0; width: 100%; }
caption { font-weight: 600; padding: .5rem 0; text-align: left; }
th, td { border: 1px solid #888; padding: .25rem .5rem; text-align: left; vertical-align: top; }
td form { display: inline; }
@media (max-width: 30rem) { h1 { font-size: 1.4rem; } }
@media (max-width: 60rem) {
  thead { display: none; }
  table, tbody, tr, th, td, caption { display: block; overflow-wrap: anywhere; }
  tr { border: 1px solid #888; margin: 0 0 .5rem; padding: .25rem .5rem; }
  th, td { border: 0; padding: .1rem 0; }
  td:empty { display: none; }
  td[data-head]::before { content: attr(data-head) \": \"; opacity: .85; }
}
";

/// The pages that every page links to, by where Atlassian has them and by path below the console, in the words of the manual steps.
const PLACES: [(&str, &[(&str, &str)]); 3] = [
    (
        "Settings > Apps (or Products) > Jira Service Management",
        &[
            ("/configuration", "Configuration"),
            ("/customer-access", "Customer access"),
            ("/authentication", "Authentication"),
            ("/email-requests", "Email requests"),
            ("/knowledge-base-permissions", "Knowledge base permissions"),
            ("/help-centers", "Help centers"),
        ],
    ),
    (
        "Atlassian Administration",
        &[
            ("/users", "Users"),
            ("/groups", "Groups"),
            (
                "/app-access",
                "App access settings (or User access settings)",
            ),
            ("/portal-only-customers", "Portal-only customers"),
        ],
    ),
    (
        "Service projects",
        &[("", "Overview"), ("/customers", "Customers")],
    ),
];

/// What to say at the top of a page.
pub(super) enum Notice<'n> {
    /// Something was done.
    Done(&'n str),
    /// Something was refused: why, and the id of the control to look at.
    Refused(&'n str, &'n str),
}

/// Returns the style sheet, which every page loads from here.
pub(super) fn style() -> Answer {
    Answer {
        headers: vec![("content-type", "text/css; charset=utf-8".to_owned())],
        ..Answer::raw(STYLE.as_bytes().to_vec())
    }
}

/// Makes a page. `title` is plain text, `body` is markup.
pub(super) fn page(site: &str, title: &str, notice: Option<&Notice<'_>>, body: &str) -> Answer {
    let status = match notice {
        Some(Notice::Refused(..)) => 422,
        _ => 200,
    };
    let note = match notice {
        None => String::new(),
        Some(Notice::Done(what)) => format!("<p role=\"status\">{}</p>\n", escaped(what)),
        Some(Notice::Refused(why, id)) => format!(
            "<p role=\"alert\">Nothing was changed. <a href=\"#{id}\">{}</a></p>\n",
            escaped(why)
        ),
    };
    // The title is what a screen reader says first.
    let alarm = match notice {
        Some(Notice::Refused(..)) => "Not done: ",
        _ => "",
    };
    frame(
        status,
        &format!("{alarm}{title} – sandbox {site}"),
        &format!("<h1>{}</h1>\n{note}{body}", escaped(title)),
    )
}

/// Makes a page that says why there is no other.
pub(super) fn error(status: u16, why: &str) -> Answer {
    frame(
        status,
        &format!("{status} – sandbox"),
        &format!("<h1>{status}</h1>\n<p role=\"alert\">{}</p>", escaped(why)),
    )
}

fn frame(status: u16, title: &str, main: &str) -> Answer {
    let link = |path: &str, name: &str| format!("<li><a href=\"{path}\">{name}</a></li>\n");
    let places: String = PLACES
        .iter()
        .map(|(place, pages)| {
            let links = pages.iter();
            let links: String = links
                .map(|(path, name)| link(&format!("{CONSOLE}{path}"), name))
                .collect();
            let visit = match *place {
                "Service projects" => link("/__sandbox/visit", "Visit the help center"),
                _ => String::new(),
            };
            format!("<p>{}</p>\n<ul>\n{links}{visit}</ul>\n", escaped(place))
        })
        .collect();
    let body = format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>{}</title>\n\
         <link rel=\"stylesheet\" href=\"{CONSOLE}/style.css\">\n</head>\n<body>\n\
         <a class=\"skip\" href=\"#main\">Skip to the content</a>\n\
         <header><p>The Portcullis sandbox. Nothing here is Atlassian's.</p></header>\n\
         <nav aria-label=\"Console\">\n{places}</nav>\n\
         <main id=\"main\">\n{main}\n</main>\n</body>\n</html>\n",
        escaped(title)
    );
    Answer {
        status,
        headers: vec![("content-type", "text/html; charset=utf-8".to_owned())],
        ..Answer::raw(body.into_bytes())
    }
}

/// Returns foreign text for content, made harmless.
pub(super) fn text(text: &str) -> String {
    escaped(text)
}

/// Returns text for an attribute that a form sends back: only markup is escaped, so that it comes back as it was.
pub(super) fn value(text: &str) -> String {
    let mut safe = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            c => safe.push(c),
        }
    }
    safe
}

/// Makes a form that posts to a path. `controls` is markup.
pub(super) fn form(path: &str, controls: &str, submit: &str) -> String {
    format!(
        "<form method=\"post\" action=\"{}\">\n{controls}<button type=\"submit\">{}</button>\n</form>\n",
        value(path),
        text(submit)
    )
}

/// Makes a form of one group, within whose frame its button stands. `controls` is markup.
pub(super) fn framed(path: &str, id: &str, legend: &str, controls: &str, submit: &str) -> String {
    let button = format!("<button type=\"submit\">{}</button>\n", text(submit));
    format!(
        "<form method=\"post\" action=\"{}\">\n{}</form>\n",
        value(path),
        group(id, legend, &format!("{controls}{button}"))
    )
}

/// Marks the link of the navigation that leads to where a page is; `path` is that of the request.
pub(super) fn here(mut answer: Answer, path: &str) -> Answer {
    let is_page = answer
        .headers
        .iter()
        .any(|(name, value)| *name == "content-type" && value.starts_with("text/html"));
    let Some(body) = is_page.then(|| String::from_utf8_lossy(&answer.body)) else {
        return answer;
    };
    // The navigation stands before whatever a stranger typed.
    let link = format!("<li><a href=\"{path}\"");
    let marked = body.replacen(&link, &format!("{link} aria-current=\"page\""), 1);
    answer.body = marked.into_bytes();
    answer
}

/// Makes a group of controls that a link can point at. `controls` is markup.
pub(super) fn group(id: &str, legend: &str, controls: &str) -> String {
    format!(
        "<fieldset id=\"{id}\">\n<legend>{}</legend>\n{controls}</fieldset>\n",
        text(legend)
    )
}

/// Makes a box that is checked when the form has the parameter.
pub(super) fn check(form: &Form, name: &str, label: &str) -> String {
    let checked = if form.has(name) { " checked" } else { "" };
    format!(
        "<label><input type=\"checkbox\" name=\"{name}\"{checked}> {}</label>\n",
        text(label)
    )
}

/// Makes one button for each value, of which the form's is chosen.
pub(super) fn choice(form: &Form, name: &str, options: &[(&str, &str)]) -> String {
    options
        .iter()
        .map(|(word, label)| {
            let checked = if form.get(name) == *word { " checked" } else { "" };
            format!(
                "<label><input type=\"radio\" name=\"{name}\" value=\"{word}\"{checked}> {}</label>\n",
                text(label)
            )
        })
        .collect()
}

/// Makes a control for several lines of text with a hint.
pub(super) fn lines(form: &Form, name: &str, label: &str, hint: &str) -> String {
    format!(
        "<label for=\"{name}\">{}</label>\n<p class=\"hint\" id=\"{name}-hint\">{}</p>\n\
         <textarea id=\"{name}\" name=\"{name}\" rows=\"4\" spellcheck=\"false\" aria-describedby=\"{name}-hint\">\n{}</textarea>\n",
        text(label),
        text(hint),
        value(form.get(name))
    )
}

/// Makes a control for one line of text. `kind` is the type of input.
pub(super) fn line(kind: &str, id: &str, name: &str, label: &str, content: &str) -> String {
    format!(
        "<label for=\"{id}\">{}</label>\n<input type=\"{kind}\" id=\"{id}\" name=\"{name}\" value=\"{}\" autocomplete=\"off\">\n",
        text(label),
        value(content)
    )
}

/// Makes a control that takes one of several words.
pub(super) fn select(id: &str, name: &str, label: &str, options: &[String]) -> String {
    let options: String = options
        .iter()
        .map(|option| {
            format!(
                "<option value=\"{}\">{}</option>\n",
                value(option),
                text(option)
            )
        })
        .collect();
    format!(
        "<label for=\"{id}\">{}</label>\n<select id=\"{id}\" name=\"{name}\">\n{options}</select>\n",
        text(label)
    )
}

/// Makes a parameter that people do not see.
pub(super) fn hidden(name: &str, content: &str) -> String {
    format!(
        "<input type=\"hidden\" name=\"{name}\" value=\"{}\">\n",
        value(content)
    )
}

/// Makes a table; cells are markup, the first of a row names it. Where there is little room each row is a block, and its cells say
/// what they are. A table without rows is a sentence.
pub(super) fn table(caption: &str, heads: &[&str], rows: &[Vec<String>]) -> String {
    if rows.is_empty() {
        return format!("<p><strong>{}</strong>: none</p>\n", text(caption));
    }
    let head: String = heads
        .iter()
        .map(|head| format!("<th scope=\"col\">{}</th>", text(head)))
        .collect();
    let cell = |at: usize, cell: &str| match (at, heads.get(at)) {
        (0, _) | (_, None) => format!("<th scope=\"row\">{cell}</th>"),
        (_, Some(head)) => format!("<td data-head=\"{}\">{cell}</td>", value(head)),
    };
    let rows: String = rows
        .iter()
        .map(|cells| {
            let cells = cells.iter().enumerate();
            let cells: String = cells.map(|(at, text)| cell(at, text)).collect();
            format!("<tr>{cells}</tr>\n")
        })
        .collect();
    format!(
        "<table>\n<caption>{}</caption>\n<thead><tr>{head}</tr></thead>\n<tbody>\n{rows}</tbody>\n</table>\n",
        text(caption)
    )
}
