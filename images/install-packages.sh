#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# install-packages.sh [PACKAGE...] - installs those Debian packages that are not installed.
#
# Needs root or sudo, but only if something is missing; prints what it does.
set -eu
# shellcheck source=images/as-root.sh
. "$(dirname "$0")/as-root.sh"

# One at a time, also under make -j: apt does not wait for its locks.
exec 9<"$0"
flock 9

missing=
for package; do
	state=$(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null || true)
	[ "$state" = installed ] || missing="$missing $package"
done
[ -n "$missing" ] || exit 0

need_root "packages are missing" ":$missing"

echo "installing Debian packages:$missing"
$as_root apt-get update -q
# shellcheck disable=SC2086
$as_root env DEBIAN_FRONTEND=noninteractive \
	apt-get install -q -y --no-install-recommends $missing
