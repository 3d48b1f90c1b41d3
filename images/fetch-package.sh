#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# fetch-package.sh PACKAGE DIRECTORY - unpacks a Debian package below DIRECTORY.
#
# Kernels and memtest86+ are fetched this way: installing them would make the boot loader of
# the machine that builds offer them, too. So is kdump-tools, which would have it start a crash kernel.
set -eu
# shellcheck source=images/as-root.sh
. "$(dirname "$0")/as-root.sh"

package=$1
directory=$2
mkdir -p "$directory"
work=$(mktemp -d "$directory/fetch.XXXXXX")
trap 'rm -rf "$work"' EXIT

download() {
	(cd "$work" && apt-get -q -o APT::Sandbox::User= download "$package")
}

echo "fetching $package"
if ! download 2>/dev/null; then
	# The lists may be absent, or older than the mirror.
	need_root "apt's lists have to be updated"
	$as_root apt-get update -q
	download
fi
dpkg -x "$work"/*.deb "$directory"
