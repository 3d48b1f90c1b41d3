#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# fetch-debug.sh BUILD FLAVOUR... - what reads a kernel's memory: debug information, and tools that are new enough for it.
#
#   BUILD/debug/FLAVOUR/vmlinux   of a kernel in BUILD/kernels, with an index, which makes crash start in half the
#                                 time; 300 MiB to fetch (cloud) or 850 (generic), and up to 700 MiB to keep
#   BUILD/debug/tools/            crash, gdb and makedumpfile of Debian's stable release, with their libraries:
#                                 those of Debian 12 do not know Linux 6.12. Nothing is installed.
#   BUILD/debug/i386/vmlinux      the same of the kernel in BUILD/i386, if there is one: 730 MiB to fetch
#   BUILD/debug/tools-i386/       crash and makedumpfile for the i386
#   BUILD/debug/tools-i386/qemu   what runs these, if this machine's kernel does not run programs for the i386
#
# What is there already is kept.
set -eu
# shellcheck source=images/own-apt.sh
. "$(dirname "$0")/own-apt.sh"

build=$(cd "$1" && pwd)
shift
debug=$build/debug
mkdir -p "$debug"

is_there() { # FOLDER RELEASE
	[ "$(cat "$debug/$1/version" 2>/dev/null)" = "$2" ]
}

# Fetches a package to BUILD/debug/FOLDER.
fetch() { # FOLDER PACKAGE COMMAND...
	folder=$debug/$1
	package=$2
	shift 2
	mkdir -p "$folder"
	(cd "$folder" && "$@" download "$package" >log 2>&1) || {
		echo "error: $package can't be fetched; $folder/log says why" >&2
		exit 1
	}
}

# Linux has no function sys_open() since 4.17. crash for the i386 looks at its first bytes, to see if there are
# frame pointers, and ends without it.
add_old_names() { # VMLINUX
	nm "$1" | sed -n 's/^\([0-9a-f]*\) T \(_text\|__ia32_sys_open\|__ia32_sys_fork\)$/\2=\1/p' >"$1.names"
	# shellcheck source=/dev/null
	. "$1.names"
	# shellcheck disable=SC2154 # the file sets them
	objcopy --add-symbol "sys_open=.text:$((0x$__ia32_sys_open - 0x$_text)),global,function" \
		--add-symbol "sys_fork=.text:$((0x$__ia32_sys_fork - 0x$_text)),global,function" "$1"
	rm "$1.names"
}

unpack_vmlinux() { # FOLDER RELEASE
	dpkg-deb --fsys-tarfile "$debug/$1"/*.deb | tar -xO "./usr/lib/debug/boot/vmlinux-$2" >"$debug/$1/vmlinux"
	rm "$debug/$1"/*.deb
	[ "$1" != i386 ] || add_old_names "$debug/$1/vmlinux"
	gdb-add-index "$debug/$1/vmlinux"
	echo "$2" >"$debug/$1/version"
}

fetch_vmlinux() { # FLAVOUR
	release=$(cat "$build/kernels/$1/version")
	! is_there "$1" "$release" || return 0
	echo "  DEBUG   $1: $release"
	rm -rf "${debug:?}/$1"
	fetch "$1" "linux-image-$release-dbg" apt-get -q -o APT::Sandbox::User=
	unpack_vmlinux "$1" "$release"
}

fetch_tools() { # FOLDER ARCHITECTURE PROGRAM...
	tools=$debug/$1
	architecture=$2
	shift 2
	[ ! -e "$tools/usr/bin/crash" ] || return 0
	echo "  DEBUG   $(basename "$tools")"
	work=$(mktemp -d)
	trap 'rm -rf "$work"' EXIT
	mkdir "$work/new"
	own_apt_begin "$work/apt" "$architecture" stable
	cd "$work/apt/cache/archives"
	own_apt apt-get install -y --download-only --no-install-recommends "$@" >>"$work/apt/log" 2>&1 || {
		cat "$work/apt/log" >&2
		echo "error: Debian's stable $* can't be fetched" >&2
		exit 1
	}
	for package in ./*.deb; do
		dpkg-deb -x "$package" "$work/new"
	done
	rm -rf "$tools" "$work"/new/usr/share "$work"/new/usr/lib/*/perl*
	mv "$work/new" "$tools"
}

fetch_i386_vmlinux() {
	release=$(cat "$build/i386/version")
	! is_there i386 "$release" || return 0
	echo "  DEBUG   i386: $release"
	rm -rf "$debug/i386"
	own_apt_begin "$debug/i386/apt" i386 ""
	fetch i386 "linux-image-$release-dbg" own_apt apt-get
	rm -r "$debug/i386/apt"
	unpack_vmlinux i386 "$release"
}

# Not every kernel runs programs for the i386, nor does every hypervisor.
fetch_i386_runner() {
	libraries=$debug/tools-i386/usr/lib/i386-linux-gnu
	! "$libraries/ld-linux.so.2" --library-path "$libraries" "$debug/tools-i386/usr/bin/makedumpfile" -v \
		>"$debug/tools-i386/runs" 2>&1 || return 0
	[ ! -e "$debug/tools-i386/qemu" ] || return 0
	echo "  DEBUG   qemu-user-static"
	fetch tools-i386 qemu-user-static apt-get -q -o APT::Sandbox::User=
	dpkg-deb --fsys-tarfile "$debug"/tools-i386/*.deb | tar -xO ./usr/bin/qemu-i386-static >"$debug/tools-i386/qemu.new"
	rm "$debug"/tools-i386/*.deb
	chmod 755 "$debug/tools-i386/qemu.new"
	mv "$debug/tools-i386/qemu.new" "$debug/tools-i386/qemu"
}

(fetch_tools tools "" crash gdb makedumpfile)
for flavour; do
	fetch_vmlinux "$flavour"
done
if [ -e "$build/i386/version" ]; then
	(fetch_tools tools-i386 i386 crash makedumpfile)
	fetch_i386_runner
	fetch_i386_vmlinux
fi
