//! Who reaches what as a picture: SVG in three columns, or the text of DOT and of Mermaid. Names cannot break out of either.

use crate::access::graph::{Edge, Graph, Kind, Node};
use crate::neutral::html::escaped;
use crate::neutral::neutral;
use std::io::{self, Write};

/// Where the columns of the picture begin, and how high a row is.
const COLUMNS: [usize; 3] = [10, 430, 690];
const ROW: usize = 28;
const WIDTHS: [usize; 3] = [300, 150, 150];
/// How far apart lines run that lead past the portals, and after how many they begin at the top again.
const LANE: usize = 6;
const LANES: usize = 40;
/// How many letters of a name the picture shows.
const LETTERS: usize = 36;

fn label(node: &Node) -> String {
    let what = match node.kind {
        Kind::Class => "",
        Kind::Organization => "organization ",
        Kind::Customers => "customers of ",
        Kind::Portal => "portal ",
        Kind::Space => "articles ",
    };
    let people = match node.people {
        None => String::new(),
        Some(1) => " (1 person)".to_owned(),
        Some(people) => format!(" ({people} people)"),
    };
    format!("{what}{}{people}", neutral(&node.name))
}

/// Writes the text of Graphviz.
///
/// # Errors
/// When `out` cannot be written to.
pub fn dot(out: &mut dyn Write, graph: &Graph, site: &str) -> io::Result<()> {
    let quoted = |text: &str| format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""));
    writeln!(
        out,
        "digraph {} {{\n  rankdir=LR;\n  node [shape=box];",
        quoted(&neutral(site))
    )?;
    for (at, node) in graph.nodes.iter().enumerate() {
        let shape = match node.kind {
            Kind::Class => ", shape=ellipse",
            Kind::Portal => ", style=bold",
            _ => "",
        };
        writeln!(out, "  n{at} [label={}{shape}];", quoted(&label(node)))?;
    }
    for edge in &graph.edges {
        let style = if edge.sure { "" } else { " [style=dashed]" };
        writeln!(out, "  n{} -> n{}{style};", edge.from, edge.to)?;
    }
    writeln!(out, "}}")
}

/// Writes the text of Mermaid, which code hosts draw.
///
/// # Errors
/// When `out` cannot be written to.
pub fn mermaid(out: &mut dyn Write, graph: &Graph) -> io::Result<()> {
    // Every letter that Mermaid or HTML could take for its own becomes an entity by number.
    let safe = |text: &str| -> String {
        let special = |c: char| !(c.is_alphanumeric() || matches!(c, ' ' | '.' | '@' | '-' | '_'));
        let parts = text.chars().map(|c| match special(c) {
            true => format!("#{};", u32::from(c)),
            false => c.to_string(),
        });
        parts.collect()
    };
    writeln!(out, "flowchart LR")?;
    for (at, node) in graph.nodes.iter().enumerate() {
        let label = safe(&label(node));
        match node.kind {
            Kind::Class => writeln!(out, "  n{at}([\"{label}\"])")?,
            _ => writeln!(out, "  n{at}[\"{label}\"]")?,
        }
    }
    for edge in &graph.edges {
        let arrow = if edge.sure { "-->" } else { "-.->" };
        writeln!(out, "  n{} {arrow} n{}", edge.from, edge.to)?;
    }
    Ok(())
}

/// Writes a picture that asks nobody for anything.
///
/// # Errors
/// When `out` cannot be written to.
pub fn svg(out: &mut dyn Write, graph: &Graph, site: &str) -> io::Result<()> {
    let mut rows = [0_usize; 3];
    let places: Vec<(usize, usize)> = graph
        .nodes
        .iter()
        .map(|node| {
            let column = node.kind.column();
            rows[column] += 1;
            (column, rows[column] * ROW)
        })
        .collect();
    // What leads past the portals runs below them: behind their boxes it would read as access to one.
    let is_past = |edge: &&Edge| match (places.get(edge.from), places.get(edge.to)) {
        (Some(from), Some(to)) => from.0 + 1 < to.0,
        _ => false,
    };
    let past = graph.edges.iter().filter(is_past).count().min(LANES);
    let lanes = rows[1] * ROW + ROW;
    let height = (rows.iter().max().copied().unwrap_or(0) + 2) * ROW;
    let height = height.max(lanes + past * LANE + ROW);
    let title = format!("Who reaches what on {}", escaped(site));
    writeln!(
        out,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 860 {height}\" role=\"img\" aria-label=\"{title}\" font-family=\"sans-serif\" font-size=\"12\">\n\
         <title>{title}</title>\n<rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>"
    )?;
    let mut lane = 0;
    for edge in &graph.edges {
        let (Some(from), Some(to)) = (places.get(edge.from), places.get(edge.to)) else {
            continue;
        };
        let x1 = COLUMNS[from.0] + WIDTHS[from.0];
        let (x2, middle) = (COLUMNS[to.0], (x1 + COLUMNS[to.0]) / 2);
        let (y1, y2) = (from.1, to.1);
        let way = match is_past(&edge) {
            false => format!("M{x1},{y1} C{middle},{y1} {middle},{y2} {x2},{y2}"),
            true => {
                let y = lanes + lane % LANES * LANE;
                lane += 1;
                let (left, right) = (COLUMNS[1] - 10, COLUMNS[1] + WIDTHS[1] + 10);
                let (down, up) = ((x1 + left) / 2, (right + x2) / 2);
                format!(
                    "M{x1},{y1} C{down},{y1} {down},{y} {left},{y} L{right},{y} C{up},{y} {up},{y2} {x2},{y2}"
                )
            }
        };
        let dash = if edge.sure {
            ""
        } else {
            " stroke-dasharray=\"4 3\""
        };
        writeln!(
            out,
            "<path d=\"{way}\" fill=\"none\" stroke=\"#8fa1b3\"{dash}/>"
        )?;
    }
    for (node, (column, y)) in graph.nodes.iter().zip(&places) {
        let whole = label(node);
        let mut shown: String = whole.chars().take(LETTERS).collect();
        if shown.len() < whole.len() {
            shown.push('…');
        }
        let fill = match node.kind {
            Kind::Class => "#fdeceb",
            Kind::Portal => "#e8f0fb",
            _ => "#f4f6f8",
        };
        writeln!(
            out,
            "<g><title>{}</title><rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"22\" rx=\"4\" fill=\"{fill}\" stroke=\"#d5dbe1\"/>\
             <text x=\"{}\" y=\"{}\">{}</text></g>",
            escaped(&whole),
            COLUMNS[*column],
            y - 11,
            WIDTHS[*column],
            COLUMNS[*column] + 6,
            y + 4,
            escaped(&shown)
        )?;
    }
    writeln!(out, "</svg>")
}
