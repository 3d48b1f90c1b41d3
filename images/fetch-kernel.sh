#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# fetch-kernel.sh FLAVOUR DIRECTORY - Debian's present kernel of a flavour (cloud-amd64, amd64,
# rt-amd64), stock and unmodified.
#
# Leaves in DIRECTORY: vmlinuz; lib/modules/VERSION; version, a line with VERSION, written last.
# A kernel that this machine has installed, with its headers, is taken as it lies, without the
# network. Otherwise it is the newest that apt knows: the mirrors keep headers for that one only.
set -eu

flavour=$1
directory=$2
metapackage=linux-image-$flavour
here=$(dirname "$0")

is_installed() {
	[ "$(dpkg-query -W -f='${db:Status-Status}' "$1" 2>/dev/null)" = installed ]
}

# The metapackage depends on one kernel package, whose name ends with the version.
version_installed() {
	dpkg-query -W -f='${db:Status-Status} ${Depends}\n' "$metapackage" 2>/dev/null |
		sed -n 's/^installed .*linux-image-\([0-9][^ ,]*\).*/\1/p'
}
version_known() {
	apt-cache depends "$metapackage" 2>/dev/null |
		sed -n 's/^ *Depends: linux-image-\([0-9].*\)/\1/p' | tail -n 1
}

version=$(version_installed)
if [ -z "$version" ] || ! is_installed "linux-headers-$version"; then
	as_root=
	[ "$(id -u)" -eq 0 ] || as_root=sudo
	$as_root apt-get update -q
	version=$(version_known)
fi
if [ -z "$version" ]; then
	echo "error: apt knows no kernel for $metapackage" >&2
	exit 1
fi

rm -rf "$directory"
mkdir -p "$directory/lib/modules"
if [ -r "/boot/vmlinuz-$version" ] && [ -d "/lib/modules/$version/kernel" ]; then
	cp "/boot/vmlinuz-$version" "$directory/vmlinuz"
	ln -s "/lib/modules/$version" "$directory/lib/modules/$version"
else
	"$here/fetch-package.sh" "linux-image-$version" "$directory"
	mv "$directory/boot/vmlinuz-$version" "$directory/vmlinuz"
	/sbin/depmod -b "$directory" "$version"
fi
echo "$version" >"$directory/version"
