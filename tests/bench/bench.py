# SPDX-License-Identifier: GPL-2.0-only
"""bench.py [PART...] - measures, prints a table, and writes build/bench.json and build/bench.svg.

It fails if something that it was to measure did not really run. A goal that is not met is no failure.
"""

import sys
import time
import traceback
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / 'harness'))

import gate  # noqa: E402
import growth  # noqa: E402
import hops  # noqa: E402
import kdump  # noqa: E402
import kept  # noqa: E402
import quick  # noqa: E402
import services  # noqa: E402
import snapshots  # noqa: E402
import startup  # noqa: E402
from fixtures import Machines  # noqa: E402
from grub_image import remove_old_images  # noqa: E402
from paths import BUILD  # noqa: E402
from plot import plot  # noqa: E402
from report import Report, verdicts  # noqa: E402

PARTS = {'hops': hops, 'kept': kept, 'startup': startup, 'gate': gate, 'quick': quick, 'services': services,
         'snapshots': snapshots, 'growth': growth, 'kdump': kdump}


class Bench(Report):
    """A report that is being made: what parts need to measure."""

    def __init__(self):
        super().__init__()
        self.machines = None
        self._begin = time.monotonic()

    def say(self, text):
        print(f'[{time.monotonic() - self._begin:5.0f} s] {text}', flush=True)

    def run(self, part):
        self.say(part)
        self.machines = Machines(f'bench.{part}')
        try:
            PARTS[part].measure(self)
        except Exception as error:  # of any kind: the other parts still tell something
            traceback.print_exc()
            self.fail(f'{part}: {type(error).__name__}: {str(error).splitlines()[0]}')
            for machine in self.machines.started:
                machine.save_registers()
        finally:
            self.machines.end()


def main(parts):
    unknown = [part for part in parts if part not in PARTS]
    if unknown:
        print(f"error: no such part: {', '.join(unknown)}; there are {', '.join(PARTS)}", file=sys.stderr)
        return 1
    remove_old_images()
    bench = Bench()
    for part in parts or PARTS:
        bench.run(part)
        # After each part: if the run is interrupted, what there is tells something.
        (BUILD / 'bench.json').write_text(bench.json())
        plot(bench, BUILD / 'bench.svg')
    print(bench.table())
    print('\n'.join(['', *verdicts(bench, [*hops.GOALS, *kept.GOALS, *quick.GOALS, *snapshots.GOALS])]))
    for failure in bench.failures:
        print(f'error: {failure}', file=sys.stderr)
    return 1 if bench.failures else 0


if __name__ == '__main__':
    sys.exit(main(sys.argv[1:]))
