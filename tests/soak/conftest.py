# SPDX-License-Identifier: GPL-2.0-only
"""The soak tests use the system tests' tools, hooks and fixtures."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / 'harness'))

from fixtures import (machines, pytest_configure, pytest_runtest_makereport,  # noqa: E402
                      pytest_runtest_protocol, pytest_sessionstart)

__all__ = ['machines', 'pytest_configure', 'pytest_runtest_makereport', 'pytest_runtest_protocol',
           'pytest_sessionstart']
