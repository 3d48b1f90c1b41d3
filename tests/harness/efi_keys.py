# SPDX-License-Identifier: GPL-2.0-only
"""Secure Boot: a key for the tests, and firmware variables in which it is enrolled.

Debian's OVMF_VARS_4M.fd is a variable store without a key. Keys are written to the file, as
virt-fw-vars does: edk2's MdeModulePkg/Include/Guid/VariableFormat.h has the layout, section 32.4.1
of UEFI 2.10 that of the lists of keys.
"""

import struct
import subprocess
import uuid

from efi_disk import APPLICATION, VARIABLES
from paths import ROOT

SIGN = ROOT / 'boot/efi/sign.sh'

GLOBAL = uuid.UUID('8be4df61-93ca-11d2-aa0d-00e098032b8c')
IMAGE_SECURITY_DATABASE = uuid.UUID('d719b2cb-3d3a-4596-a3bc-dad00e67656f')
CERT_X509 = uuid.UUID('a5c059a1-94e4-4aa7-87b5-ab155c2bf072')
OWNER = uuid.UUID('5b2ed1a6-1f0f-4d35-8a5f-6f0d3a4c7e21')  # of these keys: any will do

STORE_FORMAT = uuid.UUID('aaf32c78-947b-439a-a180-2e144ec37792')  # gEfiAuthenticatedVariableGuid
STORE_HEADER = 28
VARIABLE_START, VARIABLE_ADDED = 0x55aa, 0x3f
ATTRIBUTES = 0x27  # non-volatile, for boot services and at run time, changed by signed requests only
ALIGN = 4


def make_key(folder):
    """Makes a new key and its certificate. Returns (key, certificate), two PEM files."""
    key, certificate = folder / 'test.key', folder / 'test.crt'
    subprocess.run(['openssl', 'req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '3650',
                    '-subj', '/CN=Switchyard test key/', '-keyout', key, '-out', certificate],
                   check=True, capture_output=True, timeout=60)
    return key, certificate


def _signature_list(certificate):
    der = subprocess.run(['openssl', 'x509', '-in', certificate, '-outform', 'DER'], check=True,
                         capture_output=True, timeout=60).stdout
    signature = OWNER.bytes_le + der
    header = CERT_X509.bytes_le + struct.pack('<III', 28 + len(signature), 0, len(signature))
    return header + signature


def _variable(name, vendor, data):
    wide = (name + '\0').encode('utf-16-le')
    header = struct.pack('<HBBIQ16sIII', VARIABLE_START, VARIABLE_ADDED, 0, ATTRIBUTES, 0,
                         bytes(16), 0, len(wide), len(data)) + vendor.bytes_le
    return header + wide + data


def enrol(folder, certificate):
    """Copies OVMF's variables, with this certificate as PK, KEK and db. So Secure Boot is on."""
    store = bytearray(VARIABLES.read_bytes())
    at = store.index(STORE_FORMAT.bytes_le) + STORE_HEADER
    assert store[at:at + 2] == b'\xff\xff', 'expected an empty store'
    keys = _signature_list(certificate)
    for name, vendor in (('PK', GLOBAL), ('KEK', GLOBAL), ('db', IMAGE_SECURITY_DATABASE)):
        variable = _variable(name, vendor, keys)
        store[at:at + len(variable)] = variable
        at += (len(variable) + ALIGN - 1) // ALIGN * ALIGN
    target = folder / 'enrolled.fd'
    target.write_bytes(store)
    return target


def sign_plain(key, certificate, target):
    """switchyard.efi, signed, without a list of sums."""
    subprocess.run(['sbsign', '--key', key, '--cert', certificate, '--output', target, APPLICATION],
                   check=True, capture_output=True, timeout=60)
    return target


def sign_with_sums(key, certificate, volume, target):
    """switchyard.efi, signed, with the sums of the files below the folder volume."""
    subprocess.run([SIGN, key, certificate, volume, APPLICATION, target], check=True,
                   capture_output=True, timeout=60)
    return target
