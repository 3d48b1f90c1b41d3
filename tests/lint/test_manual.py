# SPDX-License-Identifier: GPL-2.0-only
"""syctl's manual page has the commands and options that its --help has, and groff takes it."""

import re
import subprocess

from structure import ROOT

PAGE = ROOT / 'guest/syctl/syctl.8'


def usage():
    source = (ROOT / 'guest/syctl/syctl.c').read_text()
    text = re.search(r'static const char usage\[\] =\n((?:\t".*"\n?)+);', source)[1]
    return ''.join(re.findall(r'"((?:[^"\\]|\\.)*)"', text)).replace('\\n', '\n').replace('\\"', '"')


def page():
    return subprocess.run(['groff', '-man', '-Tascii', '-P-cbou', '-rLL=1000n', PAGE], capture_output=True, text=True, check=True,
                          timeout=60).stdout


def words(text):
    """Commands with their second words, and options."""
    commands = re.findall(r'^ {2,7}([a-z][\w-]*(?: (?:check|free|guard))?)(?= |$|,|\n)', text, re.MULTILINE)
    return set(commands), set(re.findall(r'(?<![\w-])--?[a-z][\w-]*', text))


def test_the_page_has_what_help_has():
    commands, options = words(usage())
    text = page()
    assert len(commands) > 20 and len(options) > 15
    assert {command for command in commands if not re.search(rf'^ {{7}}{command}\b', text, re.MULTILINE)} == set()
    assert options - words(text)[1] == set()


def test_the_page_has_nothing_else():
    options = words(usage())[1]
    assert words(page())[1] - options == set()
    named = re.findall(r'^ {7}([a-z][\w-]*)(?: [A-Z[-].*|\n {14}.*)?$', page().split('COMMANDS')[1].split('EXIT STATUS')[0], re.MULTILINE)
    assert set(named) - words(usage())[0] == set()


def test_groff_has_no_warnings():
    said = subprocess.run(['groff', '-man', '-ww', '-z', '-rCHECKSTYLE=3', PAGE], capture_output=True, text=True, check=True,
                          timeout=60)
    assert said.stderr == ''
