"""A proxy that speaks TLS in front of a server, and that can be told to lose headers, as one that is set up wrongly does."""

import http.client
import http.server
import ssl
import threading

import programs

# Each hop says these for itself.
OWN = {"connection", "keep-alive", "transfer-encoding", "content-length", "host", "date", "server"}


class Front:
    """Of a server on loopback. `lost` are names of headers, in lower case, that its answers come without."""

    def __init__(self, port, certificate, key, server_port, server_ca):
        self.port, self.certificate, self.lost = port, certificate, set()
        self._there = server_port, server_ca
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)
        self._listener = http.server.ThreadingHTTPServer(("127.0.0.1", port), self._make_handler())
        self._listener.daemon_threads = True
        self._listener.handle_error = lambda *_: None  # a handshake that is refused is what some come for
        self._listener.socket = context.wrap_socket(self._listener.socket, server_side=True, do_handshake_on_connect=False)
        threading.Thread(target=self._listener.serve_forever, daemon=True).start()

    def stop(self):
        self._listener.shutdown()
        self._listener.server_close()

    def forward(self, method, path, headers, body):
        port, ca = self._there
        connection = http.client.HTTPSConnection("127.0.0.1", port, timeout=programs.PATIENCE_S,
                                                 context=ssl.create_default_context(cafile=str(ca)))
        try:
            connection.request(method, path, body, {name: value for name, value in headers if name.lower() not in OWN})
            answer = connection.getresponse()
            return answer.status, answer.getheaders(), answer.read()
        finally:
            connection.close()

    def _make_handler(front):
        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def handle_one_call(self):
                body = self.rfile.read(int(self.headers.get("Content-Length", 0))) or None
                status, headers, body = front.forward(self.command, self.path, self.headers.items(), body)
                self.send_response_only(status)
                for name, value in headers:
                    if name.lower() not in OWN | front.lost:
                        self.send_header(name, value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            do_GET = do_POST = handle_one_call

            def log_message(self, *_):
                pass

        return Handler
