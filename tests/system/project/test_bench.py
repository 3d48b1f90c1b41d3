# SPDX-License-Identifier: GPL-2.0-only
"""The machinery of `make bench`: what it makes of what was measured, and that it fails if something did not run."""

import json
import sys
import types
import xml.etree.ElementTree

import pytest

from paths import ROOT

sys.path.insert(0, str(ROOT / 'tests/bench'))

import bench  # noqa: E402
import gate  # noqa: E402
import kept  # noqa: E402
import kernels  # noqa: E402
import plot  # noqa: E402
from report import Goal, Report, verdicts  # noqa: E402

MEASURED = [('deep', [30.0, 50.0, 40.0]), ('there', [400.0]), ('back', [600.0, 500.0, 700.0])]


@pytest.fixture
def report():
    made = Report()
    for name, values in MEASURED:
        made.add(name, 'ms', values)
    made.add('gate: instructions', 'instructions', [1000, 3000])
    return made


def test_json(report):
    assert json.loads(report.json())[0] == {'name': 'deep', 'unit': 'ms', 'n': 3, 'median': 40, 'min': 30, 'max': 50}
    report.add('deep', 'ms', [10.0])
    assert json.loads(report.json())[0] == {'name': 'deep', 'unit': 'ms', 'n': 4, 'median': 35, 'min': 10, 'max': 50}
    assert [entry['name'] for entry in json.loads(report.json())] == ['deep', 'there', 'back', 'gate: instructions']


def test_table(report):
    rows = [line.split() for line in report.table().split('\n')]
    assert rows[0] == ['WHAT', 'UNIT', 'N', 'MEDIAN', 'MIN', 'MAX']
    assert ['back', 'ms', '3', '600', '500', '700'] in rows
    assert rows[-1] == ['gate:', 'instructions', 'instructions', '2', '2,000', '1,000', '3,000']


def test_goals(report):
    assert verdicts(report, [Goal('hop', 'deep', ('there', 'back'), 12)]) == \
        ['met: hop: 40 against 500, 1/12.5; at most 1/12']
    assert verdicts(report, [Goal('hop', 'deep', ('there', 'back'), 13)])[0].startswith('NOT MET: hop: ')
    assert verdicts(report, [Goal('part', 'deep', limit=40)]) == ['met: part: 40, at most 40']
    assert verdicts(report, [Goal('part', 'deep', limit=39)]) == ['NOT MET: part: 40, at most 39']
    assert verdicts(report, [Goal('hop', 'deep', ('there', 'not measured'), 12)]) == []


def test_plot(report, tmp_path):
    plot.plot(report, tmp_path / 'bench.svg')
    drawn = xml.etree.ElementTree.parse(tmp_path / 'bench.svg')
    texts = {text.text.strip() for text in drawn.iter('{http://www.w3.org/2000/svg}text')}
    assert {'milliseconds', 'deep', 'there', 'back', 'gate: instructions', '40', '2,000'} <= texts
    plot.plot(Report(), tmp_path / 'empty.svg')  # nothing to draw
    assert not (tmp_path / 'empty.svg').exists()


def test_nothing_measured_is_a_failure(report):
    report.add('nothing', 'ms', [])
    assert report.failures == ['nothing: nothing was measured'] and report.median('nothing') is None


@pytest.mark.parametrize('error, status', [(None, 0), (kernels.PeerFailed('CPU 1 is missing'), 1)])
def test_a_peer_that_did_not_run_fails_the_bench(monkeypatch, tmp_path, capsys, error, status):
    def measure(made):
        made.add('there', 'ms', [1.0])
        if error:
            raise error

    monkeypatch.setattr(bench, 'PARTS', {'part': types.SimpleNamespace(measure=measure)})
    monkeypatch.setattr(bench, 'BUILD', tmp_path)
    assert bench.main([]) == status
    assert json.loads((tmp_path / 'bench.json').read_text())[0]['name'] == 'there'
    assert ('error: part: PeerFailed: CPU 1 is missing' in capsys.readouterr().err) == bool(error)


def test_an_unknown_part(capsys):
    assert bench.main(['gates']) == 1
    assert capsys.readouterr().err.startswith('error: no such part: gates; there are hops, kept, ')


@pytest.mark.parametrize('log, online, complaint', [
    ('', '0-1', None),
    ('[ 1.0] Oops: 0000', '0-1', 'the kernel reports'),
    ('[ 1.0] clocksource: Long readout interval, skipping watchdog check', '0-1', None),
    ('', '0', 'of 2 CPUs 0 are online'),
])
def test_a_kernel_that_is_not_healthy(log, online, complaint):
    kernel = kernels.Kernel(None, 'alpha', 2)
    kernel.run = {'dmesg': log, 'cat /sys/devices/system/cpu/online': online}.get
    if complaint:
        with pytest.raises(kernels.PeerFailed, match=f'alpha: {complaint}'):
            kernel.check()
    else:
        kernel.check()


@pytest.mark.parametrize('log, way, rate, fails', [
    ('', kept.STAY, 1001000, False), ('[ 1.0] Disabling non-boot CPUs ...', kept.STAY, 1000000, True),
    ('[ 1.0] Disabling non-boot CPUs ...', kept.OFFLINE, 999000, False), ('', kept.OFFLINE, 1000000, True),
    ('', kept.STAY, 90000, True)])
def test_a_kernel_does_what_the_figure_says(monkeypatch, log, way, rate, fails):
    monkeypatch.setattr(kept, 'host_rate', lambda: 1000)
    kernel = types.SimpleNamespace(run={'dmesg': log, 'hop rate': f'@rate {rate}'}.get)
    if fails:
        with pytest.raises(kernels.PeerFailed, match=way):
            kept.check(kernel, way)
    else:
        kept.check(kernel, way)


def test_phases_of_switches():
    kernel = types.SimpleNamespace(run={
        'syctl status --json': '{"switches": [{"cpus_off_us": 1500, "away_us": 7, "cpus_on_us": 500}]}'}.get)
    assert kept.phases(kernel) == [2.0]


def test_times_of_hops():
    """A boots B at 1000. B leaves at 5000, A is back at 5200, leaves at 6000, B is back at 6300, and so on."""
    text = '@hop 1000 5200\n@hop 5000 6300\n@hop 6000 8250\n@hop 8000 9400\n'
    assert kernels.hops_in(text, 100) == [('back', 2.0), ('there', 3.0), ('back', 2.5)]


def test_counts_of_the_plugin():
    hop, = gate.hops_of('hop 7\nat 100010 5\nat 100020 2\npage fe000 8 4 10\npage 5000 1 0 1\nend\nhop 3\n')
    symbols = types.SimpleNamespace(at=lambda offset: ('function', 'pit.c' if offset < 0x20 else 'hpet.c'))
    assert hop.instructions == 7
    assert hop.by_file(0x100000, symbols) == {'pit.c': 5, 'hpet.c': 2}
    assert hop.bytes_by_owner([(0x4000, 0x8000, 'slot one')]) == {'slot one': 1, 'devices': 10}
