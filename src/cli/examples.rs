//! The examples at the end of every help page. A test parses each command of them.

/// Of `portcullis` itself.
pub(super) const TOP: &str = "\
Examples:
  portcullis init acme                        # a starter with a sandbox
  portcullis plan acme                        # what would change, and for whom
  portcullis apply acme                       # the same, asked and carried out
  portcullis explain acme ana@globex.example  # what one person reaches, and why
  portcullis rule V10                         # what the code of a reason means

Exit codes: 0 done · 1 unexpected error · 2 changes present (--detailed-exitcode) · 3 invalid configuration · \
4 applied in part · 5 blocked · 6 more than was reviewed · 7 credentials or rights · 8 not readable · 9 manual steps remain · \
10 an expectation fails · 64 usage · 130, 143 interrupted";

/// Of `doctor`.
pub(super) const DOCTOR: &str = "\
Examples:
  portcullis doctor
  portcullis doctor access --site acme
  portcullis doctor access --format json";

/// Of `validate`.
pub(super) const VALIDATE: &str = "\
Examples:
  portcullis validate
  portcullis validate access --format github     # annotations in a pull request
  portcullis validate access --format sarif      # for code scanning
  portcullis --today 2027-02-01 validate access  # what is wrong then";

/// Of `plan`.
pub(super) const PLAN: &str = "\
Examples:
  portcullis plan
  portcullis plan access --out plan.json                # for apply --plan
  portcullis plan access --base main --format markdown  # for a pull request
  portcullis plan access --target 'acme/organization/Globex/**'
  portcullis plan access --observed site.json           # without network";

/// Of `show`.
pub(super) const SHOW: &str = "\
Examples:
  portcullis show plan.json
  portcullis show plan.json --format html > plan.html";

/// Of `apply`.
pub(super) const APPLY: &str = "\
Examples:
  portcullis apply access                   # plans, asks, carries out
  portcullis apply access --plan plan.json  # what was reviewed and nothing else
  portcullis apply access --plan plan.json --verify
  portcullis apply access --auto-approve --allow-manual
  portcullis apply access --target acme/organization/Globex";

/// Of `drift`.
pub(super) const DRIFT: &str = "\
Examples:
  portcullis drift access
  portcullis drift access --base main --detailed-exitcode  # for a nightly run
  portcullis drift access --format html > drift.html       # a page
  portcullis drift access --blame                          # by whom, and when
  portcullis drift access --since yesterday.json           # what is new first
  portcullis drift access --write-patch drift.patch        # accepts it";

/// Of `sites`.
pub(super) const SITES: &str = "\
Examples:
  portcullis sites access
  portcullis sites access --format json  # the matrix of a pipeline";

/// Of `codeowners`.
pub(super) const CODEOWNERS: &str = "\
Examples:
  portcullis codeowners access --owner '*=@acme/it' --owner 'hr/**=@acme/hr'";

/// Of `explain`.
pub(super) const EXPLAIN: &str = "\
Examples:
  portcullis explain ana@globex.example
  portcullis explain ana@globex.example --rules        # every rule behind it
  portcullis explain access anyone --channels          # who is named nowhere
  portcullis explain access '*@globex.example' --project ITSM
  portcullis explain access ana@globex.example --live  # what the site says now";

/// Of `who`.
pub(super) const WHO: &str = "\
Examples:
  portcullis who ITSM
  portcullis who access ITSM/ITKB                 # who reads these articles
  portcullis who access ITSM --live --format csv  # its access review";

/// Of `review`.
pub(super) const REVIEW: &str = "\
Examples:
  portcullis review --url https://acme.atlassian.net  # nothing written yet
  portcullis review access --live --format html > review.html
  portcullis review access --live --against leavers.csv
  portcullis review access --live --since review.json  # what changed since then
  portcullis review access --owner it@acme.com --format csv";

/// Of `graph`.
pub(super) const GRAPH: &str = "\
Examples:
  portcullis graph access > access.svg
  portcullis graph access --live --format dot > access.dot
  portcullis graph access --format mermaid  # for a page of a code host";

/// Of `init`.
pub(super) const INIT: &str = "\
Examples:
  portcullis init
  portcullis init acme
  portcullis init access --ci github          # the pipeline as well, or alone
  portcullis init access --strategy external  # customers of other companies
  portcullis init access --from https://acme.atlassian.net";

/// Of `attest`.
pub(super) const ATTEST: &str = "\
Examples:
  portcullis attest acme/customer-access/internal --value true --by jo
  portcullis attest acme/setting/organization-management --value agents --by jo
  portcullis attest access --all-of plan.json --by jo  # page by page
  portcullis attest access --from seen.csv --by jo";

/// Of `sandbox`.
pub(super) const SANDBOX: &str = "\
Examples:
  portcullis sandbox --seed examples/quickstart/seed
  portcullis sandbox --listen 127.0.0.1:8080 --state acme.json
  portcullis sandbox --faults seed=7,429=0.02 --latency-ms 200";

/// Of `rule`.
pub(super) const RULE: &str = "\
Examples:
  portcullis rule V10
  portcullis rule L13
  portcullis rule unknown-key
  portcullis rule  # every code";

/// Of `schema`.
pub(super) const SCHEMA: &str = "\
Examples:
  portcullis schema > portcullis.schema.json
  portcullis schema --mapped > mapped.schema.json
  portcullis schema --roster > roster.schema.json";

/// Of `completions`.
pub(super) const COMPLETIONS: &str = "\
Examples:
  portcullis completions bash > /etc/bash_completion.d/portcullis
  portcullis completions zsh > _portcullis";

/// Of `man`.
pub(super) const MAN: &str = "\
Examples:
  portcullis man > portcullis.1";

/// Of `export`.
pub(super) const EXPORT: &str = "\
Examples:
  portcullis export --url https://acme.atlassian.net --to access
  portcullis export access --snapshot site.json  # for plan --observed";
