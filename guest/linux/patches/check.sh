#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# check.sh SOURCE PATCHES COMPILER FRAGMENT TREE [FROM] - holds that a series is as kernel maintainers take it.
#
# It unpacks SOURCE to TREE, and for each patch in PATCHES: `git am` takes it, scripts/checkpatch.pl --strict
# says nothing, and everything compiles in the folders that the series touches, without a warning. Behind the
# last one they compile without what the series depends on, too. FRAGMENT is the configuration over allnoconfig.
# TREE, and TREE.objects, stay: another run compiles only what has changed. FROM: the number of the first patch
# that is compiled.
set -eu

fail() {
	echo "error: $*" >&2
	exit 1
}

source=$1
patches=$2
compiler=$3
fragment=$4
tree=$5
from=${6:-1}
unpack=$(dirname "$0")/../../../images/guest-kernel/unpack.sh

for file in "$source" "$patches" "$fragment"; do
	[ -r "$file" ] || fail "missing: $file"
done
patches=$(realpath "$patches")
name=$(basename "$source" .tar.xz)
# checkpatch starts Python, and wants Debian's with its module git.
PATH=/usr/bin:$PATH
# The tree may lie in another repository.
GIT_CEILING_DIRECTORIES=$(dirname "$(realpath -m "$tree")")
export GIT_CEILING_DIRECTORIES

say() {
	echo "  CHECK   $name: $*"
}

git_in() {
	git -C "$tree" -c user.name=check -c user.email=check@localhost -c gc.auto=0 "$@"
}

# $(configure [OPTION...]) - the fragment without these lines.
configure() {
	{
		cat "$fragment"
		echo CONFIG_WERROR=y
	} | grep -vE "^CONFIG_($(echo "none $*" | tr ' ' '|'))=" >"$tree.fragment"
	make -s -C "$tree" O="$tree.objects" CC="$compiler" HOSTCC="$compiler" \
		KCONFIG_ALLCONFIG="$tree.fragment" allnoconfig >"$tree.said" || fail "$name takes no configuration"
}

# Whole folders: others' files there may use a header that the series changes. make takes drivers/switchyard
# only when it is there.
folders=$(sed -n 's,^+++ b/\(.*\)/[^/]*\.[cS]\(	.*\)*$,\1/,p' "$patches"/*.patch | sort -u)

compile() {
	present=
	for folder in $folders; do
		[ ! -d "$tree/$folder" ] || present="$present $folder"
	done
	nice -n 19 make -s -C "$tree" O="$tree.objects" CC="$compiler" HOSTCC="$compiler" -j "$(nproc)" $present \
		>"$tree.said" || fail "$name does not compile: $*"
}

mkdir -p "$tree.objects"
say "unpacking"
"$unpack" "$source" "$tree"
if ! git_in rev-parse -q --verify base >"$tree.said" 2>&1; then
	rm -rf "$tree/.git"
	git_in init -q
	git_in add -f -A .
	git_in commit -q -m "$name"
	git_in tag base
fi
git_in am --abort >"$tree.said" 2>&1 || true
git_in checkout -q -f --detach base

number=0
for patch in "$patches"/*.patch; do
	title=$(basename "$patch")
	git_in am -q "$patch" >"$tree.said" 2>&1 || fail "git am does not take $patch: $(head -n 1 "$tree.said")"
	(cd "$tree" && scripts/checkpatch.pl --strict --terse --show-types "$patch") >"$tree.said" 2>&1 ||
		fail "checkpatch: $(grep -v '^total' "$tree.said")"
	number=$((number + 1))
	[ "$number" -ge "$from" ] || continue
	configure
	compile "$title"
	say "$title"
done

for options in SWITCHYARD 'SUSPEND' 'SUSPEND HIBERNATION' 'SMP'; do
	configure $options
	compile "without CONFIG_$options"
	say "without CONFIG_$options"
done
