"""A folder on a web server of this machine."""

import http.server
import threading
from contextlib import contextmanager
from functools import partial


@contextmanager
def serving(folder, handler):
    """Give a server of a folder, with its address `url`."""
    server = http.server.ThreadingHTTPServer(
        ("127.0.0.1", 0), partial(handler, directory=str(folder))
    )
    server.url, server.folder = f"http://127.0.0.1:{server.server_port}", folder
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
