//! The closed list of codes that reading a workspace can report, with a sentence each for the documentation.

macro_rules! codes {
    ($($(#[doc = $doc:literal])+ $name:ident = $code:literal;)+) => {
        $($(#[doc = $doc])+ pub const $name: &str = $code;)+

        /// Every code with its sentence, in the order of the documentation.
        pub const ALL: &[(&str, &str)] = &[$(($code, concat!($($doc),+))),+];
    };
}

codes! {
    /// The directory holds no `portcullis.yaml`.
    NO_WORKSPACE = "no-workspace";
    /// A file or directory cannot be read.
    UNREADABLE = "unreadable";
    /// A file that is named does not exist.
    MISSING_FILE = "missing-file";
    /// A path leaves the workspace, directly or through a symbolic link.
    PATH_ESCAPES = "path-escapes";
    /// A pattern of `include` matches no file.
    NO_MATCH = "no-match";
    /// A file looks like a part of the workspace and is not read.
    UNREAD_FILE = "unread-file";
    /// More files are named than one workspace may have.
    TOO_MANY_FILES = "too-many-files";
    /// A file is larger than the limit.
    FILE_TOO_LARGE = "file-too-large";
    /// A file is not UTF-8 text.
    NOT_UTF8 = "not-utf8";
    /// A file is not YAML.
    YAML_SYNTAX = "yaml-syntax";
    /// `url: sandbox:` without quotes, which YAML reads as a mapping.
    UNQUOTED_SANDBOX = "unquoted-sandbox";
    /// A file holds more than one YAML document.
    YAML_DOCUMENTS = "yaml-documents";
    /// A file holds no YAML document.
    EMPTY_FILE = "empty-file";
    /// A YAML tag such as `!!str`.
    YAML_TAG = "yaml-tag";
    /// A YAML merge key (`<<`).
    YAML_MERGE_KEY = "yaml-merge-key";
    /// Nesting, aliases or the number of values exceed the limits.
    YAML_LIMIT = "yaml-limit";
    /// A key stands twice in one mapping.
    DUPLICATE_KEY = "duplicate-key";
    /// A value has the wrong type.
    WRONG_TYPE = "wrong-type";
    /// A key is not known here.
    UNKNOWN_KEY = "unknown-key";
    /// A key that is needed is missing.
    MISSING_KEY = "missing-key";
    /// `null` or an empty value; absence is written by leaving the key out.
    NULL_VALUE = "null-value";
    /// A word is not one of those allowed here.
    UNKNOWN_WORD = "unknown-word";
    /// Keys that cannot stand together, or a key that cannot stand here.
    CONFLICTING_KEYS = "conflicting-keys";
    /// The configuration version is not 1.
    UNSUPPORTED_VERSION = "unsupported-version";
    /// A key that only the root file may hold stands in another file.
    ROOT_ONLY = "root-only";
    /// A file declares what no scope grants it.
    OUTSIDE_SCOPE = "outside-scope";
    /// The same thing is declared in two places.
    DECLARED_TWICE = "declared-twice";
    /// An e-mail address is not valid.
    INVALID_ADDRESS = "invalid-address";
    /// A domain is not valid or not exact.
    INVALID_DOMAIN = "invalid-domain";
    /// A name or key is not valid.
    INVALID_NAME = "invalid-name";
    /// A date is not of the form YYYY-MM-DD or cannot be right.
    INVALID_DATE = "invalid-date";
    /// A number is out of range.
    INVALID_NUMBER = "invalid-number";
    /// A URL is not usable here.
    INVALID_URL = "invalid-url";
    /// An address pattern is not valid.
    INVALID_PATTERN = "invalid-pattern";
    /// An id is not valid.
    INVALID_ID = "invalid-id";
    /// A person stands in one list twice with different details.
    CONFLICTING_ENTRIES = "conflicting-entries";
    /// A person is both listed and declared absent.
    LISTED_AND_ABSENT = "listed-and-absent";
    /// A list under `exact` is empty without `allow_empty: true`.
    EMPTY_LIST = "empty-list";
    /// A roster file has an unknown kind, a bad header or a malformed line.
    ROSTER_FORMAT = "roster-format";
    /// A file holds the conflict markers of a merge.
    CONFLICT_MARKERS = "conflict-markers";
    /// A column of a roster file is not used: an error under `exact` where it could matter, a warning or a note otherwise.
    UNUSED_COLUMN = "unused-column";
    /// A value of a column under `where` is neither `in` nor `out`.
    UNNAMED_VALUE = "unnamed-value";
    /// A roster file has fewer rows than `min_rows`.
    TOO_FEW_ROWS = "too-few-rows";
    /// An organization, site or other name is used but not declared.
    NOT_DECLARED = "not-declared";
    /// Two names differ only in case, width or spaces.
    NEAR_DUPLICATE = "near-duplicate";
    /// An id or a previous name belongs to two things.
    USED_TWICE = "used-twice";
    /// A link to an organization that is declared absent or retired.
    LINKS_ABSENT = "links-absent";
    /// Members of an organization that others manage.
    MANAGED_ELSEWHERE = "managed-elsewhere";
    /// An organization has more e-mail domains than Atlassian allows (L40).
    TOO_MANY_DOMAINS = "too-many-domains";
    /// One e-mail domain on two organizations (L41): which one a customer joins is unspecified.
    SHARED_DOMAIN = "shared-domain";
    /// A space is declared with two different viewers (one space has one setting).
    CONFLICTING_VIEWERS = "conflicting-viewers";
    /// A seed, or what only a seed may hold, in the wrong place.
    SEED_MISPLACED = "seed-misplaced";
    /// An attestation is about something that no person attests.
    NOT_ATTESTABLE = "not-attestable";
    /// The token of a site ends soon, or has ended.
    TOKEN_EXPIRES = "token-expires";
    /// A mapped description is not consistent.
    INVALID_MAPPING = "invalid-mapping";
}
