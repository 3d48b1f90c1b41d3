#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# fetch-kernels.sh BUILD demo|test|FLAVOUR... - Debian's kernels, stock and unmodified, and their headers.
#
# A flavour is VERSION-KIND: 6.1-cloud-amd64, 6.12-rt-amd64. "demo" is what the demo boots: the cloud
# and the generic kernel of the version that this Debian has by default. "test" is all that tests boot:
# the real-time kernel of that version, too, and the same three of other versions, if apt knows them.
#
#   BUILD/kernels/default    the version that this Debian has by default: 6.1
#   BUILD/kernels/FLAVOUR/   vmlinuz; lib/modules/RELEASE; headers; compiler, the name of the one that
#                            made it; version, a line with RELEASE, written last
#   BUILD/kernels/unknown    flavours of other versions that apt does not know, so as not to ask each time
#   BUILD/headers/           headers, unpacked: installing them would install kernels, too
#
# Kernels that are there already are kept, without the network. If all kernels and their headers are
# installed on this machine, these are used, and apt is not called.
set -eu
# shellcheck source=images/as-root.sh
. "$(dirname "$0")/as-root.sh"

build=$1
shift
here=$(dirname "$0")
kernels=$build/kernels
headers=$build/headers
mkdir -p "$kernels"

# The other versions that tests boot.
versions="6.1 6.12"

is_installed() { # RELEASE
	[ -r "/boot/vmlinuz-$1" ] && [ -d "/lib/modules/$1/kernel" ] && [ -d "/usr/src/linux-headers-$1" ]
}

# A metapackage depends on one kernel's package, whose name ends with the release.
installed_release() { # METAPACKAGE
	release=$(dpkg-query -W -f='${db:Status-Status} ${Depends}\n' "$1" 2>/dev/null |
		sed -n 's/^installed .*linux-image-\([0-9][^ ,]*\).*/\1/p')
	if is_installed "$release"; then echo "$release"; fi
}
known_release() { # METAPACKAGE
	apt-cache depends "$1" 2>/dev/null | sed -n 's/^ *Depends: linux-image-\([0-9].*\)/\1/p'
}

# Looks at linux-image-KIND, which has the default version, and at linux-image-VERSION-KIND.
release_of() { # FLAVOUR
	for metapackage in "linux-image-${1#*-}" "linux-image-$1"; do
		installed_release "$metapackage"
	done >"$kernels/releases"
	for metapackage in "linux-image-${1#*-}" "linux-image-$1"; do
		known_release "$metapackage"
	done >>"$kernels/releases"
	sed -n "/^${1%%-*}\./{p;q}" "$kernels/releases"
	rm "$kernels/releases"
}

default_version() {
	{
		installed_release linux-image-amd64
		known_release linux-image-amd64
	} | sed -n '1s/^\([0-9]*\.[0-9]*\).*/\1/p'
}

# Prints the flavours that the arguments name.
wanted() {
	case $1 in
	demo | test) ;;
	*)
		echo "$@"
		return
		;;
	esac
	echo "$default-cloud-amd64 $default-amd64"
	[ "$1" = test ] || return 0
	echo "$default-rt-amd64"
	for version in $versions; do
		for flavour in "$version-cloud-amd64" "$version-amd64" "$version-rt-amd64"; do
			[ "$version" = "$default" ] || grep -qsxF "$flavour" "$kernels/unknown" ||
				echo "$flavour"
		done
	done
}

update_lists() {
	need_root "apt's lists have to be updated"
	$as_root apt-get update -q
}

fetch_image() { # RELEASE DIRECTORY
	if is_installed "$1"; then
		mkdir -p "$2/lib/modules"
		cp "/boot/vmlinuz-$1" "$2/vmlinuz"
		ln -s "/lib/modules/$1" "$2/lib/modules/$1"
		return
	fi
	"$here/fetch-package.sh" "linux-image-$1" "$2"
	mv "$2/boot/vmlinuz-$1" "$2/vmlinuz"
	[ -d "$2/lib" ] || ln -s usr/lib "$2/lib" # packages for Debian 13 have usr/lib/modules
	/sbin/depmod -b "$2" "$1"
}

# The package includes the Makefile of a neighbour in /usr/src, so both are unpacked side by side.
unpack_headers() { # PACKAGE
	[ ! -e "$headers/$1.unpacked" ] || return 0
	"$here/fetch-package.sh" "$1" "$headers"
	makefile=$headers/usr/src/$1/Makefile
	[ ! -e "$makefile" ] || sed -i 's|^include /usr/src/|include ../|' "$makefile"
	touch "$headers/$1.unpacked"
}

depends() { # PACKAGE...
	apt-cache depends "$@" | sed -n 's/^ *Depends: \([^<]*\)$/\1/p'
}

# The headers' package, its neighbours, and what their tools need.
fetch_headers() { # RELEASE DIRECTORY
	if is_installed "$1"; then
		ln -s "/usr/src/linux-headers-$1" "$2/headers"
	else
		packages="linux-headers-$1 $(depends "linux-headers-$1" | grep '^linux-\(headers\|kbuild\)-')"
		for package in $packages; do
			unpack_headers "$package"
		done
		ln -s "../../headers/usr/src/linux-headers-$1" "$2/headers"
		# shellcheck disable=SC2046,SC2086 # one word a package
		"$here/install-packages.sh" $(depends $packages | grep -v '^linux-' | sort -u)
	fi
	sed -n 's/^CC = .*)\(gcc-[0-9]*\).*/\1/p' "$2/headers/.kernelvariables" >"$2/compiler"
	"$here/install-packages.sh" "$(cat "$2/compiler")"
}

fetch() { # FLAVOUR RELEASE
	echo "  KERNEL  $1: $2"
	rm -rf "${kernels:?}/$1"
	mkdir -p "$kernels/$1"
	fetch_image "$2" "$kernels/$1"
	fetch_headers "$2" "$kernels/$1"
	echo "$2" >"$kernels/$1/version"
}

if [ ! -s "$kernels/default" ]; then
	[ -n "$(default_version)" ] || update_lists
	default_version >"$kernels/default"
fi
default=$(cat "$kernels/default")
if [ -z "$default" ]; then
	echo "error: apt knows no linux-image-amd64" >&2
	exit 1
fi

missing=
for flavour in $(wanted "$@"); do
	[ -e "$kernels/$flavour/version" ] || missing="$missing $flavour"
done

# The lists may be absent, or older than the mirror, which keeps the newest kernel only.
for flavour in $missing; do
	if ! is_installed "$(release_of "$flavour")"; then
		update_lists
		break
	fi
done

# Kernels of one version share headers, so they come one after the other; versions come side by side, because what
# takes long is to unpack them.
fetch_version() { # VERSION
	for pair in $found; do
		[ "${pair%%-*}" != "$1" ] || fetch "${pair%=*}" "${pair#*=}"
	done
}

found=
for flavour in $missing; do
	release=$(release_of "$flavour")
	if [ -n "$release" ]; then
		found="$found $flavour=$release"
	elif [ "$1" = test ] && [ "${flavour%%-*}" != "$default" ]; then
		echo "$flavour" >>"$kernels/unknown"
	else
		echo "error: apt knows no kernel $flavour" >&2
		exit 1
	fi
done

jobs=
status=0
for version in $(for pair in $found; do echo "${pair%%-*}"; done | sort -u); do
	fetch_version "$version" &
	jobs="$jobs $!"
done
for job in $jobs; do
	wait "$job" || status=1
done
exit "$status"
