#include "net/local_ca.hpp"

#include "net/server_fixture.hpp"
#include "net/tls.hpp"

#include <fstream>
#include <sys/stat.h>

namespace atalaya::net {
namespace {

std::string read(const std::filesystem::path& path) {
    std::ifstream in(path);
    return {std::istreambuf_iterator<char>(in), {}};
}

class LocalCa : public testing::Test {
  protected:
    LocalCertificate ensure(const std::vector<std::string>& names = {}) {
        return ensure_local_certificate(directory_.path(), names, clock_);
    }
    void pass_days(int days) { clock_.advance(std::chrono::hours(24 * days)); }

    TemporaryDirectory directory_;
    ManualClock clock_{SystemClock().now()};
};

TEST_F(LocalCa, IsMadeOnceWithKeysThatOnlyTheOwnerReads) {
    const LocalCertificate first = ensure();
    EXPECT_TRUE(first.issued);
    const std::string certificate = read(first.certificate);
    EXPECT_NE(certificate.find("BEGIN CERTIFICATE"), certificate.rfind("BEGIN CERTIFICATE"))
        << "leaf and CA";
    for (const std::string name : {"ca.key", "server.key"}) {
        struct stat info {};
        ASSERT_EQ(stat((directory_.path() / name).c_str(), &info), 0);
        EXPECT_EQ(info.st_mode & 0777, 0600u) << name;
    }
    EXPECT_FALSE(ensure().issued);
    EXPECT_EQ(read(first.certificate), certificate);
    EXPECT_NO_THROW(make_server_context(first.certificate, first.key));
}

TEST_F(LocalCa, RenewsInTimeAndKeepsTheKeyThatIsPinned) {
    const LocalCertificate files = ensure();
    const std::string ca = read(files.ca);
    const std::string pin = *spki_pin(read(files.certificate));
    EXPECT_EQ(pin.size(), 44u);
    pass_days(397 - 31);
    EXPECT_FALSE(ensure().issued);
    pass_days(2);
    EXPECT_TRUE(ensure().issued);
    EXPECT_EQ(*spki_pin(read(files.certificate)), pin);
    EXPECT_EQ(read(files.ca), ca);
    EXPECT_FALSE(ensure().issued);
}

TEST_F(LocalCa, IssuesAnewForOtherNames) {
    ensure();
    EXPECT_TRUE(ensure({"watch.example.com", "192.0.2.1", "2001:db8::1"}).issued);
    EXPECT_FALSE(ensure({"2001:db8::1", "192.0.2.1", "watch.example.com"}).issued);
    EXPECT_TRUE(ensure({"watch.example.com"}).issued);
    for (const std::string bad : {"a b", "a,DNS:evil.example", "", "a:1"})
        EXPECT_THROW(ensure({bad}), std::runtime_error) << bad;
}

TEST_F(LocalCa, RecoversFromWhatACrashLeaves) {
    const LocalCertificate files = ensure();
    const std::string ca = read(files.ca);
    std::filesystem::remove(files.certificate);
    EXPECT_TRUE(ensure().issued);
    std::filesystem::remove(files.key); // a certificate without its key
    EXPECT_TRUE(ensure().issued);
    EXPECT_NO_THROW(make_server_context(files.certificate, files.key));
    EXPECT_EQ(read(files.ca), ca);
}

TEST_F(LocalCa, NeverReplacesAnAuthorityThatAgentsTrust) {
    const LocalCertificate files = ensure();
    std::filesystem::remove(directory_.path() / "ca.key");
    EXPECT_FALSE(ensure().issued) << "not needed while the certificate is good";
    EXPECT_THROW(ensure({"other.example.com"}), std::runtime_error);
    std::ofstream(directory_.path() / "ca.key") << "garbage";
    EXPECT_THROW(ensure({"other.example.com"}), std::runtime_error);
    EXPECT_EQ(read(directory_.path() / "ca.key"), "garbage");
}

TEST(SpkiPin, RefusesWhatIsNoCertificate) { EXPECT_TRUE(spki_pin("no").has_error()); }

} // namespace
} // namespace atalaya::net
