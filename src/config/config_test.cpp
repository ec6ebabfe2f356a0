#include "config/config.hpp"

#include <gtest/gtest.h>

namespace atalaya::config {
namespace {

Config parse(const std::string& file, Environment environment = {},
             std::vector<std::pair<std::string, std::string>> command_line = {}) {
    return parse_config({"atalaya.toml", file, std::move(environment), std::move(command_line)});
}

std::string refusal(const std::string& file, Environment environment = {},
                    std::vector<std::pair<std::string, std::string>> command_line = {}) {
    try {
        parse(file, std::move(environment), std::move(command_line));
    } catch (const ConfigRefused& refused) {
        return refused.what();
    }
    return "";
}

using Names = std::vector<std::string>;

TEST(Config, WithoutAnySourceEveryKeyHasItsDefault) {
    const Config config = parse("");
    EXPECT_EQ(config.server.https, "127.0.0.1:8443");
    EXPECT_EQ(config.server.http, "127.0.0.1:8080");
    EXPECT_EQ(config.tls.mode, TlsMode::local);
    EXPECT_TRUE(config.tls.trusted_proxies.empty());
    EXPECT_EQ(config.signup.mode, SignupMode::invite);
    EXPECT_EQ(config.password.scheme, PasswordScheme::bcrypt);
    EXPECT_EQ(config.password.length_min, 12);
    EXPECT_EQ(config.password.length_min_alone, 15);
    EXPECT_EQ(config.session.browser_hours, 24);
    EXPECT_EQ(config.session.idle_days, 14);
    EXPECT_EQ(config.session.absolute_days, 30);
    EXPECT_EQ(config.metrics.retention_days, 30);
    EXPECT_EQ(config.metrics.series_max, 200'000);
    EXPECT_EQ(config.metrics.memory_mb, 256);
    EXPECT_EQ(config.log.level, log::Level::info);
    EXPECT_EQ(config.headers.xss_protection, "1; mode=block");
}

TEST(Config, ReadsEveryTypeFromTheFile) {
    const Config config = parse(R"(
        [server]
        https = "[::1]:0"
        http = "off"
        [tls]
        mode = "files"
        certificate = "chain.pem"
        key = "key.pem"
        names = ["atalaya.example.com", "192.0.2.1", "2001:db8::1"]
        trusted_proxies = ["10.0.0.0/8", "::1"]
        [password]
        scheme = "argon2id"
        length_min = 15
        [log]
        level = "error"
        [headers]
        xss_protection = "0"
    )");
    EXPECT_EQ(config.server.https, "[::1]:0");
    EXPECT_EQ(config.server.http, "off");
    EXPECT_EQ(config.tls.mode, TlsMode::files);
    EXPECT_EQ(config.tls.names, (Names{"atalaya.example.com", "192.0.2.1", "2001:db8::1"}));
    EXPECT_EQ(config.tls.trusted_proxies, (Names{"10.0.0.0/8", "::1"}));
    EXPECT_EQ(config.password.scheme, PasswordScheme::argon2id);
    EXPECT_EQ(config.password.length_min, 15);
    EXPECT_EQ(config.log.level, log::Level::error);
    EXPECT_EQ(config.headers.xss_protection, "0");
}

TEST(Config, TheEnvironmentWinsOverTheFileAndTheCommandLineOverBoth) {
    const std::string file = "[password]\nlength_min = 13\n[session]\nidle_days = 3\n";
    const Environment environment{{"ATALAYA_PASSWORD_LENGTH_MIN", "14"},
                                  {"ATALAYA_SIGNUP_MODE", "open"},
                                  {"ATALAYA_TLS_TRUSTED_PROXIES", "127.0.0.1, 10.0.0.0/8"}};
    const Config config = parse(file, environment, {{"password.length_min", "15"}});
    EXPECT_EQ(config.password.length_min, 15);
    EXPECT_EQ(config.signup.mode, SignupMode::open);
    EXPECT_EQ(config.session.idle_days, 3);
    EXPECT_EQ(config.tls.trusted_proxies, (Names{"127.0.0.1", "10.0.0.0/8"}));
    EXPECT_EQ(parse(file, environment).password.length_min, 14);
    EXPECT_EQ(parse(file).password.length_min, 13);
}

TEST(Config, UnknownKeysAreRefusedWithPlaceAndWhatThereIs) {
    EXPECT_EQ(refusal("[session]\nidle_days = 3\nidle_hours = 3\n"),
              "atalaya.toml:3: idle_hours is not a key; [session] has idle_days, absolute_days, "
              "browser_hours");
    EXPECT_EQ(
        refusal("\n[sesion]\nidle_days = 3\n"),
        "atalaya.toml:2: sesion is not a section; there are [audit] [database] [egress] [headers] "
        "[limits] [log] [mail] [metrics] [oidc] [password] [server] [session] [signer] [signup] "
        "[tls] [trust]");
    EXPECT_EQ(refusal("https = \"127.0.0.1:1\"\n").substr(0, 38),
              "atalaya.toml:1: https is not a section");
    EXPECT_EQ(refusal("", {}, {{"server.port", "1"}}), "command line: server.port is not a key");
}

TEST(Config, BadValuesAreRefusedWithPlaceAndWhatIsAllowed) {
    EXPECT_EQ(refusal("[signup]\nmode = \"public\""),
              "atalaya.toml:2: signup.mode must be one of: open, invite, closed");
    EXPECT_EQ(refusal("[signup]\nmode = 1"),
              "atalaya.toml:2: signup.mode must be a text in quotes");
    const std::string bounds = "session.idle_days must be a whole number from 1 to 30";
    for (const char* bad : {"0", "31", "1.5", "\"14\"", "true", "9223372036854775807"}) {
        EXPECT_EQ(refusal(std::string("[session]\nidle_days = ") + bad),
                  "atalaya.toml:2: " + bounds);
    }
    for (const char* bad : {"", "0", "31", "1.5", "x", "14 ", "99999999999999999999"}) {
        EXPECT_EQ(refusal("", {{"ATALAYA_SESSION_IDLE_DAYS", bad}}),
                  "ATALAYA_SESSION_IDLE_DAYS: " + bounds);
    }
    EXPECT_EQ(refusal("[tls]\nnames = \"a\""),
              "atalaya.toml:2: tls.names must be a list of texts, such as [\"...\"]");
    EXPECT_EQ(refusal("[tls]\nnames = [1]"),
              "atalaya.toml:2: tls.names must be a list of texts, such as [\"...\"]");
    EXPECT_EQ(refusal("[tls]\n\nnames = [\"a b\"]"),
              "atalaya.toml:3: tls.names each item must be a host name or an IP address");
    EXPECT_EQ(refusal("[tls\n").substr(0, 15), "atalaya.toml:1:");
}

// What is promised of sessions is a bound and no default.
TEST(Config, NoSessionLastsLongerThanIsPromised) {
    const auto bounds = [](const std::string& key, int max) {
        return "atalaya.toml:2: session." + key + " must be a whole number from 1 to " +
               std::to_string(max);
    };
    for (const auto& [key, max] : {std::pair<std::string, int>{"idle_days", 30},
                                   {"absolute_days", 30},
                                   {"browser_hours", 720}}) {
        const auto set = [&key = key](int value) {
            return refusal("[session]\n" + key + " = " + std::to_string(value));
        };
        EXPECT_EQ(set(max), "") << key;
        EXPECT_EQ(set(max + 1), bounds(key, max));
        EXPECT_EQ(set(365 * 24), bounds(key, max));
    }
}

TEST(Config, AllFaultsAreReportedAtOnce) {
    EXPECT_EQ(refusal("[session]\nidle_days = 0\n[log]\nlevel = \"loud\"",
                      {{"ATALAYA_SERVER_HTTPS", "localhost"}}),
              "atalaya.toml:4: log.level must be one of: debug, info, warning, error\n"
              "atalaya.toml:2: session.idle_days must be a whole number from 1 to 30\n"
              "ATALAYA_SERVER_HTTPS: server.https must be ADDRESS:PORT, such as 127.0.0.1:8443 or "
              "[::1]:8443");
}

TEST(Config, TextsAreChecked) {
    const auto accepts = [](const std::string& variable, const std::string& value) {
        return refusal("", {{variable, value}}).empty();
    };
    for (const char* good : {"0.0.0.0:443", "[::]:8443", "127.0.0.1:0"}) {
        EXPECT_TRUE(accepts("ATALAYA_SERVER_HTTPS", good)) << good;
    }
    for (const char* bad : {"", "8443", ":8443", "::1:8443", "127.0.0.1:", "127.0.0.1:65536",
                            "127.0.0.1:-1", "example.com:443", "[127.0.0.1]:443", "off"}) {
        EXPECT_FALSE(accepts("ATALAYA_SERVER_HTTPS", bad)) << bad;
    }
    EXPECT_TRUE(accepts("ATALAYA_SERVER_HTTP", "unix:/run/atalaya/http"));
    EXPECT_FALSE(accepts("ATALAYA_SERVER_HTTP", "unix:relative"));
    EXPECT_TRUE(accepts("ATALAYA_SERVER_PUBLIC_URL", "https://watch.example.com:8443"));
    EXPECT_FALSE(accepts("ATALAYA_SERVER_PUBLIC_URL", "http://watch.example.com"));
    EXPECT_FALSE(accepts("ATALAYA_SERVER_PUBLIC_URL", "https://watch.example.com/"));
    EXPECT_FALSE(accepts("ATALAYA_TLS_TRUSTED_PROXIES", "10.0.0.0/33"));
    EXPECT_FALSE(accepts("ATALAYA_TLS_TRUSTED_PROXIES", "10.0.0.1, proxy"));
    EXPECT_TRUE(accepts("ATALAYA_TLS_TRUSTED_PROXIES", ""));
    EXPECT_TRUE(accepts("ATALAYA_DATABASE_SHARED_BUFFERS", "1GB"));
    EXPECT_FALSE(accepts("ATALAYA_DATABASE_SHARED_BUFFERS", "128"));
    EXPECT_FALSE(accepts("ATALAYA_DATABASE_SHARED_BUFFERS", "0MB"));
}

TEST(Config, ValuesMustFitTogether) {
    EXPECT_EQ(refusal("[tls]\nmode = \"files\""),
              "tls: tls.mode files needs tls.certificate and tls.key");
    EXPECT_EQ(refusal("[tls]\nmode = \"proxy\"\n[server]\nhttp = \"0.0.0.0:80\""),
              "tls: tls.mode proxy needs server.http on loopback or a unix socket");
    EXPECT_EQ(refusal("[tls]\nmode = \"proxy\""), "");
    EXPECT_EQ(refusal("[session]\nabsolute_days = 7"),
              "session: session.idle_days must not exceed session.absolute_days");
    EXPECT_EQ(refusal("[mail]\nsmtp_url = \"smtp://mail.example.com\""),
              "mail: mail.smtp_url needs mail.from");
    EXPECT_EQ(refusal("[mail]\nsmtp_user = \"ada\""),
              "mail: mail.smtp_user and mail.smtp_password_file need each other");
}

TEST(Config, MailServersAreNamedWithoutSecrets) {
    const std::string from = "\nfrom = \"Atalaya <atalaya@example.com>\"";
    for (const std::string url : {"smtp://mail.example.com", "smtps://mail.example.com:465",
                                  "smtp://127.0.0.1:25", "smtp://[::1]:587"})
        EXPECT_EQ(refusal("[mail]\nsmtp_url = \"" + url + "\"" + from), "") << url;
    for (const std::string url : {"mail.example.com", "http://mail.example.com", "smtp://",
                                  "smtp://ada:secret@mail.example.com", "smtp://mail/path"})
        EXPECT_NE(refusal("[mail]\nsmtp_url = \"" + url + "\"" + from), "") << url;
    EXPECT_NE(refusal("[mail]\nfrom = \"a@example.com\\r\\nBcc: b\""), "");
    EXPECT_EQ(parse("").mail.tls, MailTls::required);
}

TEST(Config, VariablesThatSetNothingAreListed) {
    EXPECT_EQ(list_unknown_variables({{"ATALAYA_SINGUP_MODE", "open"},
                                      {"ATALAYA_SIGNUP_MODE", "open"},
                                      {"PATH", "/usr/bin"}}),
              Names{"ATALAYA_SINGUP_MODE"});
}

} // namespace
} // namespace atalaya::config
