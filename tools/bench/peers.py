"""The known programs that ours are compared with, each on loopback with a directory of its own."""

import os
import subprocess

import programs  # tests/e2e

NGINX = """
daemon off;
{user}
worker_processes auto;
pid {directory}/nginx.pid;
error_log {directory}/error.log;
events {{ worker_connections 1024; }}
http {{
    access_log off;
    keepalive_requests 1000000000;
    client_body_temp_path {directory}/body;
    proxy_temp_path {directory}/proxy;
    fastcgi_temp_path {directory}/fastcgi;
    uwsgi_temp_path {directory}/uwsgi;
    scgi_temp_path {directory}/scgi;
    server {{
        listen 127.0.0.1:{port} ssl;
        ssl_certificate {certificate};
        ssl_certificate_key {key};
        root {directory}/www;
    }}
}}
"""

COLLECTD = """
Hostname "bench"
FQDNLookup false
BaseDir "{directory}"
PIDFile "{directory}/collectd.pid"
PluginDir "/usr/lib/collectd"
TypesDB "/usr/share/collectd/types.db"
Interval 10
{plugins}
<Plugin csv>
    DataDir "{directory}/csv"
</Plugin>
"""
# What our agent measures, too.
COLLECTD_PLUGINS = ["cpu", "load", "memory", "swap", "df", "disk", "interface", "processes", "uptime", "csv"]


def start_nginx(directory, tls, body):
    """Serves `body` as /static over TLS with the certificate in `tls`. Gives (child, url)."""
    (directory / "www").mkdir(parents=True)
    (directory / "www/static").write_bytes(body)
    port = programs.free_port()
    config = directory / "nginx.conf"
    config.write_text(NGINX.format(directory=directory, port=port, certificate=tls / "server.pem",
                                   key=tls / "server.key", user="user root;" if os.geteuid() == 0 else ""))
    child = programs.Child(["/usr/sbin/nginx", "-p", directory, "-c", config], directory / "nginx.log", {})
    url = f"https://127.0.0.1:{port}/static"
    _await(child, url)
    return child, url


def start_node_exporter(directory):
    port = programs.free_port()
    directory.mkdir()
    child = programs.Child(["prometheus-node-exporter", f"--web.listen-address=127.0.0.1:{port}"],
                           directory / "node_exporter.log", {})
    url = f"http://127.0.0.1:{port}/metrics"
    _await(child, url)
    return child, url


def start_collectd(directory):
    directory.mkdir()
    config = directory / "collectd.conf"
    plugins = "\n".join(f"LoadPlugin {name}" for name in COLLECTD_PLUGINS)
    config.write_text(COLLECTD.format(directory=directory, plugins=plugins))
    return programs.Child(["/usr/sbin/collectd", "-f", "-C", config], directory / "collectd.log", {})


def fetch(url):
    """True when the answer is a good one."""
    return subprocess.run(["curl", "-sfk", "-o", "/dev/null", url], stdin=subprocess.DEVNULL).returncode == 0


def _await(child, url):
    def answers():
        if child.process.poll() is not None:
            raise RuntimeError(f"{url}: the program ended\n{child.log()}")
        return fetch(url)
    programs.wait_until(f"an answer from {url}", answers, patience=20, pause=0.05)
