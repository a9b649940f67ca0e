#!/usr/bin/env python3
"""Generate PEP 508 test vectors from packaging, as JSON on standard output.

Two corpora, written out below and completed by combination, are judged by
packaging: markers, evaluated in a row of environments, and requirements, taken
apart. Both are followed by damaged copies of their members, which a parser has
to accept or refuse as packaging does. The same seed gives the same output.

    environments  the facts; "extras" and "dependency_groups" are null where the
                  variable is undefined
    markers       [text, normalised text, answers]: one letter for each
                  environment, t(rue), f(alse), or e(rror) if packaging raises
                  an exception. Refused: null for both. The normalised text is
                  also null where packaging doesn't quote it back safely.
    requirements  [text, null] or [text, {name, extras, url, specifiers, marker}]

Usage:

    python3 -m pip install packaging==26.3
    python3 scripts/oracle-markers.py | gzip -9n > resolver/pep508/testdata/pep508_vectors.json.gz
    python3 scripts/oracle-markers.py --seed 7 --damaged 20000 > /tmp/fresh.json
    FTPKG_PEP508_VECTORS=/tmp/fresh.json go test ./resolver/pep508
"""

import argparse
import itertools
import json
import random
import sys
import warnings

import packaging
from packaging.markers import InvalidMarker, Marker, UndefinedComparison, UndefinedEnvironmentName
from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

PACKAGING = "26.3"


def environment(python, system, machine, *, release="", version="", extra="", extras=None, groups=None, pypy=None):
    os_name, sys_platform = {"Linux": ("posix", "linux"), "Darwin": ("posix", "darwin"), "Windows": ("nt", "win32")}[system]
    return {
        "os_name": os_name,
        "sys_platform": sys_platform,
        "platform_machine": machine,
        "platform_python_implementation": "PyPy" if pypy else "CPython",
        "platform_release": release,
        "platform_system": system,
        "platform_version": version,
        "python_version": ".".join(python.rstrip("+").split(".")[:2]),
        "python_full_version": python,
        "implementation_name": "pypy" if pypy else "cpython",
        "implementation_version": pypy or python.rstrip("+"),
        "extra": extra,
        "extras": extras,
        "dependency_groups": groups,
    }


ENVIRONMENTS = [
    environment("3.13.0", "Linux", "x86_64"),
    environment("3.14.0", "Linux", "x86_64"),
    environment("3.14.0", "Linux", "aarch64", extra="test"),
    environment("3.14.0", "Darwin", "x86_64"),
    environment("3.14.0", "Darwin", "arm64", extra="Dev_Tools"),
    environment("3.14.0", "Windows", "x86_64"),
    environment("3.14.0", "Windows", "ARM64", extra="all"),
    environment("3.13.15", "Windows", "AMD64", release="11", version="10.0.26100"),
    environment("3.15.0rc1", "Linux", "x86_64", release="6.8.0-45-generic", version="#45-Ubuntu SMP"),
    environment("3.15.0+", "Linux", "x86_64", release="5.10", extra="standard"),
    environment("3.9.25", "Linux", "i686", release="4.18.0-553.el8_10.x86_64"),
    environment("3.11.13", "Linux", "x86_64", pypy="7.3.20"),
    environment("2.7.18", "Darwin", "x86_64", release="25.1.0"),
    environment("3.8.0", "Windows", "x86", release="3.8"),
    environment("3.14.2", "Linux", "x86_64", extras=["Test", "docs"], groups=["dev", "Type_Check"]),
    environment("3.14.2", "Darwin", "arm64", extras=[], groups=[], extra="docs"),
]

# As found in the metadata of real projects, or nearly so.
REAL_MARKERS = r"""
python_version < "3.11"
python_version<"3.11"
python_version < '3.11'
python_version >= "3.14"
python_version > "3.13"
python_version <= "3.14"
python_version == "3.14"
python_version != "3.14"
python_version ~= "3.13"
python_version === "3.14"
python_version == "3.*"
python_version == "3.1.*"
python_version != "3.14.*"
python_version < "3.10.2"
python_version < "4"
python_version < "4.0"
python_version >= "3"
python_version == "2.7" or python_version >= "3.9"
python_version in "2.6 2.7 3.2 3.3"
python_version in "3.13, 3.14"
python_version not in "2.6, 2.7"
python_version in "3.1"
"3.14" in python_version
"3" in python_version
"3.1" not in python_version
python_full_version < "3.11.0"
python_full_version < "3.11.3"
python_full_version < "3.11.0a7"
python_full_version >= "3.14.0rc1"
python_full_version >= "3.15.0b1"
python_full_version > "3.14"
python_full_version > "3.14.0"
python_full_version == "3.14.*"
python_full_version == "3.14.0"
python_full_version <= "3.14"
python_full_version != "3.9.7" and python_full_version != "3.9.25"
python_full_version ~= "3.14.0"
python_full_version < "3.13" and python_full_version >= "3.9"
implementation_version >= "7.3"
implementation_version < "3.9.8" and implementation_name == "cpython"
sys_platform == "win32"
sys_platform == 'win32'
sys_platform=="win32"
sys_platform != "win32"
sys_platform == "darwin"
sys_platform == "linux"
sys_platform == "linux2"
sys_platform == "linux" or sys_platform == "linux2"
sys_platform in "linux linux2 cygwin"
sys_platform in "linux,linux2"
sys_platform not in "win32 cygwin"
"linux" in sys_platform
"win" in sys_platform
"win32" != sys_platform
'bsd' in sys_platform
"darwin" not in sys_platform
sys_platform == "emscripten"
sys_platform >= "linux"
sys_platform < "win32"
os_name == "nt"
os_name == "posix"
os_name != "nt"
os.name == "nt"
os.name == 'posix' or sys.platform == 'win32'
sys.platform == "darwin"
os_name == "nt" and python_version < "3.9"
platform_system == "Windows"
platform_system == "Linux"
platform_system != "Darwin"
platform_system in "Linux Darwin"
platform_system == "Linux" and platform_machine == "x86_64"
platform_system == "Darwin" and platform_machine == "arm64"
platform_system == "Windows" and platform_machine == "AMD64"
platform_machine == "aarch64" or platform_machine == "arm64"
platform_machine != "i686" and platform_machine != "ppc64le"
platform_machine in "x86_64 AMD64"
platform_machine not in "aarch64 arm64 ARM64"
platform.machine == "x86_64"
platform.version == "#1"
platform.python_implementation == "CPython"
python_implementation == "CPython"
python_implementation=='PyPy'
platform_python_implementation == "CPython"
platform_python_implementation != "PyPy"
platform_python_implementation == "PyPy"
platform_python_implementation == 'Jython'
implementation_name == "cpython"
implementation_name != "pypy"
implementation_name == 'cpython' and python_version < '3.15'
platform_release >= "20.0"
platform_release == "5.10"
platform_release < "25"
platform_release != ""
platform_release == ""
"el8" in platform_release
"generic" not in platform_release
platform_version >= "10"
"Ubuntu" in platform_version
platform_version == ""
extra == "test"
extra == 'test'
extra=="test"
extra == "Test"
extra == "TEST"
extra == "dev-tools"
extra == "dev_tools"
extra == "Dev.Tools"
"test" == extra
"Dev_Tools" == extra
extra != "test"
extra == ""
extra != ""
extra == "standard" and sys_platform != "win32"
(sys_platform != "win32" and (sys_platform != "cygwin" and platform_python_implementation != "PyPy")) and extra == "standard"
extra == "all" or extra == "test"
extra in "test all"
extra not in "test"
"es" in extra
"a" not in extra
extra == "docs" and python_version >= "3.9"
python_version >= "3.9" and extra == 'test'
(python_version < "3.8") and extra == "test"
extra >= "test"
extra < "test"
extra == "test" or python_version < "3"
"test" in extras
"Test" in extras
"DOCS" in extras and "dev" not in dependency_groups
"type-check" in dependency_groups
"Type_Check" in dependency_groups
"dev" in dependency_groups or "test" in extras
"docs" not in extras
"test" == extras
"test" != extras
"test" <= extras
"test" < extras
"test" ~= extras
"test" === extras
extras == "test"
extras in "test"
dependency_groups not in "dev"
"" in extras
extra in extras
os_name in extras
extras in os_name
python_version >= "3.8" and python_version < "3.12" or sys_platform == "win32"
sys_platform == "win32" or python_version >= "3.8" and python_version < "3.12"
(python_version < "3.8" or python_version >= "3.12") and sys_platform == "linux"
python_version < "3.8" or (python_version >= "3.12" and sys_platform == "linux")
python_version < "3.8" or python_version >= "3.12" and (sys_platform == "linux" or sys_platform == "darwin")
(python_version >= "3.8")
((python_version >= "3.8"))
(((python_version >= "3.8")) and ((sys_platform == "linux")))
( python_version >= "3.8" )
(python_version >= "3.8" and (sys_platform == "linux"))
((python_version >= "3.8") and sys_platform == "linux") or (((os_name == "nt")))
((os_name == "nt" or os_name == "posix"))
((os_name == "nt" or os_name == "posix")) and python_version > "3"
(os_name == "nt") or ((os_name == "posix") and ((python_version > "3")))
platform_machine == 'aarch64' or (platform_machine == 'ppc64le' or (platform_machine == 'x86_64' or (platform_machine == 'amd64' or (platform_machine == 'AMD64' or (platform_machine == 'win32' or platform_machine == 'WIN32')))))
python_version < "3.14" and (platform_machine == "aarch64" or (platform_machine == "ppc64le" or (platform_machine == "x86_64" or (platform_machine == "amd64" or (platform_machine == "AMD64" or (platform_machine == "win32" or platform_machine == "WIN32"))))))
platform_system == "Darwin" and platform_machine == "arm64" and python_version < "3.10" and extra == "test"
sys_platform == "linux" and platform_machine == "x86_64" and python_full_version >= "3.13" and platform_python_implementation == "CPython" and extra != "no-binary"
(python_version == "3.7" or python_version == "3.8") and extra == "typed"
python_full_version >= "3.6.0" and python_full_version < "4.0.0"
(python_full_version >= "3.6.0" and python_full_version < "4.0.0") and (extra == "redis" or extra == "all")
python_version >= "3.7" and python_version < "4.0" and sys_platform == "win32"
os_name == "posix" and sys_platform != "darwin" and platform_machine == "x86_64"
"""

# Not found in sane metadata.
NASTY_MARKERS = r"""
"3.8" <= python_version
"3.14" == python_version
"3.14.0" == python_full_version
"3.14" > python_version
'3.14.0' < python_full_version
"3.13.*" == python_full_version
"3.14" ~= python_full_version
"3.14.5" ~= python_version
"3.15" === python_version
"3.15.0+LOCAL" === python_full_version
"3.15.0+local" == python_full_version
python_full_version == "3.15.0+local"
python_full_version == "3.15.0"
python_full_version >= "3.15.0+local"
python_full_version === "3.15.0+LOCAL"
python_full_version > "3.15.0"
python_full_version < "3.15.0"
python_full_version < "3.15"
"3.15.0" >= python_full_version
"3.15.0" ~= python_full_version
"x" >= python_full_version
"x" ~= python_full_version
"x" != python_full_version
os_name == os_name
os_name == platform_system
python_version == python_version
python_version >= python_full_version
python_version in python_full_version
"posix" == "os_name"
"posix" != "os_name"
"test" == "extra"
"Test" == "extra"
"Test" in "extras"
"3.14" == "python_version"
"3.14" <= "python_full_version"
"nothing" == "nowhere"
"x" in "y"
python_version < "=3.14"
python_version == "=3.14"
python_version > "=3.14"
python_version ~ "=3.14"
python_version >= " 3.9 "
python_version >= "v3.9"
python_version >= ""
python_version == ""
python_version != ""
python_version < ""
python_version ~= ""
python_version ~= "3"
python_version === ""
python_version === "a b"
python_version === "3;4"
python_version >= "abc"
python_version <= "abc"
python_version < "abc"
python_version ~= "abc"
python_version == "3.14.*.*"
python_version >= "3.14.*"
python_version == "3.14rc1.*"
python_version >= "3.14+local"
python_version == "3.14+local"
python_version != "3.14+local"
python_version == "3.14.0.0"
python_version == "03.014"
python_version == "1!3.14"
python_version < "1!0"
python_version > "3.14.post1"
python_version < "3.14.post1"
python_version < "3.14.dev0"
python_version >= "3.14,<4"
python_version == "3.14 "
python_version == "３.14"
platform_release == "6.8.0-45-generic"
platform_release >= "6.8.0-45-generic"
platform_release >= "6"
platform_release < "6.8.0"
"6.8.0-45-generic" == platform_release
"6.8.0-45-generic" <= platform_release
"5.10" == platform_release
"5.10" <= platform_release
"11" > platform_release
"11" === platform_release
"" == platform_release
"" in platform_release
os_name ~= "posix"
os_name === "posix"
"posix" ~= os_name
os_name > "a"
os_name >= "posix"
os_name in ""
"" in os_name
"" not in os_name
extra ~= "test"
extra === "test"
extra == "no_such--Extra"
extra == 'it"s'
os_name == 'a"b' or os_name == "a'b"
os_name == "\x70osix"
os_name == '\160osix'
os_name == "\u0070osix"
os_name == "\U00000070osix"
os_name == "po\\six"
os_name == "po\six"
os_name == "po\
os_name == "posix\"
os_name == "\x7"
os_name == "\u12"
os_name == "\xzz"
os_name == "\U00110000"
os_name == "\777"
os_name == "a\tb"
os_name == "a\'b"
os_name == "a	b"
os_name == "pösix"
os_name == ""
os_name == ''
os_name=='posix'and python_version>'3'
os_name=='posix'or(python_version<'3')
(os_name=='posix')and(python_version>'3')
'posix'==os_name and'3'<python_version
'x'in os_name
os_name in'posix'
os_name not in'posix'
os_name not  in 'posix'
os_name not	in 'posix'
os_name notin 'posix'
os_name not 'posix'
os_name IN 'posix'
os_name == 'posix' AND python_version > '3'
os_name = 'posix'
os_name 'posix'
os_name ==
== 'posix'
'posix'
os_name
os_name == posix
os_name == 'posix
os_name == posix'
os_name == 'posix" 
os_name == 'posix' 'nt'
os_name == 'posix' os_name == 'nt'
os_name == 'posix' and
and os_name == 'posix'
os_name == 'posix' or or os_name == 'nt'
os_name == 'posix' and (os_name == 'nt'
os_name == 'posix')
()
(os_name)
(os_name == 'posix') (os_name == 'nt')
os_name == ('posix')
(os_name) == 'posix'
not os_name == 'posix'
os_name == 'posix';
os_name is 'posix'
os_name <> 'posix'
os_name =< 'posix'
os_name => 'posix'
os_name <== 'posix'
os_name ==== 'posix'
os_name === = 'posix'
os_name ! = 'posix'
os-name == 'posix'
os name == 'posix'
os . name == 'posix'
os..name == 'posix'
os.nam == 'posix'
os.name.x == 'posix'
os_names == 'posix'
xos_name == 'posix'
os_nameé == 'posix'
éos_name == 'posix'
OS_NAME == 'posix'
platform.release == ''
platform.system == 'Linux'
implementation.name == 'cpython'
python.version > '3'
extra.x == 'test'
extrass == 'test'
extr == 'test'
python_version > 3
python_version > 3.8
python_version > "3" and python_version > '3' and python_version > "3"
os_name == "nt" and os_name == "posix" or os_name == "posix" and os_name == "nt" or python_version > "3"
os_name == "posix" or os_name == "nt" and os_name == "java"
(os_name == "posix" or os_name == "nt") and os_name == "java"
"""

VERSION_KEYS = ["python_version", "python_full_version", "implementation_version", "platform_release"]
TEXT_KEYS = ["os_name", "sys_platform", "platform_machine", "platform_version", "extra"]
SET_KEYS = ["extras", "dependency_groups"]
OPERATORS = ["==", "!=", "<", "<=", ">", ">=", "~=", "===", "in", "not in"]
VERSIONS = [
    "3", "3.8", "3.13", "3.14", "3.14.0", "3.14.2", "3.15.0rc1", "3.15.0a1", "3.15", "3.14.*", "3.*", "3.14.0.*",
    "3.14+local", "3.15.0+local", " 3.14 ", "", "x", "=3.14", "3.13 3.14", "4", "1!3", "3.14.post1", "3.15.dev0",
]
TEXTS = ["posix", "linux", "x86_64", "test", "", "win32 linux", "Dev-Tools"]

REQUIREMENTS = r"""
requests
Requests
 requests 
	requests
requests>=2.0
requests >= 2.0
requests>=2.0,<3
requests >=2.0 , <3
requests (>=2.0)
requests(>=2.0,<3)
requests ( >=2.0 , <3 )
requests ()
requests()
requests>=2.0,
requests>=2.0,,<3
requests,
requests==2.*
requests!=2.1.*
requests~=2.1
requests~=2
requests===2.0
requests=== 2.0
requests===anything-at.all
requests===
requests=== ; os_name == 'nt'
requests===2.0,<3
requests===2.0;os_name=='nt'
requests (===2.0)
requests===2.0)
requests (===2.0
requests=2.0
requests==
requests==2.0.x
requests==2.0rc1.*
requests>=2.0.*
requests>=2.0+local
requests==2.0+local
requests==2.0+local.*
requests==2.0 .*
requests==2.0- 
requests==2.0-1
requests==2.0a-
requests>=V2.0
requests>= 2 . 0
requests >= 2.0 <3
requests 2.0
requests 2.0,3.0
requests (2.0)
requests >=2.0)
requests (>=2.0
requests ((>=2.0))
requests <2,>1,!=1.5,~=1.2
requests<2>1
requests!2
requests~2
requests>=1!2.0
requests>=2012a
requests==1.0dev
requests==1.0.post
requests>=２.0
requests[security]
requests[security,tests]
requests[security, tests]
requests [security]
requests[ security , tests ]>=2.0
requests[Security,security]
requests[a_b,a-b,A.B]
requests[]
requests[ ]
requests[,]
requests[security,]
requests[,security]
requests[security tests]
requests[security
requests]
requests[[security]]
requests[security]]
requests[security][tests]
requests[-security]
requests[_security]
requests[security-]
requests[security_]
requests[sécurité]
requests[sec;urity]
requests[a.b-c_d]
requests[security]==2.0;os_name=="nt"
requests[security] @ https://example.invalid/requests.zip
requests@https://example.invalid/requests.zip
requests @ https://example.invalid/requests.zip
requests@ https://example.invalid/requests.zip
requests @https://example.invalid/requests.zip
requests @ https://example.invalid/requests.zip ; os_name == 'nt'
requests @ https://example.invalid/requests.zip; os_name == 'nt'
requests @ https://example.invalid/requests.zip;os_name=='nt'
requests @ https://example.invalid/requests.zip ;os_name=='nt'
requests @ https://example.invalid/requests.zip os_name == 'nt'
requests @ https://example.invalid/requests.zip#sha256=00 ; os_name == 'nt'
requests @ https://example.invalid/requests.zip 
requests @ git+https://example.invalid/requests.git@main
requests @ file:///tmp/requests
requests @ ../requests
requests @
requests @ 
requests @ ;
requests @ ; os_name == 'nt'
requests @ x y
requests @ x >=2.0
requests >=2.0 @ x
requests[a] @x
requests;os_name=="nt"
requests ; os_name == "nt"
requests; os_name == "nt" 
requests;
requests ;
requests; 
requests;;os_name=="nt"
requests;os_name=="nt";
requests;os_name
requests; os_name == "nt" # comment
requests # comment
requests>=2.0 # comment
requests>=2.0;python_version<"3.8" and extra == "Test_Extra"
requests>=2.0; (python_version < "3.8") and (os_name == "nt" or os_name == "posix")
requests>=2.0; "nt" in os_name
requests (>=2.0); os_name == "nt"
requests(>=2.0);os_name=="nt"
requests () ; os_name == "nt"
requests>=2.0,;os_name=="nt"
a
A
1
_
-
.
_a
-a
.a
a_
a-
a.
a__b
a--b
a..b
a-_.b
A.B-C_D
a.b.c
a-b_c.d>=1
a->=1
a_>=1
a.>=1
a.[x]
a-[x]
a_[x]
a/b
a b
a:b
a+b
a*b
a~b
é
aé
éa
a-é
a.é>=1
a>=1é
a>=1 é
a;é
日本
a	>=	1	,	<	2	;	os_name	==	"nt"
a>=1
 a
a ; os_name == "n't"
a ; os_name == 'n"t'
a ; os_name == "nt' 
a@b@c
a @ b ; os_name == "nt" ; os_name == "posix"
"a"
'a'
a"b"
-e .
--index-url x
./a
https://example.invalid/a.zip
git+https://example.invalid/a.git#egg=a
a==1.0 --hash=sha256:00
a==1.0 \
a>=1.0.post1.dev2
a==1.0+ubuntu-1_2.3
a>=1.0c1,!=1.0rc2,<=1.0-r4
a===1.0+Weird_Local
a>=1,>=1,>=1.0
a<1,<1
""".replace("a>=1\n a\n", "a>=1\n")

# With white space that isn't a space, line by line above it would be lost.
REQUIREMENTS_RAW = [
    "", " ", "\n", "a\n", "\na", "a>=1\n", "a>=\n1", "a >=1\n,<2", "a\u00a0>=1", "a>=\u00a01", "a>=1\u00a0", "a >= \x1c1",
    "a\x0b", "a @ x\n", "a @ x\ny", "a @\nx", "a;os_name=='nt'\n", "a;\nos_name=='nt'", "a\x00", "a[b\n]", "a (>=1\n)", "a===\n1",
    "a===1\n", "a===\u30001", "a>=1;os_name=='n\nt'", "a>=1;os_name=='n\\\nt'", "a>=1;os_name=='n\x00t'", "a>=1;os_name=='n\rt'",
]

PIECES = list("abcX019._-[](),;@=!<>~*+ \t\n\"'\\/é٣") + [
    "==", ">=", "===", "~=", ".*", " and ", " or ", " in ", " not in ", "not", "extra", "os_name", "python_version", "extras",
    "'3.8'", '"nt"', "()", "((", "))", "1.0", "rc1", ".post1", "\u00a0", "\x1c", "os.name", "==1.*", ">=2,<3", "; ", " @ ", "+x",
]


def lines(text):
    return [line for line in text.split("\n")[1:-1]]


def combinations():
    """Every operator with every kind of variable, on either side."""
    for key, op, value in itertools.product(VERSION_KEYS, OPERATORS, VERSIONS):
        yield f'{key} {op} "{value}"'
        yield f'"{value}" {op} {key}'
    for key, op, value in itertools.product(TEXT_KEYS + SET_KEYS, OPERATORS, TEXTS):
        yield f'{key} {op} "{value}"'
        yield f'"{value}" {op} {key}'


def damaged(rng, texts, count):
    for _ in range(count):
        s = rng.choice(texts)
        for _ in range(rng.choice([1, 1, 2, 3])):
            i = rng.randrange(len(s) + 1)
            s = s[:i] + rng.choice(PIECES + [""] * 8) + s[i + rng.choice([0, 0, 1, 1, 4]):]
        # Python's \N needs a table of names, and its strings can hold half a
        # surrogate pair. Neither is worth having.
        if "\\N" not in s and "\\u" not in s and "\\U" not in s:
            yield s


def answer(marker, env):
    facts = {k: v for k, v in env.items() if v is not None}
    for key in SET_KEYS:
        if key in facts:
            facts[key] = frozenset(facts[key])
    try:
        return "t" if marker.evaluate(facts) else "f"
    except (UndefinedComparison, UndefinedEnvironmentName):
        return "e"


def quotable(marker):
    """The text of a marker, or None if packaging can't quote its values."""

    def values(node):
        if isinstance(node, list):
            return [v for n in node for v in values(n)]
        return [n.value for n in (node[0], node[2])] if isinstance(node, tuple) else []

    for value in values(marker._markers):
        if "\\" in value or not value.isprintable() or ('"' in value and "'" in value):
            return None
    return str(marker)


def judge_marker(text):
    try:
        marker = Marker(text)
    except InvalidMarker:
        return [text, None, None]
    return [text, quotable(marker), "".join(answer(marker, env) for env in ENVIRONMENTS)]


def clause(spec):
    version = spec.version
    if spec.operator == "===":
        return spec.operator + version
    public = version.removesuffix(".*")
    return spec.operator + str(Version(public)) + version[len(public):]


def judge_requirement(text):
    try:
        r = Requirement(text)
    except InvalidRequirement:
        return [text, None]
    return [text, {
        "name": r.name,
        "extras": sorted({canonicalize_name(e) for e in r.extras}),
        "url": r.url or "",
        "specifiers": sorted({clause(s) for s in r.specifier}),
        "marker": quotable(r.marker) if r.marker else "",
    }]


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--damaged", type=int, default=3000, help="how many damaged markers and requirements")
    args = parser.parse_args()
    if packaging.__version__ != PACKAGING:
        sys.exit(f"{parser.prog}: need packaging {PACKAGING}, found {packaging.__version__}")
    warnings.simplefilter("ignore")  # about odd escapes in literals

    rng = random.Random(args.seed)
    sane = lines(REAL_MARKERS)
    markers = sane + lines(NASTY_MARKERS) + list(combinations())
    markers += damaged(rng, sane, args.damaged)
    requirements = lines(REQUIREMENTS) + REQUIREMENTS_RAW
    accepted = [r for r in requirements if judge_requirement(r)[1]]
    requirements += damaged(rng, accepted, args.damaged)
    for r in accepted[:40]:
        requirements += [f"{r}; {m}" for m in rng.sample(sane, 3)]

    json.dump(
        {
            "packaging": PACKAGING,
            "environments": ENVIRONMENTS,
            "markers": [judge_marker(m) for m in dict.fromkeys(markers)],
            "requirements": [judge_requirement(r) for r in dict.fromkeys(requirements)],
        },
        sys.stdout,
        separators=(",", ":"),
    )
    sys.stdout.write("\n")


if __name__ == "__main__":
    main()
