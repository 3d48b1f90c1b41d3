#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# fetch-debug.sh BUILD FLAVOUR... - what reads a kernel's memory: debug information, and tools that are new enough for it.
#
#   BUILD/debug/FLAVOUR/vmlinux   of a kernel in BUILD/kernels, with an index, which makes crash start in half the
#                                 time; 300 MiB to fetch (cloud) or 850 (generic), and up to 700 MiB to keep
#   BUILD/debug/tools/            crash, gdb and makedumpfile of Debian's stable release, with their libraries:
#                                 those of Debian 12 do not know Linux 6.12. Nothing is installed.
#
# apt works with lists of its own: this machine's Debian sources, with the name of its release replaced.
# What is there already is kept.
set -eu

build=$(cd "$1" && pwd)
shift
debug=$build/debug
tools=$debug/tools
mkdir -p "$debug"

fetch_vmlinux() { # FLAVOUR
	release=$(cat "$build/kernels/$1/version")
	[ "$(cat "$debug/$1/version" 2>/dev/null)" != "$release" ] || return 0
	echo "  DEBUG   $1: $release"
	rm -rf "${debug:?}/$1"
	mkdir -p "$debug/$1"
	(cd "$debug/$1" && apt-get -q -o APT::Sandbox::User= download "linux-image-$release-dbg" >log 2>&1) || {
		echo "error: linux-image-$release-dbg can't be fetched; $debug/$1/log says why" >&2
		exit 1
	}
	dpkg-deb --fsys-tarfile "$debug/$1"/*.deb |
		tar -xO "./usr/lib/debug/boot/vmlinux-$release" >"$debug/$1/vmlinux"
	rm "$debug/$1"/*.deb
	gdb-add-index "$debug/$1/vmlinux"
	echo "$release" >"$debug/$1/version"
}

fetch_tools() {
	[ ! -e "$tools/usr/bin/crash" ] || return 0
	echo "  DEBUG   tools"
	work=$(mktemp -d)
	trap 'rm -rf "$work"' EXIT
	mkdir -p "$work/state/lists/partial" "$work/cache/archives/partial" "$work/sources" "$work/new"
	: >"$work/status"
	codename=$(sed -n 's/^VERSION_CODENAME=//p' /etc/os-release)
	for file in /etc/apt/sources.list /etc/apt/sources.list.d/*; do
		grep -qs '/debian' "$file" || continue
		sed "s/\b$codename\b/stable/g" "$file" >"$work/sources/$(basename "$file")"
	done
	cd "$work/cache/archives"
	own_apt apt-get update >"$work/log" 2>&1 || : # of what is missing, the next lines tell
	own_apt apt-get install -y --download-only --no-install-recommends crash gdb makedumpfile >>"$work/log" 2>&1 || {
		cat "$work/log" >&2
		echo "error: Debian's stable crash, gdb and makedumpfile can't be fetched" >&2
		exit 1
	}
	for package in ./*.deb; do
		dpkg-deb -x "$package" "$work/new"
	done
	rm -rf "$tools" "$work"/new/usr/share "$work"/new/usr/lib/x86_64-linux-gnu/perl*
	mv "$work/new" "$tools"
}

own_apt() { # COMMAND ARGUMENT...
	command=$1
	shift
	"$command" -q -o Dir::State="$work/state" -o Dir::State::status="$work/status" -o Dir::Cache="$work/cache" \
		-o Dir::Etc::sourcelist=/dev/null -o Dir::Etc::sourceparts="$work/sources" \
		-o Dir::Etc::preferences=/dev/null -o Dir::Etc::preferencesparts=/dev/null \
		-o APT::Sandbox::User=root "$@"
}

(fetch_tools)
for flavour; do
	fetch_vmlinux "$flavour"
done
