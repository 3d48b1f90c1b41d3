# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# own-apt.sh - to be sourced: apt with lists, sources and a state of its own. What this machine has, and its
# architectures, stay as they are, and nothing is installed.
#
#   own_apt_begin DIRECTORY ARCHITECTURE RELEASE   packages for ARCHITECTURE from this machine's Debian sources,
#                                  with the name of its release replaced by RELEASE; "": neither is another
#   own_apt COMMAND ARGUMENT...    runs apt-get or apt-cache there. DIRECTORY/log has what the update said

own_apt_begin() {
	own_apt_place=$(mkdir -p "$1" && cd "$1" && pwd)
	own_apt_for=${2:-$(dpkg --print-architecture)}
	codename=$(sed -n 's/^VERSION_CODENAME=//p' /etc/os-release)
	mkdir -p "$own_apt_place/state/lists/partial" "$own_apt_place/cache/archives/partial" "$own_apt_place/sources"
	: >"$own_apt_place/status"
	for file in /etc/apt/sources.list /etc/apt/sources.list.d/*; do
		grep -qs '/debian' "$file" || continue
		sed "s/\b$codename\b/${3:-$codename}/g" "$file" >"$own_apt_place/sources/$(basename "$file")"
	done
	own_apt apt-get update >"$own_apt_place/log" 2>&1 || : # of what is missing, the next calls tell
}

own_apt() {
	command=$1
	shift
	"$command" -q -o APT::Architecture="$own_apt_for" -o APT::Architectures="$own_apt_for" \
		-o Dir::State="$own_apt_place/state" -o Dir::State::status="$own_apt_place/status" \
		-o Dir::Cache="$own_apt_place/cache" -o Dir::Etc::sourcelist=/dev/null \
		-o Dir::Etc::sourceparts="$own_apt_place/sources" -o Dir::Etc::preferences=/dev/null \
		-o Dir::Etc::preferencesparts=/dev/null -o APT::Sandbox::User=root "$@"
}
