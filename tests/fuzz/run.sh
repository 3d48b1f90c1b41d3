#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# run.sh DIR NAME SECONDS - runs one fuzz target from its kept inputs, in DIR (build/fuzz).
#
# Prints one line if nothing was found. Else the report, and how to see it again; fails then.
set -u

dir=$1
name=$2
seconds=$3
program=$dir/asan/fuzz_$name
kept=tests/fuzz/corpus/$name
words=$kept.dict
log=$dir/$name.log
input_seconds=10 # one input that takes longer is a finding: parsing takes well under a second
memory_mib=1024

mkdir -p "$dir/new/$name" "$dir/found"
[ -e "$words" ] && set -- "-dict=$words" || set --
# Freed memory is held back to find its use, but not so much that 8 MiB slots exhaust a small machine.
export ASAN_OPTIONS=quarantine_size_mb=16:detect_leaks=1
if "$program" -max_total_time="$seconds" -timeout=$input_seconds -rss_limit_mb=$memory_mib \
	-artifact_prefix="$dir/found/$name-" -print_final_stats=1 "$@" \
	"$dir/new/$name" "$kept" >"$log" 2>&1; then
	echo "fuzz $name: $(sed -n 's/^stat::number_of_executed_units: *//p' "$log") inputs," \
		"$(sed -n 's/.*cov: \([0-9]*\).*/\1/p' "$log" | tail -1) edges, found nothing"
	exit 0
fi
found=$(sed -n 's/.*Test unit written to //p' "$log" | tail -1)
# The report begins where libFuzzer's progress lines end.
grep -v '^#[0-9]*.*cov: ' "$log" | tail -80
echo "fuzz $name: FOUND something; to see it again:  $program ${found:-(see $log)}"
exit 1
