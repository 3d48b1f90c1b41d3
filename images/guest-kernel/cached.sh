#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# cached.sh COMPILER CACHE VERSION... - the first of these kernels with the patch series that is built already: it
# prints VERSION-guest, or nothing. Nothing is compiled.
set -eu

compiler=$1
cache=$2
shift 2
here=$(dirname "$0")

for version; do
	if "$here/build.sh" "/usr/src/linux-source-$version.tar.xz" "$here/../../guest/linux/patches/$version" \
		"$compiler" "$cache" - 2>/dev/null; then
		echo "$version-guest"
		exit
	fi
done
echo '  KERNEL  none with the patches is built, so their tests are skipped: make guest-kernel' >&2
