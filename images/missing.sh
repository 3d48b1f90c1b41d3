#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# missing.sh LIST - which packages of a list (packages.txt) are not there. Prints lines GROUP:PACKAGE.
#
# It asks no package manager: what counts is whether the file or the command is there. The environment
# holds the variables that the list names.
set -eu

is_there() {
	case $1 in
	/*) [ -e "$1" ] ;;
	*) command -v "$1" >/dev/null ;;
	esac
}

sed 's/#.*//' "$1" | while read -r group package proof; do
	[ -n "$group" ] || continue
	eval "set -- $proof" # expands variables and patterns
	is_there "$1" || echo "$group:$package"
done
