#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# fetch-memtest.sh DIRECTORY - memtest86+ to DIRECTORY/boot: from this machine if it is installed, else
# from Debian's package.
set -eu

directory=$1
here=$(dirname "$0")

is_there() { # DIRECTORY
	[ -r "$1/memtest86+ia32.bin" ] && [ -r "$1/memtest86+x64.bin" ]
}

if is_there "$directory/boot"; then
	exit 0
elif is_there /boot; then
	mkdir -p "$directory/boot"
	cp /boot/memtest86+ia32.bin /boot/memtest86+x64.bin "$directory/boot"
else
	"$here/fetch-package.sh" memtest86+ "$directory"
fi
