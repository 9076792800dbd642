"""Hostile code by families. Each sets `won` when it has done its harm; those of the last families never end, or crash.

What is here succeeds in native Python (`hostile_native` shows it) and must not in the box.
"""

from __future__ import annotations

__all__ = ["CRASHING", "ENDLESS", "HOSTILE"]

_WALK = """
def walk(cls):
    for found in type.__subclasses__(cls):
        yield found
        yield from walk(found)
"""

HOSTILE: dict[str, dict[str, str]] = {
    "files": {
        "open": "won = bool(open('/etc/passwd').read())",
        "os": "import os\nwon = bool(os.listdir('/'))",
        "posix": "import posix\nwon = bool(posix.listdir('/'))",
        "os by another module": "import random\nwon = bool(random._os.listdir('/'))",
        "os by sys": "import sys\nimport os.path\nwon = bool(sys.modules['os'].listdir('/'))",
        "os by builtins": "won = bool(__builtins__['__import__']('os').listdir('/'))",
        "os by globals of a class": "import os\nc = [c for c in object.__subclasses__() if c.__name__ == '_wrap_close'][0]\n"
        "won = bool(c.__init__.__globals__['listdir']('/'))",
        "FileIO": "import io\nwon = bool(io.FileIO('/etc/passwd').read())",
        "FileIO by subclasses": _WALK + "won = bool([c for c in walk(object) if c.__name__ == 'FileIO'][0]('/etc/passwd').read())",
        "open_code": "import io\nwon = bool(io.open_code('/etc/passwd').read())",
        "pathlib": "from pathlib import Path\nwon = bool(Path('/etc/passwd').read_text())",
        "a loader": "from importlib.machinery import SourceFileLoader\n"
        "won = bool(SourceFileLoader('x', '/etc/passwd').get_data('/etc/passwd'))",
        "the frozen loader": "import _frozen_importlib_external as f\n"
        "won = bool(f.FileLoader('x', '/etc/passwd').get_data('/etc/passwd'))",
        "linecache": "import linecache\nwon = bool(linecache.getlines('/etc/passwd'))",
        "tokenize": "import tokenize\nwon = bool(tokenize.open('/etc/passwd').read())",
        "codecs": "import codecs\nwon = bool(codecs.open('/etc/passwd').read())",
        "fileinput": "import fileinput\nwon = bool(list(fileinput.input('/etc/passwd')))",
        "glob": "import glob\nwon = bool(glob.glob('/etc/*'))",
        "write": "won = bool(open('written', 'w').write('x'))",
        "tempfile": "import tempfile\nwon = bool(tempfile.NamedTemporaryFile().name)",
        "shutil": "import shutil\nwon = bool(shutil.copy('/etc/passwd', 'copied'))",
        "zipfile": "import zipfile\nzipfile.ZipFile('made.zip', 'w').close()\nwon = True",
        "sqlite": "import sqlite3\nsqlite3.connect('made.db').execute('create table a (b)')\nwon = True",
        "a link": "import os\nos.symlink('/etc/passwd', 'linked')\nwon = bool(open('linked').read())",
        "a descriptor": "import os\nwon = bool(os.read(os.open('/etc/passwd', 0), 1))",
        "mmap": "import mmap\nf = open('/etc/passwd')\nwon = bool(mmap.mmap(f.fileno(), 0, prot=1)[:4])",
        "ctypes": "import ctypes\nwon = bool(ctypes.CDLL(None).fopen(b'/etc/passwd', b'r'))",
        "the interpreter's own": "import sys\nwon = bool(open(sys.executable, 'rb').read(4))",
        "runpy": "import runpy\nopen('run.py', 'w').write('x = 1')\nwon = bool(runpy.run_path('run.py'))",
        "dbm": "import dbm.dumb\ndbm.dumb.open('made').close()\nwon = True",
    },
    "processes": {
        "system": "import os\nwon = os.system('true') == 0",
        "popen": "import os\nwon = bool(os.popen('echo x').read())",
        "subprocess": "import subprocess\nwon = subprocess.run(['true']).returncode == 0",
        "_posixsubprocess": "import _posixsubprocess\nwon = callable(_posixsubprocess.fork_exec)",
        "fork": "import os\npid = os.fork()\nos._exit(0) if pid == 0 else os.waitpid(pid, 0)\nwon = True",
        "spawn": "import os\nwon = os.waitpid(os.posix_spawn('/bin/true', ['true'], {}), 0)[1] == 0",
        "multiprocessing": "import multiprocessing as m\np = m.get_context('fork').Process(target=int)\np.start()\n"
        "p.join()\nwon = p.exitcode == 0",
        "thread": "import threading\nt = threading.Thread(target=int)\nt.start()\nt.join()\nwon = True",
        "_thread": "import _thread\n_thread.start_new_thread(int, ())\nwon = True",
        "executor": "from concurrent.futures import ThreadPoolExecutor\nwon = ThreadPoolExecutor().submit(int).result() == 0",
        "kill": "import os\nos.kill(os.getppid(), 0)\nwon = True",
        "signal": "import signal\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\nwon = True",
        "pid": "import os\nwon = os.getpid() > 0",
        "priority": "import os\nos.nice(1)\nwon = True",
        "limits": "import resource\nwon = bool(resource.getrlimit(resource.RLIMIT_NOFILE))",
        "ctypes": "import ctypes\nwon = ctypes.CDLL(None).getpid() > 0",
        "ctypes by another way": "import _ctypes\nwon = bool(_ctypes.dlopen(None, 0))",
        "interpreter": "try: import _xxsubinterpreters as s\nexcept ImportError: import _interpreters as s\n"
        "won = s.create() is not None",
    },
    "network": {
        "socket": "import socket\nsocket.socket()\nwon = True",
        "_socket": "import _socket\n_socket.socket()\nwon = True",
        "pair": "import socket\na, b = socket.socketpair()\na.send(b'x')\nwon = b.recv(1) == b'x'",
        "connect": "import socket\ntry: socket.create_connection(('127.0.0.1', 1), 5)\nexcept ConnectionRefusedError: won = True",
        "serve": "import socket\nsocket.create_server(('127.0.0.1', 0))\nwon = True",
        "names": "import socket\nwon = bool(socket.getaddrinfo('127.0.0.1', 80))",
        "host name": "import socket\nwon = bool(socket.gethostname())",
        "http": "import http.client\ntry: http.client.HTTPConnection('127.0.0.1', 1).request('GET', '/')\n"
        "except ConnectionRefusedError: won = True",
        "urllib": "import urllib.request\ntry: urllib.request.urlopen('http://127.0.0.1:1/')\n"
        "except OSError as e: won = 'refused' in str(e)",
        "file url": "import urllib.request\nwon = bool(urllib.request.urlopen('file:///etc/passwd').read())",
        "asyncio": "import asyncio\nasync def go():\n    try: await asyncio.open_connection('127.0.0.1', 1)\n"
        "    except ConnectionRefusedError: return True\nwon = asyncio.run(go())",
        "smtp": "import smtplib\ntry: smtplib.SMTP('127.0.0.1', 1)\nexcept ConnectionRefusedError: won = True",
        "select": "import select\nselect.select([], [], [], 0)\nwon = True",
        "udp": "import socket\nwon = socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b'x', ('127.0.0.1', 9)) == 1",
    },
    "time and chance": {
        "time": "import time\nwon = time.time() > 1e9",
        "monotonic": "import time\na = time.monotonic()\nwhile time.monotonic() == a: pass\nwon = True",
        "perf_counter": "import time\na = time.perf_counter_ns()\nwhile time.perf_counter_ns() == a: pass\nwon = True",
        "process time": "import time\na = time.process_time_ns()\nwhile time.process_time_ns() == a: pass\nwon = True",
        "datetime": "import datetime\nwon = datetime.datetime.now().year > 2000",
        "date": "import datetime\nwon = datetime.date.today().year > 2000",
        "sleep": "import time\ntime.sleep(0.001)\nwon = True",
        "urandom": "import os\nwon = len(os.urandom(8)) == 8",
        "system random": "import random\nwon = 0 <= random.SystemRandom().random() < 1",
        "secrets": "import secrets\nwon = len(secrets.token_bytes(8)) == 8",
        "uuid": "import uuid\nwon = uuid.uuid1().time > 0",
        "email's date": "import email.utils\nwon = bool(email.utils.formatdate())",
    },
    "introspection": {
        "environment": "import os\nwon = bool(os.environ)",
        "executable": "import sys\nwon = bool(sys.executable)",
        "folder": "import os\nwon = bool(os.getcwd())",
        "user": "import os\nwon = os.getuid() >= 0",
        "name of the machine": "import platform\nwon = bool(platform.node())",
        "uname": "import os\nwon = bool(os.uname())",
        "load of the machine": "import os\nwon = bool(os.getloadavg())",
        "cores": "import os\nwon = bool(os.cpu_count())",
        "password file": "import pwd\nwon = bool(pwd.getpwall())",
        "native memory": "import ctypes\nx = b'secret'\nwon = b'secret' in ctypes.string_at(id(x), 60)",
        "sockets in memory": "import gc, socket\ns = socket.socket()\n"
        "won = any(type(o).__name__ == 'socket' for o in gc.get_objects())",
        "terminal": "import os\nwon = bool(os.ctermid())",
        "site": "import site\nwon = bool(site.getsitepackages())",
        "installed": "import importlib.metadata as m\nwon = any(True for _ in m.distributions())",
        "source of the host": "import inspect, json.decoder\nopen(json.decoder.__file__).read()\nwon = bool(json.decoder.__file__)",
    },
    "memory": {
        "blocks": "x = []\nfor _ in range(200): x.append(bytearray(1 << 20))\nwon = True",
        "one block": "x = bytearray(200 << 20)\nwon = True",
        "a list": "x = [0] * (25 << 20)\nwon = True",
        "a text": "x = 'a' * (200 << 20)\nwon = True",
        "a width": "x = '%209715200d' % 1\nwon = True",
        "a format": "x = '{:209715200}'.format('a')\nwon = True",
        "ljust": "x = 'a'.ljust(200 << 20)\nwon = True",
        "expandtabs": "x = '\\t'.expandtabs(200 << 20)\nwon = True",
        "replace": "x = ('a' * (1 << 14)).replace('a', 'b' * (1 << 14))\nwon = True",
        "join": "x = ('a' * (1 << 20)).join(['b'] * 201)\nwon = True",
        "a number": "x = 1 << (200 << 23)\nwon = True",
        "an array": "from array import array\nx = array('d', [0]) * (25 << 20)\nwon = True",
        "doubling": "x = b'x' * 1024\nfor _ in range(18): x += x\nwon = True",
        "a set": "x = set()\nfor i in range(4 << 20): x.add(i)\nwon = True",
        "a deque": "from collections import deque\nx = deque(bytes(1 << 20) for _ in range(200))\nwon = True",
        "decompression": "import zlib\nd = zlib.compressobj(9)\n"
        "b = b''.join(d.compress(bytes(1 << 20)) for _ in range(200)) + d.flush()\n"
        "x = zlib.decompress(b)\nwon = True",
        "repeat": "import itertools\nx = list(itertools.repeat(0, 25 << 20))\nwon = True",
        "product": "import itertools\nx = list(itertools.product(range(40), repeat=4))\nwon = len(x) == 2560000",
        "leak in a cycle": "import gc\ngc.disable()\nfor _ in range(200):\n    x = [bytearray(1 << 20)]\n    x.append(x)\n"
        "won = True",
    },
}

CRASHING: dict[str, str] = {
    "a null pointer": "import ctypes\nctypes.string_at(0)",
    "faulthandler": "import faulthandler\nfaulthandler._sigsegv()",
    "abort": "import os\nos.abort()",
    "kill itself": "import os\nos.kill(os.getpid(), 9)",
    "deep repr": "import sys\nsys.setrecursionlimit(10**9)\nx = []\nfor i in range(10**6): x = [x]\nrepr(x)",
    "deep compare": "import sys\nsys.setrecursionlimit(10**9)\na, b = [], []\nfor i in range(10**6): a, b = [a], [b]\na == b",
    "deep attribute": "import sys\nsys.setrecursionlimit(10**9)\nclass A:\n"
    "    def __getattr__(self, n): return getattr(self, n + 'x')\nA().a",
    "deep str": "import sys\nsys.setrecursionlimit(10**9)\nclass A:\n    def __str__(self): return str(self)\nstr(A())",
    "deep hash": "import sys\nsys.setrecursionlimit(10**9)\nx = ()\nfor i in range(10**6): x = (x,)\nhash(x)",
    "bad constants": "def f(): pass\n"
    "f.__code__ = f.__code__.replace(co_consts=(), co_code=bytes([151, 0, 100, 200, 83, 0]))\nfor _ in range(9): f()",
    "bad bytes of code": "def f(): pass\nf.__code__ = f.__code__.replace(co_code=bytes([83, 255, 83, 200, 44, 9]) * 90)\n"
    "for _ in range(9): f()",
}

ENDLESS: dict[str, str] = {
    "loop": "while True: pass",
    "loop that swallows": "while True:\n    try:\n        while True: pass\n    except BaseException: pass",
    "finally": "def f():\n    while True:\n        try: return\n        finally: continue\nf()",
    "regex": "import re\nre.match(r'(a+)+$', 'a' * 60 + 'b')",
    "regex of alternatives": "import re\nre.match(r'(a|a)*$', 'a' * 60 + 'b')",
    "regex of spaces": "import re\nre.match(r'(\\s*\\s*\\s*)*x$', ' ' * 200)",
    "power": "x = 9 ** 9 ** 8",
    "power of a power": "x = pow(3, 10 ** 2000, 10 ** 2000 + 1)\nwhile True: x = pow(x, 10 ** 2000, 10 ** 2000 + 1)",
    "sum": "sum(range(10 ** 12))",
    "any": "any(iter(int, 1))",
    "in": "1 in iter(int, 1)",
    "max": "import itertools\nmax(itertools.repeat(0))",
    "count": "import itertools\nfor _ in itertools.count(): pass",
    "all of a product": "import itertools\nall(x is not None for x in itertools.product(range(100), repeat=9))",
    "permutations": "import itertools\nfor _ in itertools.permutations(range(20)): pass",
    "deque": "import itertools, collections\ncollections.deque(itertools.repeat(0), maxlen=0)",
    "fibonacci": "def f(n): return n if n < 2 else f(n - 1) + f(n - 2)\nf(90)",
    "ackermann": "import sys\nsys.setrecursionlimit(900)\ndef f(m, n):\n    while True:\n"
    "        try: return n + 1 if m == 0 else f(m - 1, 1 if n == 0 else f(m, n - 1))\n"
    "        except RecursionError: pass\nf(4, 4)",
    "sort": "class A:\n    def __lt__(self, other):\n        while True: pass\nsorted([A(), A()])",
    "equal": "class A:\n    def __eq__(self, other):\n        while True: pass\n    __hash__ = None\n[A()].index(A())",
    "hash": "class A:\n    def __hash__(self):\n        while True: pass\n{A(): 1}",
    "collisions": "class A:\n    def __hash__(self): return 1\n    def __eq__(self, other): return False\nx = set()\n"
    "while True: x.add(A())",
    "iterator": "class A:\n    def __iter__(self): return self\n    def __next__(self): return 0\nfor _ in A(): pass",
    "generator": "def f():\n    while True: yield\nfor _ in f(): pass",
    "getattr": "class A:\n    def __getattr__(self, n):\n        while True: pass\nA().x",
    "descriptor": "class A:\n    @property\n    def x(self):\n        while True: pass\nA().x",
    "metaclass": "class M(type):\n    def __instancecheck__(cls, o):\n        while True: pass\n"
    "class A(metaclass=M): pass\nisinstance(1, A)",
    "delete": "class A:\n    def __del__(self):\n        while True: pass\nA()",
    "resurrection": "class A:\n    def __del__(self): A()\nA()\nwhile True: A()",
    "exit": "class A:\n    def __enter__(self): pass\n    def __exit__(self, *e):\n        while True: pass\nwith A(): pass",
    "except": "while True:\n    try: raise ValueError\n    except ValueError: continue",
    "chain": "e = None\nwhile True:\n    try: raise ValueError from e\n    except ValueError as f: e = None",
    "coroutine": "async def f():\n    while True: pass\nf().send(None)",
    "lambda": "f = lambda: [f for _ in iter(int, 1)] and 0\nfor _ in iter(int, 1): pass",
    "decimal": "import decimal\ndecimal.getcontext().prec = 20000\nx = decimal.Decimal(2)\nwhile True: x = x.sqrt() + 1",
    "fraction": "from fractions import Fraction\nx = Fraction(1, 3)\nwhile True: x = Fraction(1, 3)",
    "big division": "x = 7 ** 4000\nwhile True: x // 3 ** 2000",
    "text of a number": "x = 7 ** 4000\nwhile True: str(x)",
    "hashing": "import hashlib\nwhile True: hashlib.sha256(bytes(10000)).digest()",
    "compression": "import zlib\nwhile True: zlib.compress(bytes(10000))",
    "json": "import json\nwhile True: json.loads(json.dumps(list(range(100))))",
    "compile": "while True: compile('x = 1', 'f', 'exec')",
    "exec": "while True: exec('x = 1')",
    "format": "while True: f'{1:>100}'",
    "split": "x = 'a b ' * 1000\nwhile True: x.split()",
    "difflib": "import difflib\nwhile True: difflib.SequenceMatcher(None, 'ab' * 200, 'ba' * 200).ratio()",
    "statistics": "import statistics\nwhile True: statistics.stdev(range(100))",
    "random": "import random\nwhile True: random.shuffle(list(range(100)))",
    "type": "while True: type('A', (), {})",
    "import": "while True: __import__('json')",
    "print": "while True: print('x' * 1000)",
}
