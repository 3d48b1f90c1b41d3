#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# fetch-i386.sh DIRECTORY - Debian's kernel for the i386, and what its initrd is made of.
#
#   DIRECTORY/vmlinuz
#   DIRECTORY/lib/modules/RELEASE
#   DIRECTORY/busybox   for the i386
#   DIRECTORY/version   a line with RELEASE, written last
#   DIRECTORY/unknown   instead of all that, if this Debian has no such kernel
set -eu
# shellcheck source=images/own-apt.sh
. "$(dirname "$0")/own-apt.sh"

directory=$1
if [ -s "$directory/version" ] || [ -e "$directory/unknown" ]; then
	exit 0
fi
rm -rf "$directory"
mkdir -p "$directory"
directory=$(cd "$directory" && pwd)
apt=$directory/apt

echo "  KERNEL  i386"
own_apt_begin "$apt" i386 ""
release=$(own_apt apt-cache depends linux-image-686-pae 2>/dev/null |
	sed -n 's/^ *Depends: linux-image-\([0-9].*\)/\1/p')
if [ -z "$release" ]; then
	touch "$directory/unknown"
	exit 0
fi
(cd "$apt" && own_apt apt-get download "linux-image-$release" busybox-static >>"$apt/log" 2>&1) || {
	echo "error: linux-image-$release or busybox-static can't be fetched; $apt/log says why" >&2
	exit 1
}
for package in "$apt"/*.deb; do
	dpkg-deb -x "$package" "$apt/files"
done
mv "$apt/files/boot/vmlinuz-$release" "$directory/vmlinuz"
mv "$apt/files/bin/busybox" "$directory/busybox"
mkdir -p "$directory/lib"
if [ -d "$apt/files/usr/lib/modules" ]; then # packages for Debian 13
	mv "$apt/files/usr/lib/modules" "$directory/lib/modules"
else
	mv "$apt/files/lib/modules" "$directory/lib/modules"
fi
/sbin/depmod -b "$directory" "$release"
rm -r "$apt"
echo "$release" >"$directory/version"
