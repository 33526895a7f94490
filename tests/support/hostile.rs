//! Names that strangers could choose: every renderer must show them as text.

/// Returns the corpus, the same every time.
pub(crate) fn names() -> Vec<String> {
    let mut names: Vec<String> = [
        // Terminals.
        "\u{1b}[31mred\u{1b}[0m",
        "\u{1b}]0;title\u{7}",
        "\u{1b}]8;;https://evil.example\u{1b}\\click\u{1b}]8;;\u{1b}\\",
        "\u{9b}2Jgone",
        "back\u{8}\u{8}\u{8}\u{8}space",
        "a\rb",
        "two\nlines",
        "two\r\n\r\nparagraphs",
        "tab\there",
        "nul\u{0}byte",
        "\u{85}\u{2028}\u{2029}",
        // Letters that hide or reorder.
        "moc.live\u{202e}@ana",
        "\u{2066}isolate\u{2069}\u{200f}",
        "zero\u{200b}width\u{200d}\u{feff}",
        "\u{e0041}tag\u{3164}",
        "\u{ffff}\u{fffe}",
        // Markdown.
        "[click](https://evil.example)",
        "![x](https://evil.example/track.png)",
        "<https://evil.example>",
        "https://evil.example and www.evil.example",
        "[ref]: https://evil.example",
        "| a | b |",
        "a|b\\|c\\\\|d",
        "`code` and ``more`` ```",
        "```\nfence\n```",
        "~~~",
        "# heading",
        "- item",
        "1. first",
        "> quote",
        "---",
        "***bold*** _em_ ~~gone~~",
        "- [x] task",
        "[^1] and [^1]: note",
        ":tada: $x$ $`y`$ {+z+}",
        "ends with a backslash\\",
        "&lt;script&gt; &#64;everyone &copy;",
        // HTML.
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "</td></tr></table><h1>x",
        "</code></details>-->",
        "<!-- portcullis:plan site=evil -->",
        "\" onmouseover=\"alert(1)",
        "' autofocus onfocus='alert(1)",
        "javascript:alert(1)",
        "]]><![CDATA[<x/>",
        "<?xml version=\"1.0\"?><!DOCTYPE x [<!ENTITY e SYSTEM \"file:///etc/passwd\">]>&e;",
        // Mentions and references.
        "@everyone",
        "@acme/team please look",
        "hello @octocat, @all",
        "#1 and GH-12 and acme/site#3 and !4",
        "0123456789abcdef0123456789abcdef01234567",
        "ana@globex.example",
        // Commands of pipelines.
        "::set-output name=approved::true",
        "x\n::error file=a,line=1::boo",
        "   ::add-mask::a",
        "::stop-commands::pause",
        "##[error]boo",
        "##vso[task.setvariable variable=x]y",
        "%0A::warning::x",
        "a,title=b:c",
        // Spreadsheets.
        "=HYPERLINK(\"https://evil.example\",\"x\")",
        "+1+cmd|' /C calc'!A0",
        "-1",
        "@SUM(1,1)",
        // Shapes of our own.
        "a/b%2Fc*",
        "person-000000000000@globex.example",
        "{0} {x} [a](1) %s %n ${{ secrets.X }}",
        "",
        " ",
        // Ordinary names, which must survive.
        "Jürgen Größe",
        "עברית",
        "日本語",
        "O'Neil & Söhne",
    ]
    .map(str::to_owned)
    .to_vec();
    names.push("long ".repeat(2_000));
    names.push("x".repeat(10_000));
    names.push("|`@a".repeat(2_500));
    names.push("\u{202e}".repeat(3_400));
    names
}
