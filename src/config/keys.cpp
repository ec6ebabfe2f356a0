#include "config/keys.hpp"

#include "config/checks.hpp"

#include <array>

namespace atalaya::config {

namespace {

constexpr std::array keys{
    Key{"server", "https",
        TextKey{[](Config& c) -> std::string& { return c.server.https; }, check_address},
        "127.0.0.1:8443",
        "Where the page and the API are served over TLS. Port 0 takes a free one."},
    Key{"server", "http",
        TextKey{[](Config& c) -> std::string& { return c.server.http; }, check_http_address},
        "127.0.0.1:8080",
        "Where plain HTTP is answered: pages are redirected, API calls refused. `off` closes it. "
        "In proxy mode the service itself answers here, on loopback or a unix socket only."},
    Key{"server", "data_dir",
        TextKey{[](Config& c) -> std::string& { return c.server.data_dir; }, check_not_empty},
        "/var/lib/atalaya",
        "Where everything is kept: database, keyring, certificates. The option --data sets it."},
    Key{"server", "public_url",
        TextKey{[](Config& c) -> std::string& { return c.server.public_url; }, check_public_url},
        "", "The address that users and agents type, for links. Empty: made from server.https."},
    Key{"tls", "mode",
        ChoiceKey{"local|files|proxy",
                  [](Config& c, std::size_t word) { c.tls.mode = static_cast<TlsMode>(word); }},
        "local",
        "Where the certificate comes from: `local` makes a CA and a certificate on first start, "
        "`files` takes the operator's, `proxy` leaves TLS to a proxy in front."},
    Key{"tls", "certificate", TextKey{[](Config& c) -> std::string& { return c.tls.certificate; }},
        "", "PEM file with the certificate chain, for mode `files`."},
    Key{"tls", "key", TextKey{[](Config& c) -> std::string& { return c.tls.key; }}, "",
        "PEM file with the private key, for mode `files`."},
    Key{"tls", "names",
        ListKey{[](Config& c) -> std::vector<std::string>& { return c.tls.names; },
                check_host_name},
        "",
        "Further host names and addresses for the local certificate, beside those of this "
        "machine."},
    Key{"tls", "trusted_proxies",
        ListKey{[](Config& c) -> std::vector<std::string>& { return c.tls.trusted_proxies; },
                check_network},
        "", "Peers whose X-Forwarded-* headers count. Nobody's do by default."},
    Key{"signup", "mode",
        ChoiceKey{
            "open|invite|closed",
            [](Config& c, std::size_t word) { c.signup.mode = static_cast<SignupMode>(word); }},
        "invite",
        "Who may make an account: anybody (`open`), who has an invitation or the set-up link of a "
        "fresh installation (`invite`), or nobody (`closed`)."},
    Key{"database", "dsn", TextKey{[](Config& c) -> std::string& { return c.database.dsn; }}, "",
        "Where the external PostgreSQL of `atalaya serve` is, as libpq reads it: "
        "`host=db1,db2 sslmode=verify-full`, or a URI. Of several hosts the one that takes changes "
        "is used. A user in it must be a superuser and lays down roles and schemas at each start; "
        "without one, a superuser runs the output of `atalaya database-sql` once. Set: doctor, "
        "psql and audit verify use it too."},
    Key{"database", "password_file",
        TextKey{[](Config& c) -> std::string& { return c.database.password_file; }}, "",
        "File with the password of atalaya_app, atalaya_auth, atalaya_sched, atalaya_signer and "
        "atalaya_migrate in the external PostgreSQL. Empty: none is sent, or what `passfile` in "
        "database.dsn says."},
    Key{"database", "socket_dir",
        TextKey{[](Config& c) -> std::string& { return c.database.socket_dir; }}, "",
        "Where the unix socket of the embedded PostgreSQL lies. Empty: below the data directory, "
        "or in a shorter place when the path would be too long."},
    Key{"database", "user",
        TextKey{[](Config& c) -> std::string& { return c.database.user; }, check_not_empty},
        "postgres",
        "The unprivileged user that PostgreSQL runs as when the server is started as root."},
    Key{"database", "connections",
        NumberKey{[](Config& c) -> std::int64_t& { return c.database.connections; }, 2, 200}, "16",
        "Connections for requests, and so the number of requests that use the database at a time."},
    Key{"database", "shared_buffers",
        TextKey{[](Config& c) -> std::string& { return c.database.shared_buffers; }, check_memory},
        "128MB", "Memory that PostgreSQL keeps for its pages."},
    Key{"password", "scheme",
        ChoiceKey{"bcrypt|argon2id",
                  [](Config& c, std::size_t word) {
                      c.password.scheme = static_cast<PasswordScheme>(word);
                  }},
        "bcrypt",
        "How passwords are hashed. After a change each is hashed anew at its next sign-in."},
    Key{"password", "length_min",
        NumberKey{[](Config& c) -> std::int64_t& { return c.password.length_min; }, 8, 128}, "12",
        "Least number of characters of a new password, for an account with a second factor."},
    Key{"password", "length_min_alone",
        NumberKey{[](Config& c) -> std::int64_t& { return c.password.length_min_alone; }, 8, 128},
        "15",
        "The same while the account has no second factor, and so for every new one. Never below "
        "password.length_min."},
    Key{"password", "time_floor_ms",
        NumberKey{[](Config& c) -> std::int64_t& { return c.password.time_floor_ms; }, 0, 5000},
        "450",
        "Least milliseconds until a log-in is answered, whatever the outcome, so that the time "
        "does "
        "not tell who has an account. Should be above the slowest check of a password."},
    Key{"session", "idle_days",
        NumberKey{[](Config& c) -> std::int64_t& { return c.session.idle_days; }, 1, 30}, "14",
        "Days without a request after which a session ends."},
    Key{"session", "absolute_days",
        NumberKey{[](Config& c) -> std::int64_t& { return c.session.absolute_days; }, 1, 30}, "30",
        "Days after which a session ends in any case: 30 are promised, fewer may be set."},
    Key{"session", "browser_hours",
        NumberKey{[](Config& c) -> std::int64_t& { return c.session.browser_hours; }, 1, 720}, "24",
        "Hours after which a session ends that was opened without \"remember me\". Its cookie ends "
        "with the browser, and a copy of it must not outlive that for long."},
    Key{"mail", "smtp_url",
        TextKey{[](Config& c) -> std::string& { return c.mail.smtp_url; }, check_smtp_url}, "",
        "The mail server: `smtp://HOST[:PORT]`, or `smtps://HOST[:PORT]` for TLS from the first "
        "byte. Empty: no mail is sent, and links are shown to whoever is to hand them on."},
    Key{"mail", "smtp_user", TextKey{[](Config& c) -> std::string& { return c.mail.smtp_user; }},
        "", "User at the mail server. Empty: it is asked for nothing."},
    Key{"mail", "smtp_password_file",
        TextKey{[](Config& c) -> std::string& { return c.mail.smtp_password_file; }}, "",
        "File with that user's password on its first line."},
    Key{"mail", "from",
        TextKey{[](Config& c) -> std::string& { return c.mail.from; }, check_mail_from}, "",
        "Whom mails are from: an address, or `NAME <ADDRESS>`. Wanted with mail.smtp_url."},
    Key{"mail", "tls",
        ChoiceKey{"required|opportunistic|off",
                  [](Config& c, std::size_t word) { c.mail.tls = static_cast<MailTls>(word); }},
        "required",
        "With `smtp://`: `required` sends nothing without STARTTLS, `opportunistic` uses it when "
        "the server offers it, `off` never. Wherever TLS is used the certificate must be valid."},
    Key{"mail", "ca_file", TextKey{[](Config& c) -> std::string& { return c.mail.ca_file; }}, "",
        "PEM file with the authorities that the mail server's certificate may be from. Empty: "
        "those of the system."},
    Key{"egress", "allow",
        ListKey{[](Config& c) -> std::vector<std::string>& { return c.egress.allow; },
                check_network},
        "",
        "Networks beyond the public internet that the server may reach when a team names an "
        "address, such as an identity provider inside the company. Opens private ranges, and "
        "loopback and this host's own addresses when they are named; link-local addresses and the "
        "metadata services of clouds stay closed."},
    Key{"egress", "ca_file", TextKey{[](Config& c) -> std::string& { return c.egress.ca_file; }},
        "",
        "PEM file with authorities, beside those of the system, that certificates of such servers "
        "may be from."},
    Key{"oidc", "issuer",
        TextKey{[](Config& c) -> std::string& { return c.oidc.issuer; }, check_issuer}, "",
        "OpenID provider by which people sign in to this installation, as it names itself: "
        "`https://HOST[/PATH]`. Empty: none. Teams can have providers of their own in any case."},
    Key{"oidc", "client_id", TextKey{[](Config& c) -> std::string& { return c.oidc.client_id; }},
        "", "What this installation is called there. Wanted with oidc.issuer."},
    Key{"oidc", "client_secret_file",
        TextKey{[](Config& c) -> std::string& { return c.oidc.client_secret_file; }}, "",
        "File with the client's secret on its first line. Empty: a public client, which PKCE "
        "protects alone."},
    Key{"oidc", "label", TextKey{[](Config& c) -> std::string& { return c.oidc.label; }},
        "single sign-on", "What the button on the log-in page says after \"Continue with\"."},
    Key{"oidc", "allowed_domains",
        ListKey{[](Config& c) -> std::vector<std::string>& { return c.oidc.allowed_domains; },
                check_domain},
        "", "Only addresses of these domains get in by it. Empty: those of every domain."},
    Key{"oidc", "team_domains",
        ListKey{[](Config& c) -> std::vector<std::string>& { return c.oidc.team_domains; },
                check_domain},
        "",
        "Domains whose addresses, typed on the log-in page, lead to the provider of the one team "
        "that names the domain. Any team can name any domain, so name here only those whose team "
        "you know; the others use the link that the team's owner hands out."},
    Key{"oidc", "sign_up",
        ChoiceKey{"no|yes", [](Config& c, std::size_t word) { c.oidc.sign_up = word == 1; }}, "no",
        "Whether somebody whom the installation's provider vouches for gets an account at the "
        "first log-in."},
    Key{"oidc", "trust_second_factor",
        ChoiceKey{"no|yes",
                  [](Config& c, std::size_t word) { c.oidc.trust_second_factor = word == 1; }},
        "no", "Whether a second factor that the provider asked for (`amr`) counts as one here."},
    Key{"limits", "key_per_minute",
        NumberKey{[](Config& c) -> std::int64_t& { return c.limits.key_per_minute; }, 0, 1'000'000},
        "1200",
        "Requests that one API key may make in a minute; above it they get 429 and Retry-After. 0 "
        "sets no limit."},
    Key{"limits", "team_per_minute",
        NumberKey{[](Config& c) -> std::int64_t& { return c.limits.team_per_minute; }, 0,
                  1'000'000},
        "6000", "Requests that all API keys of a team together may make in a minute."},
    Key{"limits", "agent_per_minute",
        NumberKey{[](Config& c) -> std::int64_t& { return c.limits.agent_per_minute; }, 0,
                  1'000'000},
        "600", "Pushes that the agent of one server may send in a minute."},
    Key{"limits", "write_per_minute",
        NumberKey{[](Config& c) -> std::int64_t& { return c.limits.write_per_minute; }, 0,
                  1'000'000},
        "60000",
        "Writes of samples that one API key may send in a minute. They have a limit of their own, "
        "because what Prometheus may not send it drops."},
    Key{"audit", "timestamp_url",
        TextKey{[](Config& c) -> std::string& { return c.audit.timestamp_url; },
                check_timestamp_url},
        "",
        "A timestamp authority (RFC 3161) that is asked to stamp the newest checkpoints of all "
        "chains together. What it says is signed, so that plain HTTP does. Empty: none."},
    Key{"audit", "timestamp_ca_file",
        TextKey{[](Config& c) -> std::string& { return c.audit.timestamp_ca_file; }}, "",
        "PEM file with the certificates that such a stamp must lead to. Needed with "
        "audit.timestamp_url."},
    Key{"audit", "timestamp_minutes",
        NumberKey{[](Config& c) -> std::int64_t& { return c.audit.timestamp_minutes; }, 1, 10080},
        "60", "Minutes between two stamps; there is none while no chain moved."},
    Key{"audit", "digest_to",
        ListKey{[](Config& c) -> std::vector<std::string>& { return c.audit.digest_to; },
                check_mail_address},
        "",
        "Addresses that get the newest checkpoint over all chains once a day by mail, to be kept "
        "where nobody of this installation reaches."},
    Key{"signer", "mode",
        ChoiceKey{
            "child|off",
            [](Config& c, std::size_t word) { c.signer.mode = static_cast<SignerMode>(word); }},
        "child",
        "Who signs checkpoints of the audit chains: a process that the server starts, or (`off`) "
        "`atalaya signer` started apart, or nobody."},
    Key{"signer", "user", TextKey{[](Config& c) -> std::string& { return c.signer.user; }},
        "atalaya-signer",
        "The user that the signer runs as when the server is started as root, so that nothing else "
        "can read its key. When there is no such user it runs as the server does, and says so."},
    Key{"signer", "interval_s",
        NumberKey{[](Config& c) -> std::int64_t& { return c.signer.interval_s; }, 1, 3600}, "60",
        "Seconds after which a chain that moved gets a checkpoint; after 1000 events it gets one "
        "in any case."},
    Key{"signer", "anchor_dir",
        TextKey{[](Config& c) -> std::string& { return c.signer.anchor_dir; }}, "",
        "A directory in which the signer appends each checkpoint over all chains to a file, such "
        "as one on storage that cannot be overwritten. Empty: nowhere."},
    Key{"metrics", "retention_days",
        NumberKey{[](Config& c) -> std::int64_t& { return c.metrics.retention_days; }, 1, 3650},
        "30", "Days for which samples are kept."},
    Key{"metrics", "series_max",
        NumberKey{[](Config& c) -> std::int64_t& { return c.metrics.series_max; }, 100, 10'000'000},
        "200000",
        "Series of one team that may receive samples within two to four hours. Samples of further "
        "ones are refused and counted."},
    Key{"metrics", "memory_mb",
        NumberKey{[](Config& c) -> std::int64_t& { return c.metrics.memory_mb; }, 16, 1'000'000},
        "256",
        "Megabytes of memory for samples that are not in blocks yet. Beyond it blocks are written "
        "early, and beyond twice as much samples are refused until some were written. Blocks that "
        "queries opened may stay in a quarter as much besides."},
    Key{"metrics", "query_samples_max",
        NumberKey{[](Config& c) -> std::int64_t& { return c.metrics.query_samples_max; }, 1'000,
                  1'000'000'000},
        "10000000", "Samples that one query may hold in memory; 16 bytes each."},
    Key{"metrics", "query_seconds",
        NumberKey{[](Config& c) -> std::int64_t& { return c.metrics.query_seconds; }, 1, 600}, "30",
        "Seconds after which a query is given up."},
    Key{"trust", "security_contact",
        TextKey{[](Config& c) -> std::string& { return c.trust.security_contact; }, check_contact},
        "",
        "To whom weaknesses are told, in /.well-known/security.txt: `mailto:ADDRESS` or "
        "`https://PAGE`."},
    Key{"trust", "checks_s",
        NumberKey{[](Config& c) -> std::int64_t& { return c.trust.checks_s; }, 2, 3600}, "3600",
        "Seconds after which every check of the Trust page has run again. Of themselves most run "
        "every ten minutes, and some every hour."},
    Key{"trust", "scan",
        ChoiceKey{"listener|public_url",
                  [](Config& c, std::size_t word) { c.trust.scan = static_cast<ScanPlace>(word); }},
        "listener",
        "Where the checks look at headers and TLS: at the own listener, or at server.public_url, "
        "where visitors come in by a proxy."},
    Key{"trust", "scan_ca_file",
        TextKey{[](Config& c) -> std::string& { return c.trust.scan_ca_file; }}, "",
        "PEM file with the authorities that the certificate there may be from. Empty: those of the "
        "system."},
    Key{"log", "level",
        ChoiceKey{"debug|info|warning|error",
                  [](Config& c, std::size_t word) { c.log.level = static_cast<log::Level>(word); }},
        "info", "The least level that is written to the log on standard error."},
    Key{"headers", "xss_protection",
        ChoiceKey{
            "1; mode=block|0",
            [](Config& c,
               std::size_t word) { c.headers.xss_protection = word == 0 ? "1; mode=block" : "0"; }},
        "1; mode=block",
        "The X-XSS-Protection header. Old browsers act on it; OWASP advises `0` today."},
};

} // namespace

std::span<const Key> list_keys() { return keys; }

} // namespace atalaya::config
