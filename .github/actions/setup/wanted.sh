#!/usr/bin/env bash
# Says which version is wanted: the one that was asked for, or the one that belongs to this action.
set -euo pipefail
# shellcheck source=../common.sh
source "$(dirname "${BASH_SOURCE[0]}")/../common.sh"

version=$INPUT_VERSION
if [ -z "$version" ] && [ -f "$INPUT_OWN_SOURCE/Cargo.toml" ]; then
  version=$(sed -n 's/^version = "\([^"]*\)"$/\1/p' "$INPUT_OWN_SOURCE/Cargo.toml" | head -n 1)
fi
[[ $version =~ ^[0-9]+\.[0-9]+\.[0-9]+(-[0-9A-Za-z.]+)?$ ]] || fail "the input \`version\` is no version such as 0.1.0" 64
set_output version "$version"
