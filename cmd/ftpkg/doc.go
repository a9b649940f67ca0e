/*
Command ftpkg says which Python packages are ready for the free-threaded build.

ftpkg resolve answers without an interpreter, for every cell of {GIL, free-threaded}
× platform at once: what would be installed, what is missing, whether that is free
threading's fault, and what helps. ftpkg probe loads packages in a free-threaded
CPython, in a sandbox, and names what turns the GIL back on.

	ftpkg resolve -r requirements.txt
	ftpkg explain numpy-2.3.5-cp314-cp314t-win_amd64.whl
	ftpkg probe numpy
	ftpkg doctor .venv

"ftpkg help" lists the commands, "ftpkg COMMAND --help" the flags of one.

# Command line

Flags may stand before or after arguments; "--" ends them. "--name=value" and
"--name value" are the same. A flag that may be repeated also takes several values
separated by commas. A switch that the environment or a file turned on is turned
off with "--name=false".

# Output

Standard output is the answer and nothing else; progress, warnings and errors go
to standard error. On a terminal, tables are coloured unless NO_COLOR is set;
elsewhere the output is plain and stable. With --format json the answer names its
schema ("ftpkg.resolve/1"); "ftpkg schema" prints the schemas.

# Exit status

  - 0: fine
  - 1: the answer is no: something is blocked, missing or refused
  - 2: wrong usage: a flag, an argument, or a file they name
  - 3: we could not find out: the network, an index or a runtime failed
  - 130: interrupted by Ctrl-C

A blocker that was found stays found although another answer is missing: 1 beats 3.

# Configuration

A setting is taken from the first of these that has it:

 1. the flag
 2. the environment variable of the flag: FTPKG_ and its name in capitals, so
    FTPKG_INDEX_URL for --index-url; lists are separated by commas or spaces
 3. ftpkg.toml, or the table [tool.ftpkg] of pyproject.toml, in the working
    directory or the nearest one above it that has either
 4. for the index settings, the variables of uv and pip (UV_DEFAULT_INDEX,
    UV_INDEX_URL, UV_INDEX, UV_EXTRA_INDEX_URL, UV_FIND_LINKS, PIP_INDEX_URL,
    PIP_EXTRA_INDEX_URL, PIP_FIND_LINKS, PIP_NO_INDEX); for --python-mirror, uv's
    UV_PYTHON_INSTALL_MIRROR
 5. for the index settings, pip's configuration files
 6. the default

# Network

Proxies are those of HTTP_PROXY, HTTPS_PROXY and NO_PROXY. The certificate
authorities of SSL_CERT_FILE, PIP_CERT, REQUESTS_CA_BUNDLE or CURL_CA_BUNDLE are
trusted besides the system's; SSL_CLIENT_CERT or PIP_CLIENT_CERT names a client's
certificate with its key. Users and passwords stand in an index's URL, or in the
file NETRC names, else ~/.netrc; they are sent to that index only and never shown.
With -v the requests are counted, with -vv each is named.

# Files

  - ftpkg.toml, pyproject.toml: settings; docs/configuration.md lists the keys
  - $XDG_CACHE_HOME/ftpkg, or the platform's cache directory: the cache;
    "ftpkg cache dir" prints where it is
  - $XDG_DATA_HOME/ftpkg, or the platform's directory for a user's data: the
    interpreters that were installed; "ftpkg runtime list --managed" lists them

# Limitations

The commands that resolve read what indexes and files say. Whether an extension
keeps the GIL off is not written there: ftpkg probe loads it, and its answer holds
for the version, the file, the runtime and the platform it names. That code which
runs without the GIL is free of data races, nothing here proves. Native code that
is out to deceive can lie about itself.

ftpkg probe runs the code of packages in a sandbox only, and builds of source
distributions as well, unless --sandbox best or off lets them do without. ftpkg run
and ftpkg bench run programs of yours with your rights. No other command runs any.
ftpkg installs nothing into environments of yours.
*/
package main
