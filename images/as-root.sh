# shellcheck shell=sh disable=SC2034 # those who source it use as_root
# SPDX-License-Identifier: GPL-2.0-only
#
# as-root.sh - sourced by what needs root for some of its commands.

as_root=

# Sets as_root to what root's commands begin with: nothing, or sudo. If there is neither, ends with the
# reason, and with DETAIL, if there is one, behind it.
need_root() { # REASON [DETAIL]
	[ "$(id -u)" -ne 0 ] || return 0
	as_root=sudo
	command -v sudo >/dev/null || {
		echo "error: $1, and this is neither root nor has it sudo${2:-}" >&2
		exit 1
	}
}
